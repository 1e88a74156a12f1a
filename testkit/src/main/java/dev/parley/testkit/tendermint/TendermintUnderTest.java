package dev.parley.testkit.tendermint;

import dev.parley.crypto.SigningDomain;
import dev.parley.tendermint.TendermintProtocol;
import dev.parley.tendermint.TendermintSettings;
import dev.parley.tendermint.TendermintSettings.Timeout;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Behaviours;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.StatementSlots;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.sim.Counter;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tendermint, with time-outs for the simulated network and parts so small that many blocks need several. */
public final class TendermintUnderTest implements ProtocolUnderTest {
    private static final Duration MAX_TIMEOUT = Duration.ofMillis(1600);

    static final TendermintSettings SETTINGS = new TendermintSettings(
            new Timeout(Duration.ofMillis(100), Duration.ofMillis(100)),
            new Timeout(Duration.ofMillis(50), Duration.ofMillis(50)),
            new Timeout(Duration.ofMillis(50), Duration.ofMillis(50)),
            MAX_TIMEOUT,
            Duration.ofMillis(100),
            Duration.ZERO,
            200);

    @Override
    public String name() {
        return "tendermint";
    }

    @Override
    public TendermintProtocol protocol() {
        return new TendermintProtocol(SETTINGS);
    }

    @Override
    public TendermintProtocol measured() {
        return new TendermintProtocol(SETTINGS.withPartBytes(TendermintSettings.DEFAULTS.partBytes()));
    }

    @Override
    public StatementSlots slots(SigningDomain domain) {
        return new TendermintSlots(domain);
    }

    @Override
    public List<Oracle> oracles(Trial trial) {
        return List.of(new TendermintOracle(trial));
    }

    @Override
    public List<Behaviour> behaviours() {
        List<Behaviour> all = new ArrayList<>(Behaviours.ofAnyProtocol());
        all.addAll(TendermintBehaviours.all());
        all.addAll(TendermintSaboteurs.all());
        return all;
    }

    @Override
    public List<PlantedBug> bugs() {
        return TendermintBugs.all(SETTINGS);
    }

    @Override
    public Set<Counter> foreign() {
        return Set.of(Counter.TIMEOUT_CERTIFICATES, Counter.COINS);
    }

    /**
     * f + 2 rounds (hazards, progress), each of which may take its three largest time-outs once, and as much again for rounds that run when
     * the network heals.
     */
    @Override
    public long progressBound(int validators, long slowestMicros) {
        int rounds = (validators - 1) / 3 + 2;
        return 2L * rounds * 3 * (MAX_TIMEOUT.toMillis() * 1000 + 4 * slowestMicros);
    }
}
