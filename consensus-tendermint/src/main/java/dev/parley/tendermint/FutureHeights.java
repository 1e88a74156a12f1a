package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Signed;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the next few heights, from peers that have decided sooner. Of each height a few of each peer, one proposal among them,
 * and of the next one the parts of one block from the one whose turn it is; who is further behind is brought up by certificates.
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
        private final BitSet proposers = new BitSet();
        private final List<Early> messages = new ArrayList<>();
        /** Of which block parts are kept, null for none yet. */
        private @Nullable BlockId block;

        private final BitSet parts = new BitSet();

        private Height(int validators) {
            kept = new int[validators];
        }

        /** Parts of one block, each once: together they are no larger than a payload. */
        private boolean add(Part part) {
            BlockId its = part.header().id();
            if (block == null) {
                block = its;
            }
            return block.equals(its);
        }
    }

    private final int validators;
    private final TreeMap<Long, Height> heights = new TreeMap<>();

    FutureHeights(int validators) {
        this.validators = validators;
    }

    /**
     * A signed message of a height within the window.
     *
     * @return whether it is kept
     */
    boolean add(ValidatorId from, Signed message) {
        Height height = height(message.height());
        if (++height.kept[from.index()] > PER_PEER) {
            return false;
        }
        if (message instanceof Proposal) {
            if (height.proposers.get(from.index())) {
                return false;
            }
            height.proposers.set(from.index());
        }
        height.messages.add(new Early(from, message));
        return true;
    }

    /**
     * A part of a block of the next height, from who proposes first in it. One more copy of a part that is here is not kept, and no harm.
     *
     * @return false if it is of another block than the parts that are kept
     */
    boolean add(ValidatorId from, Part part) {
        Height height = height(part.height());
        if (!height.add(part)) {
            return false;
        }
        if (!height.parts.get(part.index())) {
            height.parts.set(part.index());
            height.messages.add(new Early(from, part));
        }
        return true;
    }

    private Height height(long number) {
        return heights.computeIfAbsent(number, h -> new Height(validators));
    }

    /** Takes out what came of that height, in the order in which it came, and forgets lower ones. */
    List<Early> take(long number) {
        List<Early> taken = List.of();
        while (!heights.isEmpty() && heights.firstKey() <= number) {
            boolean wanted = heights.firstKey() == number;
            Height height = heights.pollFirstEntry().getValue();
            taken = wanted ? height.messages : taken;
        }
        return taken;
    }
}
