package dev.parley.testkit.cluster;

import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.Signer;

/** Of who watches validators and is none. */
record NoSigner(PublicKey publicKey) implements Signer {
    @Override
    public Signature sign(byte[] statement) {
        throw new IllegalStateException("who watches does not sign");
    }
}
