package dev.parley.tendermint;

import dev.parley.consensus.ValidatorId;
import dev.parley.tendermint.TendermintMessage.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Messages of the next few heights, from peers that have decided sooner. Of each height a few of each peer, and the parts of one block
 * from the one whose turn it is; who is further behind is brought up by certificates.
 */
final class FutureHeights {
    /** So many heights above one's own. */
    static final int WINDOW = 4;
    /** Of one height: a proposal, two votes, and what a second round could bring. */
    static final int PER_PEER = 6;

    /** What a peer sent. */
    record Early(ValidatorId from, TendermintMessage message) {}

    private static final class Height {
        private final int[] kept;
        private final List<Early> messages = new ArrayList<>();
        private long partBytes;

        private Height(int validators) {
            kept = new int[validators];
        }
    }

    private final int validators;
    private final TreeMap<Long, Height> heights = new TreeMap<>();
    /** Of parts of all heights. */
    private long partBytes;

    FutureHeights(int validators) {
        this.validators = validators;
    }

    /**
     * @param message of a height within the window
     * @param mayLead whether the sender is to propose first at that height
     * @return whether it is kept
     */
    boolean add(ValidatorId from, TendermintMessage message, boolean mayLead) {
        Height height = heights.computeIfAbsent(message.height(), h -> new Height(validators));
        if (message instanceof Part part) {
            if (!mayLead || partBytes + part.bytes().length > Parts.MAX_PAYLOAD_BYTES) {
                return false;
            }
            partBytes += part.bytes().length;
            height.partBytes += part.bytes().length;
        } else if (++height.kept[from.index()] > PER_PEER) {
            return false;
        }
        height.messages.add(new Early(from, message));
        return true;
    }

    /** Takes out what came of that height, in the order in which it came, and forgets lower ones. */
    List<Early> take(long number) {
        List<Early> taken = List.of();
        while (!heights.isEmpty() && heights.firstKey() <= number) {
            boolean wanted = heights.firstKey() == number;
            Height height = heights.pollFirstEntry().getValue();
            partBytes -= height.partBytes;
            taken = wanted ? height.messages : taken;
        }
        return taken;
    }
}
