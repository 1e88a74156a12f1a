package dev.parley.testkit.check;

import dev.parley.app.ExecutedBlock;
import dev.parley.app.Outcome;
import dev.parley.consensus.DecidedBlock;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Only submitted commands are ordered, each once; each is executed once; all validators reach the same state at the same height. */
public final class ValidityOracle implements Oracle {
    private static final long NOT_ORDERED = 0;
    /** Whatever the application made of it. */
    private static final Set<Outcome.Code> EXECUTED =
            EnumSet.of(Outcome.Code.OK, Outcome.Code.FAILED, Outcome.Code.ERROR, Outcome.Code.TOO_LARGE);

    private static final class Submitted {
        private final Command command;
        private long height = NOT_ORDERED;

        private Submitted(Command command) {
            this.command = command;
        }
    }

    private final Map<CommandId, Submitted> commands = new HashMap<>();
    private final List<Digest> roots = new ArrayList<>();
    private long orderedUpTo;

    @Override
    public void submitted(Command command) {
        commands.put(command.id(), new Submitted(command));
    }

    @Override
    public void decided(int validator, DecidedBlock block) {
        if (block.height() <= orderedUpTo) {
            return;
        }
        orderedUpTo = block.height();
        for (Command command : ((CommandBatch) block.payload()).commands()) {
            Submitted known = commands.get(command.id());
            if (known == null || !known.command.equals(command)) {
                throw new Violation(
                        "validity", "height " + block.height() + " holds " + command + ", which no client submitted");
            }
            if (known.height != NOT_ORDERED) {
                throw new Violation(
                        "each command once",
                        command.id() + " was ordered at height " + known.height + " and again at " + block.height());
            }
            known.height = block.height();
        }
    }

    @Override
    public void executed(int validator, ExecutedBlock block) {
        int index = Math.toIntExact(block.height() - 1);
        if (index < roots.size()) {
            if (!roots.get(index).equals(block.root())) {
                throw new Violation(
                        "equal state", "v" + validator + " has another state root after height " + block.height());
            }
            return;
        }
        roots.add(block.root());
        for (Outcome outcome : block.outcomes()) {
            if (!EXECUTED.contains(outcome.code())) {
                throw new Violation(
                        "each command once", "a command of height " + block.height() + " gave " + outcome.code());
            }
        }
    }
}
