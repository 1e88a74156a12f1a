package dev.parley.testkit.hotstuff;

import dev.parley.crypto.SigningDomain;
import dev.parley.hotstuff.HotStuffProtocol;
import dev.parley.hotstuff.HotStuffSettings;
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

/** HotStuff by one of its two commit rules. */
public abstract sealed class HotStuffUnderTest implements ProtocolUnderTest {
    private static final Duration BASE_TIMEOUT = Duration.ofMillis(100);
    private static final Duration MAX_TIMEOUT = Duration.ofMillis(3200);
    private static final Duration FETCH_TIMEOUT = Duration.ofMillis(500);

    /** {@code hotstuff}: the two-chain rule of Jolteon. */
    public static final class TwoChain extends HotStuffUnderTest {
        public TwoChain() {
            super("hotstuff", HotStuffSettings.Variant.TWO_CHAIN);
        }
    }

    /** {@code hotstuff-three-chain}: the rule of the paper of 2019. */
    public static final class ThreeChain extends HotStuffUnderTest {
        public ThreeChain() {
            super("hotstuff-three-chain", HotStuffSettings.Variant.THREE_CHAIN);
        }
    }

    private final String name;
    private final HotStuffSettings settings;
    private final HotStuffProtocol protocol;

    private HotStuffUnderTest(String name, HotStuffSettings.Variant variant) {
        this.name = name;
        // Four certified views in a row under correct leaders decide by three chains; a new leader for each view may
        // never give them.
        int viewsPerLeader = variant == HotStuffSettings.Variant.TWO_CHAIN ? 1 : 4;
        this.settings = HotStuffSettings.DEFAULTS
                .withVariant(variant)
                .withElection(HotStuffSettings.DEFAULTS.election(), viewsPerLeader)
                .withTimeouts(BASE_TIMEOUT, MAX_TIMEOUT, FETCH_TIMEOUT);
        this.protocol = new HotStuffProtocol(settings);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public HotStuffProtocol protocol() {
        return protocol;
    }

    @Override
    public StatementSlots slots(SigningDomain domain) {
        return new HotStuffSlots(domain);
    }

    @Override
    public List<Oracle> oracles(Trial trial) {
        return List.of(
                new HotStuffOracle(trial, settings.variant(), protocol.rules().election()));
    }

    @Override
    public List<Behaviour> behaviours() {
        List<Behaviour> all = new ArrayList<>(Behaviours.ofAnyProtocol());
        all.addAll(HotStuffBehaviours.all());
        all.addAll(Saboteurs.all());
        return all;
    }

    @Override
    public List<PlantedBug> bugs() {
        return HotStuffBugs.all(settings);
    }

    /** Views move on by certificates alone, a block names its view, and the two-chain rule has no lock. */
    @Override
    public Set<Counter> foreign() {
        return settings.variant() == HotStuffSettings.Variant.TWO_CHAIN
                ? Set.of(Counter.SKIPS, Counter.PROPOSED_AGAIN, Counter.COINS, Counter.LOCKS_MOVED)
                : Set.of(Counter.SKIPS, Counter.PROPOSED_AGAIN, Counter.COINS);
    }

    /**
     * Chain length and f + 1 leader terms (hazards, progress), each of which may take the largest time-out once and its messages, and as
     * much again for terms that run when the network heals.
     */
    @Override
    public long progressBound(int validators, long slowestMicros) {
        int length = settings.variant() == HotStuffSettings.Variant.TWO_CHAIN ? 2 : 3;
        int terms = (length + (validators - 1) / 3 + 1) * settings.viewsPerLeader();
        return 2L * terms * (MAX_TIMEOUT.toMillis() * 1000 + 4 * slowestMicros);
    }
}
