package dev.parley.client.remote;

import dev.parley.client.CommandReceipt;
import dev.parley.consensus.DecidedBlock;
import dev.parley.log.Command;
import java.util.List;

/**
 * What clients and a validator say to each other. A client says {@link Hello} first and waits for {@link Welcome}; then it sends
 * requests, each with a number of its own choice, and answers come in any order. Immutable.
 */
sealed interface ClientFrame {
    /** What this code speaks. */
    int VERSION = 1;

    /** The most bytes of a text that tells people why. */
    int MAX_TEXT_BYTES = 1024;

    /** The most entries in one page. */
    int MAX_ENTRIES = 256;

    /** From the client. Its form is the same in all versions, so that any two can tell each other that they differ. */
    record Hello(int version, String chainId) implements ClientFrame {}

    /**
     * From the server: it serves this chain.
     *
     * @param maxCommandBytes the largest content of a command that it takes
     * @param height the last decided one
     */
    record Welcome(int version, String chainId, int maxCommandBytes, long height) implements ClientFrame {}

    /** From the client: answered by {@link Receipt}, {@link Busy}, {@link Refused} or {@link Unknown}. */
    record Append(long request, Command command) implements ClientFrame {}

    /**
     * From the client: answered by {@link Entries}, {@link Busy}, {@link Refused} or {@link Unknown}.
     *
     * @param fromHeight 1 or more
     */
    record Read(long request, long fromHeight) implements ClientFrame {}

    /** What has the number of a request. */
    sealed interface Answer extends ClientFrame {
        long request();
    }

    record Receipt(long request, CommandReceipt receipt) implements Answer {}

    /** @param retryAfterMillis zero or more */
    record Busy(long request, long retryAfterMillis) implements Answer {}

    record Refused(long request, String why) implements Answer {}

    record Unknown(long request, String why) implements Answer {}

    /** A page: consecutive heights from the one that was asked for; empty if none came for a while. */
    record Entries(long request, List<DecidedBlock> blocks) implements Answer {
        public Entries {
            blocks = List.copyOf(blocks);
        }
    }

    /** From the server, unasked: when the log has grown, and now and then as a sign of life. */
    record Height(long height) implements ClientFrame {}

    /** From the server, before it closes the connection. */
    record Failure(ProtocolError error, String message) implements ClientFrame {}
}
