package dev.parley.consensus;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.SignedStatement;

/**
 * Two statements that no correct validator signs both. Anybody who knows the culprit's key can check the signatures; the
 * protocol's {@link ConsensusProtocol#convicts} says whether the statements contradict each other.
 *
 * @param offence what was done, in the protocol's words, such as {@code two votes in view 7}: 1 to {@link #MAX_OFFENCE} printable
 *     ASCII characters. The word of whoever made the evidence: the statements prove, the text does not
 */
public record Evidence(ValidatorId culprit, String offence, SignedStatement first, SignedStatement second) {
    /** The most characters of {@link #offence}. */
    public static final int MAX_OFFENCE = 128;

    /** The fewest bytes of one encoded piece, for bounds on what is read. */
    public static final int MIN_BYTES = 4 + 4 + 1 + 2 * SignedStatement.MIN_BYTES;

    public Evidence {
        if (!isPlain(offence)) {
            throw new IllegalArgumentException(
                    "an offence is told in 1 to " + MAX_OFFENCE + " printable ASCII characters");
        }
    }

    public static Evidence read(BinaryReader in) throws MalformedException {
        ValidatorId culprit = ValidatorId.read(in);
        String offence = in.text(MAX_OFFENCE);
        if (!isPlain(offence)) {
            throw new MalformedException("an offence is told in other than printable ASCII characters");
        }
        return new Evidence(culprit, offence, SignedStatement.read(in), SignedStatement.read(in));
    }

    public void write(BinaryWriter out) {
        out.i32(culprit.index()).text(offence);
        first.write(out);
        second.write(out);
    }

    /** Whether the culprit is one of these validators and signed both statements. What they say is for the protocol to judge. */
    public boolean isSignedByCulprit(ValidatorSet validators, SignatureScheme scheme) {
        if (!validators.contains(culprit)) {
            return false;
        }
        PublicKey key = validators.key(culprit);
        return first.isSignedBy(key, scheme) && second.isSignedBy(key, scheme);
    }

    /** The hash of the encoded evidence. */
    public Digest digest() {
        BinaryWriter out = new BinaryWriter(sizeBytes());
        write(out);
        return Digest.sha256(out.toByteArray());
    }

    /** The size of the encoded evidence in bytes. */
    public int sizeBytes() {
        return 4 + 4 + offence.length() + first.sizeBytes() + second.sizeBytes();
    }

    @Override
    public String toString() {
        return culprit + ": " + offence;
    }

    /** Text of strangers reaches logs and terminals. */
    private static boolean isPlain(String text) {
        return !text.isEmpty() && text.length() <= MAX_OFFENCE && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
