package dev.parley.network.secure;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.SigningDomain;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;

/** Four validators with keys of their own. */
public final class TestIdentities {
    private final Ed25519 scheme = Ed25519.fastest();
    private final List<KeyPair> keys =
            Stream.generate(() -> KeyPair.generate(new SecureRandom())).limit(4).toList();
    private final ValidatorSet validators =
            ValidatorSet.of(scheme, keys.stream().map(KeyPair::publicKey).toList());

    public LinkIdentity of(int index) {
        return of(index, "test");
    }

    public LinkIdentity of(int index, String chain) {
        return new LinkIdentity(
                new ValidatorId(index),
                validators,
                new SigningDomain(chain, 0),
                scheme,
                keys.get(index).signer(scheme));
    }
}
