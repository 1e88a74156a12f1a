package dev.parley.app;

import dev.parley.consensus.BlockId;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What executing one block gave, and the proofs of it, without the commands. A validator keeps many of these for commands that come
 * again, so they are few objects for the garbage collector: small results are only in their {@link ResultItems}. Immutable.
 */
public final class BlockResults {
    /** About what this costs beside what grows with the results. */
    private static final int BASE_BYTES = 512;

    /** About what a {@link ResultChunk}, its path and its node in the tree cost, without its items. */
    private static final int CHUNK_BYTES = 400;

    private final long height;
    private final BlockId block;
    private final Digest previousRoot;
    private final Optional<Digest> stateHash;
    private final ResultTree tree;
    private final Digest root;
    /** Those of which the items have only the hash; null if there are none. */
    private final @Nullable Outcome @Nullable [] large;

    private final long retainedBytes;

    BlockResults(
            long height,
            BlockId block,
            Digest previousRoot,
            List<Command> commands,
            List<Outcome> outcomes,
            Optional<Digest> stateHash) {
        this.height = height;
        this.block = block;
        this.previousRoot = previousRoot;
        this.stateHash = stateHash;
        ResultItems items = ResultItems.of(commands, outcomes);
        this.tree = new ResultTree(items);
        this.root = StateRoot.next(previousRoot, height, block, tree.root(), items.count(), stateHash);
        this.large = large(outcomes);
        this.retainedBytes = count(items, large);
    }

    public long height() {
        return height;
    }

    public BlockId block() {
        return block;
    }

    public Digest previousRoot() {
        return previousRoot;
    }

    public Digest resultsRoot() {
        return tree.root();
    }

    /** The hash of the state after this block, at heights where it is mixed into the root. */
    public Optional<Digest> stateHash() {
        return stateHash;
    }

    /** What validators sign. */
    public Digest root() {
        return root;
    }

    /** Whether these results instead of ours would have given this root: are they what a certified root stands for? */
    public boolean wouldGive(Digest otherRoot, ResultItems others) {
        return StateRoot.next(previousRoot, height, block, others.root(), others.count(), stateHash)
                .equals(otherRoot);
    }

    /** What a diverging validator compares with its peers'. */
    public ResultItems items() {
        return tree.items();
    }

    /** @param index of the command, from 0 */
    public Outcome outcome(int index) {
        Outcome known = large == null ? null : large[index];
        return known == null ? items().outcome(index) : known;
    }

    /** @param index of the command, from 0 */
    public ResultProof proof(int index) {
        return tree.proof(index);
    }

    /** With signatures, the certificate. */
    RootCertificate certificate(List<RootCertificate.Share> signatures) {
        return new RootCertificate(height, block, previousRoot, resultsRoot(), items().count(), stateHash, signatures);
    }

    /** About what keeping this costs once all is proved, in bytes. */
    long retainedBytes() {
        return retainedBytes;
    }

    private static @Nullable Outcome @Nullable [] large(List<Outcome> outcomes) {
        @Nullable Outcome[] large = null;
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            if (!ResultItems.holdsWhole(outcome)) {
                if (large == null) {
                    large = new @Nullable Outcome[outcomes.size()];
                }
                large[i] = outcome;
            }
        }
        return large;
    }

    /** A chunk has a copy of its items. */
    private static long count(ResultItems items, @Nullable Outcome @Nullable [] large) {
        long bytes = BASE_BYTES
                + 2L * items.sizeBytes()
                + 4L * items.count()
                + (long) CHUNK_BYTES * ResultTree.chunks(items.count());
        if (large != null) {
            for (Outcome outcome : large) {
                bytes += outcome == null ? 0 : 48L + outcome.bytes().length;
            }
        }
        return bytes;
    }
}
