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
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;

/** One validator's word on what executing up to a block gave. Immutable. */
public record SignedRoot(long height, BlockId block, Digest root, ValidatorId signer, Signature signature) {
    /** The kind of statement that is signed. */
    public static final String KIND = "execution.root";

    public static SignedRoot sign(BlockResults block, ValidatorId self, Signer signer, SigningDomain domain) {
        return new SignedRoot(
                block.height(),
                block.block(),
                block.root(),
                self,
                signer.sign(statement(domain, block.height(), block.block(), block.root())));
    }

    public static SignedRoot read(BinaryReader in) throws MalformedException {
        return new SignedRoot(
                in.nonNegative(), BlockId.read(in), Digest.read(in), ValidatorId.read(in), Signature.read(in));
    }

    public void write(BinaryWriter out) {
        out.i64(height);
        block.write(out);
        root.write(out);
        out.i32(signer.index());
        signature.write(out);
    }

    /** Whether its signer, a member of {@code validators}, has signed this. */
    public boolean isValid(ValidatorSet validators, SignatureScheme scheme, SigningDomain domain) {
        return validators.contains(signer)
                && scheme.verify(validators.key(signer), statement(domain, height, block, root), signature);
    }

    static byte[] statement(SigningDomain domain, long height, BlockId block, Digest root) {
        return domain.kind(KIND).statement(out -> {
            out.i64(height);
            block.write(out);
            root.write(out);
        });
    }
}
