package dev.parley.testkit.sim;

import dev.parley.app.ExecutedBlock;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import dev.parley.consensus.observe.Observation;
import dev.parley.log.Command;
import dev.parley.testkit.check.AccusationOracle;
import dev.parley.testkit.check.AgreementOracle;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.PersistenceOracle;
import dev.parley.testkit.check.SlotOracle;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.check.ValidityOracle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All oracles of one run: tells each of them everything. */
final class Watch {
    private final List<Oracle> own;
    private Oracle[] oracles;

    /** @param more oracles of what only the simulator knows */
    Watch(ProtocolUnderTest protocol, Trial trial, List<Oracle> more) {
        List<Oracle> all = new ArrayList<>();
        all.add(new PersistenceOracle(trial));
        all.add(new AgreementOracle(trial));
        all.add(new ValidityOracle());
        all.add(new SlotOracle(trial, protocol.slots(trial.setup().domain())));
        all.add(new AccusationOracle(trial));
        all.addAll(more);
        own = protocol.oracles(trial);
        all.addAll(own);
        oracles = all.toArray(new Oracle[0]);
    }

    private Watch() {
        own = List.of();
        oracles = new Oracle[0];
    }

    /** Of a run that is measured and not tested. */
    static Watch withoutOracles() {
        return new Watch();
    }

    /** From now on only what holds for all protocols is checked. */
    void forgive() {
        oracles = Arrays.stream(oracles).filter(oracle -> !own.contains(oracle)).toArray(Oracle[]::new);
    }

    /** From now on nothing is checked and nothing is remembered. */
    void rest() {
        oracles = new Oracle[0];
    }

    void submitted(Command command) {
        for (Oracle oracle : oracles) {
            oracle.submitted(command);
        }
    }

    void stepped(int validator, Input input, List<Effect> effects) {
        for (Oracle oracle : oracles) {
            oracle.stepped(validator, input, effects);
        }
    }

    void leaves(int validator, long durableRecords) {
        for (Oracle oracle : oracles) {
            oracle.leaves(validator, durableRecords);
        }
    }

    void signed(int validator, byte[] statement) {
        for (Oracle oracle : oracles) {
            oracle.signed(validator, statement);
        }
    }

    void decided(int validator, DecidedBlock block, ExecutedBlock executed) {
        for (Oracle oracle : oracles) {
            oracle.decided(validator, block);
        }
        for (Oracle oracle : oracles) {
            oracle.executed(validator, executed);
        }
    }

    void observed(int validator, Observation observation) {
        for (Oracle oracle : oracles) {
            oracle.observed(validator, observation);
        }
        if (observation instanceof Observation.Accused accused) {
            for (Oracle oracle : oracles) {
                oracle.accused(validator, accused.evidence());
            }
        }
    }

    void restarted(int validator, Restored restored) {
        for (Oracle oracle : oracles) {
            oracle.restarted(validator, restored);
        }
    }

    void lostDisk(int validator) {
        for (Oracle oracle : oracles) {
            oracle.lostDisk(validator);
        }
    }

    void installed(int validator, DecidedBlock block) {
        for (Oracle oracle : oracles) {
            oracle.installed(validator, block);
        }
    }

    void healed() {
        for (Oracle oracle : oracles) {
            oracle.healed();
        }
    }
}
