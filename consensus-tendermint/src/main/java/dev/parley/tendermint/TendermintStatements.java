package dev.parley.tendermint;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.crypto.SigningDomain;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The exact bytes that Tendermint validators sign: (domain, kind, content), so that no signature serves two purposes. Thread-safe. */
public final class TendermintStatements {
    private static final int VOTE_BYTES = 8 + 4 + 32;
    private static final int PROPOSAL_BYTES = 8 + 4 + 4 + 32;

    /**
     * That of which a correct validator signs one statement at most.
     *
     * @param kind 0 for proposals, 1 for prevotes, 2 for precommits
     */
    public record Slot(int kind, long height, int round) {
        @Override
        public String toString() {
            return (kind == 0 ? "proposals" : kind == 1 ? "prevotes" : "precommits") + " in round " + round
                    + " of height " + height;
        }
    }

    private final SigningDomain.Kind prevote;
    private final SigningDomain.Kind precommit;
    private final SigningDomain.Kind proposal;
    private final byte[][] heads;

    public TendermintStatements(SigningDomain domain) {
        proposal = domain.kind("tendermint.proposal");
        prevote = domain.kind("tendermint.prevote");
        precommit = domain.kind("tendermint.precommit");
        heads = new byte[][] {
            proposal.statement(out -> {}), prevote.statement(out -> {}), precommit.statement(out -> {})
        };
    }

    /** @param block {@link TendermintMessage#NIL} for nil */
    public byte[] vote(VoteKind kind, long height, int round, BlockId block) {
        return (kind == VoteKind.PREVOTE ? prevote : precommit)
                .statement(VOTE_BYTES, out -> block.write(out.i64(height).i32(round)));
    }

    public byte[] proposal(long height, int round, int validRound, BlockId block) {
        return proposal.statement(
                PROPOSAL_BYTES, out -> block.write(out.i64(height).i32(round).i32(validRound)));
    }

    /**
     * Whether no correct validator signs both: two proposals, two prevotes or two precommits of one round that differ. Bytes that are
     * no statement of this domain contradict nothing.
     */
    public boolean contradict(byte[] first, byte[] second) {
        Slot slot = slotOf(first);
        return slot != null && slot.equals(slotOf(second)) && !Arrays.equals(first, second);
    }

    /** What a statement is about; null for bytes that are none of this domain. */
    public @Nullable Slot slotOf(byte[] statement) {
        for (int kind = 0; kind < heads.length; kind++) {
            byte[] head = heads[kind];
            int content = kind == 0 ? PROPOSAL_BYTES : VOTE_BYTES;
            if (statement.length == head.length + content
                    && Arrays.equals(head, 0, head.length, statement, 0, head.length)) {
                try {
                    BinaryReader in = new BinaryReader(statement, head.length, content);
                    return new Slot(kind, in.i64(), in.i32());
                } catch (MalformedException e) {
                    return null;
                }
            }
        }
        return null;
    }
}
