package dev.parley.honeybadger.coin;

import dev.parley.crypto.Digest;
import dev.parley.crypto.threshold.ThresholdKeys;
import dev.parley.crypto.threshold.ThresholdSecret;
import dev.parley.crypto.threshold.ThresholdSetup;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Threshold signatures of keyed hashes, for tests: a share is (hash of the statement, MAC of the party), the signature a MAC of the hash. */
public final class HashedThreshold implements ThresholdKeys {
    private final int n;
    private final byte[] key;
    /** How often a signature was verified, and a share. */
    public int signatureChecks;

    public int shareChecks;

    public HashedThreshold(int n, long seed) {
        this.n = n;
        key = ByteBuffer.allocate(8).putLong(seed).array();
    }

    public ThresholdSetup setup(int party) {
        return new ThresholdSetup(this, new ThresholdSecret() {
            @Override
            public int party() {
                return party;
            }

            @Override
            public byte[] signatureShare(byte[] statement) {
                return share(party, Digest.sha256(statement).toBytes());
            }

            @Override
            public byte[] decryptionShare(byte[] ciphertext) {
                throw new UnsupportedOperationException();
            }

            @Override
            public byte[] seed(byte[] purpose) {
                throw new UnsupportedOperationException();
            }
        });
    }

    /** The signature, which nobody should know yet. */
    public byte[] signature(byte[] statement) {
        return mac(-1, Digest.sha256(statement).toBytes());
    }

    private byte[] mac(int party, byte[] hash) {
        return Digest.sha256(key, ByteBuffer.allocate(4).putInt(party).array(), hash)
                .toBytes();
    }

    private byte[] share(int party, byte[] hash) {
        return ByteBuffer.allocate(64).put(hash).put(mac(party, hash)).array();
    }

    @Override
    public String name() {
        return "hashed";
    }

    @Override
    public int size() {
        return n;
    }

    @Override
    public int threshold() {
        return (n - 1) / 3 + 1;
    }

    @Override
    public boolean isSignatureShare(int party, byte[] statement, byte[] share) {
        shareChecks++;
        return Arrays.equals(share(party, Digest.sha256(statement).toBytes()), share);
    }

    @Override
    public byte @Nullable [] combineSignature(Map<Integer, byte[]> shares) {
        List<Map.Entry<Integer, byte[]>> used =
                shares.entrySet().stream().limit(threshold()).toList();
        byte[] first = used.getFirst().getValue();
        if (used.size() < threshold() || first.length != 64) {
            return null;
        }
        byte[] hash = Arrays.copyOf(first, 32);
        byte[] garbage = new byte[0];
        boolean right = true;
        for (Map.Entry<Integer, byte[]> each : used) {
            right &= Arrays.equals(share(each.getKey(), hash), each.getValue());
            garbage = Digest.sha256(garbage, each.getValue()).toBytes();
        }
        return right ? mac(-1, hash) : garbage;
    }

    @Override
    public boolean isSignature(byte[] statement, byte[] signature) {
        signatureChecks++;
        return Arrays.equals(signature(statement), signature);
    }

    @Override
    public byte[] encrypt(byte[] label, byte[] plaintext, byte[] seed) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isCiphertext(byte[] label, byte[] ciphertext) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isDecryptionShare(int party, byte[] ciphertext, byte[] share) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte @Nullable [] decrypt(byte[] label, byte[] ciphertext, Map<Integer, byte[]> shares) {
        throw new UnsupportedOperationException();
    }
}
