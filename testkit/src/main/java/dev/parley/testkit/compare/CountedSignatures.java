package dev.parley.testkit.compare;

import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One validator's view of ideal signatures: counts what it verifies, and gives signatures the 64 bytes that Ed25519's have, so that messages
 * are as long as in production. For the simulator's one thread.
 */
final class CountedSignatures implements SignatureScheme {
    /** As Ed25519's. */
    static final int SIGNATURE_BYTES = 64;

    private final IdealSignatures ideal;
    private long verified;

    private CountedSignatures(IdealSignatures ideal) {
        this.ideal = ideal;
    }

    /** One for each of {@code size} validators; what one signs the others verify. */
    static List<CountedSignatures> forValidators(int size) {
        IdealSignatures ideal = new IdealSignatures();
        List<CountedSignatures> all = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            all.add(new CountedSignatures(ideal));
        }
        return all;
    }

    /** How many signatures this validator has verified, one for each that a certificate holds. */
    long verified() {
        return verified;
    }

    @Override
    public String name() {
        return "counted " + ideal.name();
    }

    @Override
    public boolean verify(PublicKey key, byte[] statement, Signature signature) {
        verified++;
        byte[] padded = signature.toBytes();
        return padded.length == SIGNATURE_BYTES
                && ideal.verify(key, statement, new Signature(Arrays.copyOf(padded, padded.length / 4)));
    }

    @Override
    public void requireAdmissible(PublicKey key) {
        ideal.requireAdmissible(key);
    }

    @Override
    public Signer signer(byte[] secret) {
        return new Padding(ideal.signer(secret));
    }

    private record Padding(Signer ideal) implements Signer {
        @Override
        public PublicKey publicKey() {
            return ideal.publicKey();
        }

        @Override
        public Signature sign(byte[] statement) {
            return new Signature(Arrays.copyOf(ideal.sign(statement).toBytes(), SIGNATURE_BYTES));
        }
    }
}
