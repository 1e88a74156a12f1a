package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.SigningDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The word of a weak quorum, so of at least one correct validator, on what executing up to a block gave. Immutable.
 *
 * @param previousRoot the root of the height below, {@link Digest#ZERO} below the first
 * @param resultsRoot the root of the block's {@link ResultTree}
 * @param count how many commands the block has
 * @param stateHash the hash of the state after the block, at heights where it is mixed in
 * @param signatures by distinct validators, in the order of their indices
 */
public record RootCertificate(
        long height,
        BlockId block,
        Digest previousRoot,
        Digest resultsRoot,
        int count,
        Optional<Digest> stateHash,
        List<Share> signatures) {

    /** One validator's part. */
    public record Share(ValidatorId signer, Signature signature) {}

    public RootCertificate {
        signatures = List.copyOf(signatures);
    }

    /** What is certified. */
    public Digest root() {
        return StateRoot.next(previousRoot, height, block, resultsRoot, count, stateHash);
    }

    /** Whether distinct members of {@code validators} with at least the power of a weak quorum have signed this. Never throws. */
    public boolean isValid(ValidatorSet validators, SignatureScheme scheme, SigningDomain domain) {
        int previous = -1;
        long power = 0;
        for (Share share : signatures) {
            if (share.signer().index() <= previous || !validators.contains(share.signer())) {
                return false;
            }
            previous = share.signer().index();
            power += validators.power(share.signer());
        }
        if (power < validators.weakQuorumPower()) {
            return false;
        }
        byte[] statement = SignedRoot.statement(domain, height, block, root());
        for (Share share : signatures) {
            if (!scheme.verify(validators.key(share.signer()), statement, share.signature())) {
                return false;
            }
        }
        return true;
    }

    public static RootCertificate read(BinaryReader in) throws MalformedException {
        long height = in.nonNegative();
        BlockId block = BlockId.read(in);
        Digest previousRoot = Digest.read(in);
        Digest resultsRoot = Digest.read(in);
        int count = in.count(dev.parley.log.CommandBatch.MAX_COMMANDS, 0);
        Optional<Digest> stateHash = in.bool() ? Optional.of(Digest.read(in)) : Optional.empty();
        int signers = in.count(ValidatorSet.MAX_VALIDATORS, 8);
        List<Share> signatures = new ArrayList<>(signers);
        int previous = -1;
        for (int i = 0; i < signers; i++) {
            ValidatorId signer = ValidatorId.read(in);
            if (signer.index() <= previous) {
                throw new MalformedException("signers are in the order of their indices, each once");
            }
            previous = signer.index();
            signatures.add(new Share(signer, Signature.read(in)));
        }
        return new RootCertificate(height, block, previousRoot, resultsRoot, count, stateHash, signatures);
    }

    public void write(BinaryWriter out) {
        out.i64(height);
        block.write(out);
        previousRoot.write(out);
        resultsRoot.write(out);
        out.i32(count).bool(stateHash.isPresent());
        stateHash.ifPresent(hash -> hash.write(out));
        out.i32(signatures.size());
        for (Share share : signatures) {
            out.i32(share.signer().index());
            share.signature().write(out);
        }
    }
}
