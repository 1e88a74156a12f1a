package dev.parley.hotstuff;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.crypto.SigningDomain;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The exact bytes that HotStuff validators sign: (domain, kind, content), so that no signature serves two purposes. Thread-safe. */
public final class HotStuffStatements {
    private final SigningDomain.Kind vote;
    private final SigningDomain.Kind timeout;
    private final SigningDomain.Kind proposal;

    public HotStuffStatements(SigningDomain domain) {
        vote = domain.kind("hotstuff.vote");
        timeout = domain.kind("hotstuff.timeout");
        proposal = domain.kind("hotstuff.proposal");
    }

    public byte[] vote(long view, BlockId block) {
        return vote.statement(out -> block.write(out.i64(view)));
    }

    /** @param highQcView the view of the highest QC that the signer knows */
    public byte[] timeout(long view, long highQcView) {
        return timeout.statement(out -> out.i64(view).i64(highQcView));
    }

    public byte[] proposal(long view, BlockId block) {
        return proposal.statement(out -> block.write(out.i64(view)));
    }

    /**
     * Whether no correct validator signs both: two votes, two proposals or two time-outs in one view, with different content.
     * Bytes that are no statement of this domain contradict nothing.
     */
    public boolean contradict(byte[] first, byte[] second) {
        if (Arrays.equals(first, second)) {
            return false;
        }
        for (SigningDomain.Kind kind : new SigningDomain.Kind[] {vote, timeout, proposal}) {
            int size = kind == timeout ? 16 : 40;
            Long one = viewOf(kind, size, first);
            Long other = viewOf(kind, size, second);
            if (one != null && one.equals(other)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Long viewOf(SigningDomain.Kind kind, int contentBytes, byte[] statement) {
        byte[] head = kind.statement(out -> {});
        if (statement.length != head.length + contentBytes
                || !Arrays.equals(head, 0, head.length, statement, 0, head.length)) {
            return null;
        }
        try {
            return new BinaryReader(statement, head.length, contentBytes).i64();
        } catch (MalformedException e) {
            return null;
        }
    }
}
