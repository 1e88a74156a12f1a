package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Topic;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What HotStuff validators send each other. */
public sealed interface HotStuffMessage extends ConsensusMessage {
    /** No message may name a view above this one, so that no sum of views overflows. */
    long MAX_VIEW = 1L << 62;
    /** The most blocks in one {@link BlockResponse}. */
    int MAX_BLOCKS = 16;

    /**
     * @param entry the TC of the view before, exactly where {@code block.justify()} is not of the view before
     * @param signature of the block's proposer; anybody may pass a proposal on
     */
    record Proposal(Block block, @Nullable TC entry, Signature signature) implements HotStuffMessage {
        private static final Topic RECENT = new Topic(Proposal.class, 32);

        @Override
        public Payload payload() {
            return block.payload();
        }

        @Override
        public int approximateBytes() {
            return block.approximateBytes();
        }

        /**
         * Each of so many later ones of the same proposer shows that the view of this one is over. A block that others build on is fetched, and
         * many at once come by catch-up. Who passes on proposals of others, as this implementation does not, must not let them push out its own.
         */
        @Override
        public Topic topic() {
            return RECENT;
        }
    }

    /** Goes to the leader of the next view, who makes the QC. */
    record Vote(long view, BlockId block, ValidatorId voter, Signature signature) implements HotStuffMessage {}

    /**
     * The voter gives up a view and will not vote in it any more (Jolteon, Fig. 2).
     *
     * @param highQc its view is signed with {@code view}
     * @param entry the TC of the view before, exactly where {@code highQc} is not of the view before: shows that the voter had
     *     reason to be in the view at all
     */
    record Timeout(long view, QC highQc, @Nullable TC entry, ValidatorId voter, Signature signature)
            implements HotStuffMessage {
        /** A correct validator gives up views in rising order, and shows with each how it came there. */
        @Override
        public Topic topic() {
            return Topic.newest(Timeout.class);
        }
    }

    /** Where the sender is, with proof: brings up a peer that is behind. */
    record Advance(QC highQc, @Nullable TC entry) implements HotStuffMessage {
        @Override
        public Topic topic() {
            return Topic.newest(Advance.class);
        }
    }

    /**
     * Asks for a block and for those before it.
     *
     * @param maxBlocks 1 to {@link #MAX_BLOCKS}
     */
    record BlockRequest(BlockId block, int maxBlocks) implements HotStuffMessage {}

    /**
     * @param requested the id that was asked for
     * @param blocks from it downwards, each the parent of the one before; empty where the sender does not have it
     */
    record BlockResponse(BlockId requested, List<Block> blocks) implements HotStuffMessage {
        public BlockResponse {
            blocks = List.copyOf(blocks);
        }

        @Override
        public int approximateBytes() {
            int bytes = 64;
            for (Block block : blocks) {
                bytes += block.approximateBytes();
            }
            return bytes;
        }
    }
}
