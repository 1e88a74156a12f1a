package dev.parley.testkit.check;

import dev.parley.consensus.DecidedBlock;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.FreshNotice;

/** What the application of every correct validator refuses is not decided, whoever proposes it. */
public final class ApplicationOracle implements Oracle {
    /** What the application says, wherever it is asked: it must not depend on more than command and height. */
    @FunctionalInterface
    public interface Objection {
        boolean refuses(Command command, long height);
    }

    private final Objection objection;

    public ApplicationOracle(Objection objection) {
        this.objection = objection;
    }

    @Override
    public void decided(int validator, DecidedBlock block) {
        for (Command command : ((CommandBatch) block.payload()).commands()) {
            if (!FreshNotice.is(command) && objection.refuses(command, block.height())) {
                throw new Violation(
                        "checked by the application",
                        "v" + validator + " decided " + command.id() + " at height " + block.height()
                                + ", where the application refuses it");
            }
        }
    }
}
