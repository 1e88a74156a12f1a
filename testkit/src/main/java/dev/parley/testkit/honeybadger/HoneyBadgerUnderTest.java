package dev.parley.testkit.honeybadger;

import dev.parley.crypto.SigningDomain;
import dev.parley.honeybadger.HoneyBadgerProtocol;
import dev.parley.honeybadger.HoneyBadgerSettings;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Behaviours;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.StatementSlots;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.sim.Adversary;
import dev.parley.testkit.sim.Counter;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** HoneyBadgerBFT, with batches so small that proposals differ. */
public final class HoneyBadgerUnderTest implements ProtocolUnderTest {
    static final HoneyBadgerSettings SETTINGS = new HoneyBadgerSettings(16, 64 << 10);
    /** An epoch takes some forty message delays in a row when coins fall badly. */
    private static final int DELAYS = 400;

    private static final long LEAST_MICROS = 20_000_000;

    @Override
    public String name() {
        return "honeybadger";
    }

    @Override
    public HoneyBadgerProtocol protocol() {
        return new HoneyBadgerProtocol(SETTINGS);
    }

    @Override
    public HoneyBadgerProtocol measured() {
        return new HoneyBadgerProtocol(HoneyBadgerSettings.DEFAULTS);
    }

    @Override
    public boolean hasLeaders() {
        return false;
    }

    /** A block takes some 7n³ messages: 15 million with 128. */
    @Override
    public int mostMeasured() {
        return 64;
    }

    @Override
    public StatementSlots slots(SigningDomain domain) {
        return new HoneyBadgerSlots(domain);
    }

    @Override
    public List<Oracle> oracles(Trial trial) {
        return List.of(new HoneyBadgerOracle(trial));
    }

    @Override
    public List<Behaviour> behaviours() {
        List<Behaviour> all = new ArrayList<>(Behaviours.ofAnyProtocol());
        all.addAll(HoneyBadgerBehaviours.all());
        return all;
    }

    @Override
    public List<PlantedBug> bugs() {
        return HoneyBadgerBugs.all(SETTINGS);
    }

    @Override
    public List<Adversary> adversaries() {
        return List.of(CoinAdversary.ADVERSARY);
    }

    @Override
    public boolean checksProposals() {
        return false;
    }

    @Override
    public Set<Counter> foreign() {
        return Set.of(
                Counter.TIMEOUT_CERTIFICATES,
                Counter.TIME_OUTS,
                Counter.SKIPS,
                Counter.LOCKS_MOVED,
                Counter.PROPOSED_AGAIN,
                Counter.VOTES_WITHHELD,
                Counter.REFUSED_BY_APPLICATION,
                Counter.FETCHES,
                Counter.GOSSIPED_AGAIN);
    }

    @Override
    public long progressBound(int validators, long slowestMicros) {
        return LEAST_MICROS + DELAYS * slowestMicros;
    }
}
