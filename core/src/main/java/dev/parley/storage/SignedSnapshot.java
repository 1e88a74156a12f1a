package dev.parley.storage;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;

/** One validator's word that execution up to a height gave this snapshot, and that it has it. Who it is, whoever passes it on knows. */
public record SignedSnapshot(SnapshotManifest manifest, Signature signature) {
    /** The fewest bytes of one in its binary form. */
    public static final int MIN_BYTES = SnapshotManifest.BYTES + 4;

    public static SignedSnapshot sign(SnapshotManifest manifest, Signer signer, SigningDomain domain) {
        return new SignedSnapshot(manifest, signer.sign(manifest.statement(domain)));
    }

    public static SignedSnapshot read(BinaryReader in) throws MalformedException {
        return new SignedSnapshot(SnapshotManifest.read(in), Signature.read(in));
    }

    public void write(BinaryWriter out) {
        manifest.write(out);
        signature.write(out);
    }

    public boolean isSignedBy(PublicKey key, SignatureScheme scheme, SigningDomain domain) {
        return scheme.verify(key, manifest.statement(domain), signature);
    }
}
