package dev.parley.crypto.threshold;

import dev.parley.crypto.SigningDomain;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes a committee's keys in one place: whoever runs it could keep every secret, and has to be trusted to forget. Nothing else ever knows a
 * polynomial; a distributed key generation gives the same {@link BlsKeys} and {@link BlsSecret} without anybody to trust, and may take this
 * class's place.
 */
public final class ThresholdDealer {
    private ThresholdDealer() {}

    /** The keys for everybody, and each party's secret for this party alone. */
    public record Dealt(BlsKeys keys, List<BlsSecret> secrets) {
        public Dealt {
            secrets = List.copyOf(secrets);
        }

        /** By party; for a process that runs all of them. */
        public List<ThresholdSetup> setups() {
            return secrets.stream()
                    .map(secret -> new ThresholdSetup(keys, secret))
                    .toList();
        }
    }

    /**
     * @param chainId names the chain that the keys are for, as in {@link SigningDomain}
     * @param n 1 to {@link BlsKeys#MAX_SIZE}
     * @param threshold 1 to n
     * @param random a {@link java.security.SecureRandom}; anything else is for tests that are to be repeated
     */
    public static Dealt deal(String chainId, int n, int threshold, RandomGenerator random) {
        BlsKeys.requireSizes(n, threshold);
        String checkedId = new SigningDomain(chainId, 0).chainId();
        List<BigInteger> signing = Shamir.polynomial(threshold, random);
        List<BigInteger> decrypting = Shamir.polynomial(threshold, random);
        BlsKeys keys = new BlsKeys(
                checkedId,
                threshold,
                SharedKey.of(signing, n),
                SharedKey.of(decrypting, n),
                BlsCurve.multiply(BlsCurve.G1_GENERATOR, BlsCurve.scalar(decrypting.getFirst()))
                        .to_affine());
        List<BlsSecret> secrets = new ArrayList<>();
        for (int party = 0; party < n; party++) {
            secrets.add(new BlsSecret(
                    checkedId, party, Shamir.evaluate(signing, party + 1), Shamir.evaluate(decrypting, party + 1)));
        }
        return new Dealt(keys, secrets);
    }
}
