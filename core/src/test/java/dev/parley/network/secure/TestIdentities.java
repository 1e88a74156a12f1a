package dev.parley.network.secure;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.SigningDomain;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Four validators with keys of their own. */
public final class TestIdentities {
    private final Ed25519 scheme = Ed25519.fastest();
    private final List<KeyPair> keys =
            Stream.generate(() -> KeyPair.generate(new SecureRandom())).limit(4).toList();

    public KeyPair key(int index) {
        return keys.get(index);
    }

    public LinkIdentity of(int index) {
        return of(index, "test");
    }

    public LinkIdentity of(int index, String chain) {
        return of(index, chain, "none", 1, Map.of());
    }

    /** @param power of validator 3 */
    public LinkIdentity of(int index, String chain, String protocol, long power, Map<String, String> settings) {
        ValidatorSet set =
                ValidatorSet.of(scheme, keys.stream().map(KeyPair::publicKey).toList(), new long[] {3, 3, 3, power});
        SigningDomain domain = new SigningDomain(chain, 0);
        return new LinkIdentity(
                new ValidatorId(index),
                set,
                domain,
                ChainTerms.of(domain, set, protocol, settings),
                scheme,
                keys.get(index).signer(scheme));
    }
}
