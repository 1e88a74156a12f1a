package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Topic;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Tendermint validators say to each other. */
public sealed interface TendermintMessage extends ConsensusMessage {
    /** The paper's nil: what is voted for when nothing is. */
    BlockId NIL = new BlockId(Digest.ZERO);

    /** No height and no round reaches these, so that arithmetic on them can't overflow and both fit one {@link Views view}. */
    long MAX_HEIGHT = 1L << 42;

    int MAX_ROUND = 1 << 20;

    /** Of which height the message is. */
    long height();

    /** What a validator signs as its own, whoever passes it on. */
    sealed interface Signed extends TendermintMessage {
        ValidatorId signer();

        int round();

        Signature signature();
    }

    /**
     * Line 19, PROPOSAL: who is to propose in the round proposes a block.
     *
     * @param validRound -1, or the earlier round in which the block had the polka
     * @param polka the prevotes of validRound, null if that is -1. The paper lets gossip deliver them; here they come along, since a
     *     Byzantine validator can give the last prevote of a polka to one validator alone
     * @param payload null if it is so large that it comes in parts
     * @param signature the proposer's, over height, round, validRound and the block's id
     */
    record Proposal(
            Header header,
            int round,
            int validRound,
            ValidatorId proposer,
            @Nullable VoteCertificate polka,
            @Nullable Payload payload,
            Signature signature)
            implements Signed {
        @Override
        public long height() {
            return header.height();
        }

        @Override
        public ValidatorId signer() {
            return proposer;
        }

        public BlockId block() {
            return header.id();
        }

        @Override
        public int approximateBytes() {
            return 1024 + (payload == null ? 0 : payload.sizeBytes());
        }

        /** Whether no correct validator signs both; both are of one round and height. */
        boolean contradicts(Proposal other) {
            return !block().equals(other.block()) || validRound != other.validRound;
        }

        Proposal withoutPayload() {
            return new Proposal(header, round, validRound, proposer, polka, null, signature);
        }
    }

    /**
     * A part of a block's payload, with the path from it to the header's commitment: it proves itself, whoever sends it. Immutable.
     */
    final class Part implements TendermintMessage {
        private final Header header;
        private final int index;
        private final List<Digest> path;
        private final byte[] bytes;

        /**
         * @param index from 0
         * @param bytes not copied, not to be changed
         */
        public Part(Header header, int index, List<Digest> path, byte[] bytes) {
            this.header = header;
            this.index = index;
            this.path = List.copyOf(path);
            this.bytes = bytes;
        }

        public Header header() {
            return header;
        }

        public int index() {
            return index;
        }

        public List<Digest> path() {
            return path;
        }

        /** Not a copy, not to be changed. */
        byte[] bytes() {
            return bytes;
        }

        @Override
        public long height() {
            return header.height();
        }

        @Override
        public int approximateBytes() {
            return 512 + bytes.length;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Part that
                    && header.equals(that.header)
                    && index == that.index
                    && path.equals(that.path)
                    && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return header.hashCode() + index;
        }

        @Override
        public String toString() {
            return "part " + index + " of " + header;
        }
    }

    /**
     * PREVOTE and PRECOMMIT.
     *
     * @param block {@link #NIL} for nil
     */
    record Vote(VoteKind kind, long height, int round, BlockId block, ValidatorId voter, Signature signature)
            implements Signed {
        @Override
        public ValidatorId signer() {
            return voter;
        }

        public boolean isNil() {
            return block.equals(NIL);
        }
    }

    /**
     * Votes of others and of one's own, passed on to a peer that lacks them.
     *
     * @param votes of that height, in rising {@link #ORDER}, which makes them distinct
     */
    record Votes(long height, List<Vote> votes) implements TendermintMessage {
        static final Comparator<Vote> ORDER =
                Comparator.comparingInt(Vote::round).thenComparing(Vote::kind).thenComparing(Vote::voter);

        public Votes {
            votes = List.copyOf(votes);
        }

        @Override
        public int approximateBytes() {
            return 64 + 256 * votes.size();
        }
    }

    /**
     * What a validator that does not get on has of its round; who has more sends it. The paper assumes that whatever one correct
     * validator received all receive in the end; this is how.
     *
     * @param proposal whether it has the round's proposal
     * @param polka whether it has seen a polka in the round: then it needs no prevotes any more
     * @param prevotes by validator, whose it has
     * @param precommits by validator, whose it has
     */
    record Summary(long height, int round, boolean proposal, boolean polka, Bits prevotes, Bits precommits)
            implements TendermintMessage {
        @Override
        public Topic topic() {
            return Topic.newest(Summary.class);
        }
    }

    /**
     * A polka for a peer that lacks it. Votes alone would not do: a peer that has another vote of an equivocator, or two, could never count
     * the one that makes the polka.
     */
    record Polka(VoteCertificate prevotes) implements TendermintMessage {
        @Override
        public long height() {
            return prevotes.height();
        }
    }

    /**
     * Asks for a block that has votes and did not come.
     *
     * @param missing the parts that are missing; of size 0 if the asker does not know how many there are
     */
    record BlockRequest(long height, BlockId block, Bits missing) implements TendermintMessage {}

    /** The answer for a block whose payload is one part; others come as {@link Part}s. */
    record BlockResponse(Block block) implements TendermintMessage {
        @Override
        public long height() {
            return block.header().height();
        }

        @Override
        public int approximateBytes() {
            return 512 + block.payload().sizeBytes();
        }
    }
}
