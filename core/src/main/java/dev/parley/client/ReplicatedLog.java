package dev.parley.client;

import dev.parley.log.Command;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The replicated log as one validator shows it, whichever protocol orders it. Thread-safe; nothing blocks. One validator's word: what it
 * says proves itself by certificates or is to be doubted, and it may say nothing.
 */
public interface ReplicatedLog {
    /**
     * Has a command ordered and executed. Submitting one again, here or elsewhere, does not execute it again.
     *
     * @return completes once the results of the command's block are certified; fails with {@link BusyException} at once if the pool
     *     is full, with {@link RefusedException} if the command can never be ordered, and with {@link UnknownOutcomeException} if the
     *     validator stops
     */
    CompletionStage<CommandReceipt> append(Command command);

    /**
     * All entries in order, from {@code fromHeight} on, those to come included: the source does not complete by itself. It fails with
     * {@link IllegalArgumentException} if the validator has pruned that height, and with {@link IllegalStateException} once it has stopped.
     *
     * @param fromHeight 1 or more
     */
    Source<LogEntry, NotUsed> read(long fromHeight);

    /** The last decided height, 0 for an empty log. */
    long height();
}
