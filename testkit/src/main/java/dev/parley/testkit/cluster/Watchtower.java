package dev.parley.testkit.cluster;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.observe.Observation;
import dev.parley.testkit.check.AccusationOracle;
import dev.parley.testkit.check.AgreementOracle;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.SlotOracle;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.check.Violation;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Is told of live validators, by whichever thread, and keeps the first thing that must not be. Its oracles are those of the simulator that need to
 * know no more than what a validator shows: agreement and certificates, one signed statement for a slot, no correct validator accused. Thread-safe.
 */
final class Watchtower {
    /** What a validator may tell that a test may not want. */
    enum Kind {
        ACCUSED,
        STALLED
    }

    /** @param words what it told */
    record Event(int validator, Kind kind, String words) {
        @Override
        public String toString() {
            return "v" + validator + ": " + words;
        }
    }

    private final Set<Integer> byzantine = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();
    private List<Oracle> oracles = List.of();
    private final List<Event> told = new ArrayList<>();
    private volatile @Nullable Violation first;

    /** Begins to watch; before, nothing is checked. */
    void watch(ProtocolUnderTest underTest, ConsensusProtocol protocol, ConsensusSetup setup) {
        Trial trial = new Trial(protocol, setup, byzantine::contains);
        synchronized (lock) {
            oracles = List.of(
                    new AgreementOracle(trial),
                    new SlotOracle(trial, underTest.slots(setup.domain())),
                    new AccusationOracle(trial));
        }
    }

    /** From now on what this validator says is not held against anybody. */
    void expectAnything(int validator) {
        byzantine.add(validator);
    }

    boolean isByzantine(int validator) {
        return byzantine.contains(validator);
    }

    /** The next block of a validator's log. */
    void decided(int validator, DecidedBlock block) {
        tell(validator, oracle -> oracle.decided(validator, block));
    }

    /** Something that the validator signed has left it, or is about to. */
    void signed(int validator, byte[] statement) {
        tell(validator, oracle -> oracle.signed(validator, statement));
    }

    void accused(int validator, Evidence evidence) {
        tell(validator, oracle -> oracle.accused(validator, evidence));
    }

    void observed(int validator, Observation observation) {
        Kind kind = switch (observation) {
            case Observation.Accused accused -> Kind.ACCUSED;
            case Observation.Stalled stalled -> Kind.STALLED;
            default -> null;
        };
        if (kind != null) {
            happened(new Event(validator, kind, observation.toString()));
        }
    }

    void happened(Event event) {
        if (!isByzantine(event.validator())) {
            synchronized (lock) {
                told.add(event);
            }
        }
    }

    /** What correct validators told so far that a test may not want, in order. */
    List<Event> told() {
        synchronized (lock) {
            return List.copyOf(told);
        }
    }

    private interface Telling {
        void tell(Oracle oracle);
    }

    private void tell(int validator, Telling telling) {
        if (!isByzantine(validator)) {
            synchronized (lock) {
                guard(() -> oracles.forEach(telling::tell));
            }
        }
    }

    /** Does something that may find a violation, which is kept for {@link #check}. */
    void guard(Runnable work) {
        try {
            work.run();
        } catch (Violation violation) {
            violated(violation);
        }
    }

    /** Somebody else has found one. */
    void violated(Violation violation) {
        synchronized (lock) {
            if (first == null) {
                first = violation;
            }
        }
    }

    /** @throws Violation the first that was found */
    void check() {
        Violation found = first;
        if (found != null) {
            throw found;
        }
    }
}
