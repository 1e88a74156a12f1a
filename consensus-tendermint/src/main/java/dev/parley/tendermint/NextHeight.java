package dev.parley.tendermint;

import dev.parley.consensus.ValidatorId;
import dev.parley.tendermint.TendermintMessage.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages of the height above one's own, from peers that have decided a moment earlier. A few of each peer, and the parts of one
 * block from the one whose turn it is; who is further behind is brought up by certificates.
 */
final class NextHeight {
    /** A proposal, two votes, and what a second round could bring. */
    static final int PER_PEER = 6;

    /** What a peer sent. */
    record Early(ValidatorId from, TendermintMessage message) {}

    private final int[] kept;
    private List<Early> messages = new ArrayList<>();
    private long partBytes;

    NextHeight(int validators) {
        kept = new int[validators];
    }

    /**
     * @param mayLead whether the sender is to propose first at that height
     * @return whether it is kept
     */
    boolean add(ValidatorId from, TendermintMessage message, boolean mayLead) {
        if (message instanceof Part part) {
            if (!mayLead || partBytes + part.bytes().length > Parts.MAX_PAYLOAD_BYTES) {
                return false;
            }
            partBytes += part.bytes().length;
        } else if (++kept[from.index()] > PER_PEER) {
            return false;
        }
        messages.add(new Early(from, message));
        return true;
    }

    /** All of them, in the order in which they came; none are left. */
    List<Early> take() {
        List<Early> taken = messages;
        messages = new ArrayList<>();
        partBytes = 0;
        java.util.Arrays.fill(kept, 0);
        return taken;
    }
}
