package dev.parley.app;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import java.util.List;
import java.util.Optional;

/** A decided block with what its commands gave. Immutable. */
public final class ExecutedBlock {
    private final long height;
    private final BlockId block;
    /** Block time in milliseconds since 1970, never less than the block's before. */
    private final long timeMillis;

    private final List<Evidence> convicted;
    private final List<Command> commands;
    private final List<Outcome> outcomes;
    private final Digest previousRoot;
    private final Optional<Digest> stateHash;
    private final ResultTree results;
    private final Digest root;
    private final long retainedBytes;

    ExecutedBlock(
            long height,
            BlockId block,
            long timeMillis,
            List<Evidence> convicted,
            List<Command> commands,
            List<Outcome> outcomes,
            Digest previousRoot,
            ResultTree results,
            Optional<Digest> stateHash) {
        this.height = height;
        this.block = block;
        this.timeMillis = timeMillis;
        this.convicted = List.copyOf(convicted);
        this.commands = List.copyOf(commands);
        this.outcomes = List.copyOf(outcomes);
        this.previousRoot = previousRoot;
        this.results = results;
        this.stateHash = stateHash;
        this.retainedBytes = count(commands, outcomes)
                + convicted.stream().mapToLong(Evidence::sizeBytes).sum();
        this.root = StateRoot.next(previousRoot, height, block, results.root(), outcomes.size(), stateHash);
    }

    public long height() {
        return height;
    }

    public BlockId block() {
        return block;
    }

    /** Block time in milliseconds since 1970. */
    public long timeMillis() {
        return timeMillis;
    }

    /** The evidence that convicted a validator, told to the state machine before the commands. */
    public List<Evidence> convicted() {
        return convicted;
    }

    /** In the order of execution. */
    public List<Command> commands() {
        return commands;
    }

    /** One for each command. */
    public List<Outcome> outcomes() {
        return outcomes;
    }

    public Digest previousRoot() {
        return previousRoot;
    }

    public Digest resultsRoot() {
        return results.root();
    }

    /** The hash of the state after this block, at heights where it is mixed into the root. */
    public Optional<Digest> stateHash() {
        return stateHash;
    }

    /** What validators sign. */
    public Digest root() {
        return root;
    }

    /**
     * Whether validators vote on the root of this height. They do not where a block gave nothing that a client or an operator asks for: the
     * next root on which they vote covers it, since each root covers the one before.
     */
    public boolean isVotedOn() {
        return !commands.isEmpty() || !convicted.isEmpty() || stateHash.isPresent();
    }

    /** Whether these results instead of ours would have given this root: are they what a certified root stands for? */
    public boolean wouldGive(Digest otherRoot, ResultItems others) {
        return StateRoot.next(previousRoot, height, block, others.root(), others.count(), stateHash)
                .equals(otherRoot);
    }

    /** What a diverging validator compares with its peers'. */
    public ResultItems items() {
        return results.items();
    }

    /** @param index of the command, from 0 */
    public ResultProof proof(int index) {
        return results.proof(index);
    }

    /** About what keeping this block costs, in bytes. */
    long retainedBytes() {
        return retainedBytes;
    }

    /** With signatures, the certificate. */
    RootCertificate certificate(List<RootCertificate.Share> signatures) {
        return new RootCertificate(height, block, previousRoot, results.root(), outcomes.size(), stateHash, signatures);
    }

    private static long count(List<Command> commands, List<Outcome> outcomes) {
        long bytes = 256;
        for (int i = 0; i < outcomes.size(); i++) {
            bytes += 160L + commands.get(i).sizeBytes() + outcomes.get(i).bytes().length;
        }
        return bytes;
    }
}
