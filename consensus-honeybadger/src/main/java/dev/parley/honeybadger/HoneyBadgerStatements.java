package dev.parley.honeybadger;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.SigningDomain;
import java.util.Arrays;

/** The exact bytes that validators sign, and those that bind a ciphertext to its place. Thread-safe. */
public final class HoneyBadgerStatements {
    private static final int VOTE_BYTES = 8 + 32;

    private final SigningDomain.Kind vote;
    private final SigningDomain.Kind proposal;
    private final byte[] head;

    public HoneyBadgerStatements(SigningDomain domain) {
        vote = domain.kind("honeybadger.block");
        proposal = domain.kind("honeybadger.proposal");
        head = vote.statement(0, out -> {});
    }

    /** That an epoch's block is this one. */
    public byte[] vote(long epoch, BlockId block) {
        return vote.statement(VOTE_BYTES, out -> block.write(out.i64(epoch)));
    }

    /** Under which a proposer's ciphertext is valid: a copy by another, or in another epoch, is none (hazard 14). */
    public byte[] label(long epoch, ValidatorId proposer) {
        return proposal.statement(8 + 4, out -> out.i64(epoch).i32(proposer.index()));
    }

    /** Of which epoch's block the statement is; -1 for bytes that are no vote of this domain. A correct validator signs one an epoch. */
    public long epochOf(byte[] statement) {
        if (statement.length != head.length + VOTE_BYTES
                || !Arrays.equals(head, 0, head.length, statement, 0, head.length)) {
            return -1;
        }
        try {
            return new BinaryReader(statement, head.length, VOTE_BYTES).i64();
        } catch (MalformedException e) {
            return -1;
        }
    }

    /** Whether no correct validator signs both. */
    public boolean contradict(byte[] first, byte[] second) {
        long epoch = epochOf(first);
        return epoch >= 0 && epoch == epochOf(second) && !Arrays.equals(first, second);
    }
}
