package dev.parley.log;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import org.jspecify.annotations.Nullable;

/**
 * One command of one client, as the log carries it. Immutable; the content is shared and must not be written to.
 *
 * <p>{@link #expiresAtMillis} makes replays harmless for ever: a command is executed only while block time has not passed it, and a
 * client's session is remembered at least until block time has passed all of its commands.
 */
public final class Command {
    /** No command may be larger; {@code parley.mempool.max-command-bytes} may say less. */
    public static final int MAX_CONTENT_BYTES = 4 << 20;
    /** Lanes are 0 (most urgent) to 3. */
    public static final int LANES = 4;

    public static final int DEFAULT_LANE = 1;

    /** In the byte of the lane: a proof follows the content. */
    private static final int PROVEN = 0x80;

    /** The encoded size of a command with no content and no proof, in bytes. */
    public static final int HEADER_BYTES = 16 + 8 + 1 + 8 + 4;

    private final CommandId id;
    private final int lane;
    private final long expiresAtMillis;
    private final byte[] content;
    private final @Nullable ClientProof proof;
    private @Nullable Digest digest;
    private volatile @Nullable Boolean authenticity;

    /**
     * @param lane 0 (most urgent) to 3
     * @param expiresAtMillis block time, in milliseconds since 1970, after which the command must not be executed
     * @param content taken over, not copied
     * @throws IllegalArgumentException that names what is out of bounds
     */
    public Command(CommandId id, int lane, long expiresAtMillis, byte[] content) {
        this(id, lane, expiresAtMillis, content, null);
    }

    private Command(CommandId id, int lane, long expiresAtMillis, byte[] content, @Nullable ClientProof proof) {
        if (id.sequence() < 1) {
            throw new IllegalArgumentException("a command's sequence number is 1 or more, not " + id.sequence());
        }
        if (lane < 0 || lane >= LANES) {
            throw new IllegalArgumentException("a command's lane is 0 to 3, not " + lane);
        }
        if (expiresAtMillis < 0) {
            throw new IllegalArgumentException("a command's expiry is zero or more, not " + expiresAtMillis);
        }
        if (content.length > MAX_CONTENT_BYTES) {
            throw new IllegalArgumentException(
                    "a command of " + content.length + " bytes is over the limit of " + MAX_CONTENT_BYTES);
        }
        this.id = id;
        this.lane = lane;
        this.expiresAtMillis = expiresAtMillis;
        this.content = content;
        this.proof = proof;
    }

    /** The same with what shows whose it is. */
    Command with(ClientProof shown) {
        return new Command(id, lane, expiresAtMillis, content, shown);
    }

    public static Command read(BinaryReader in) throws MalformedException {
        ClientId client = ClientId.read(in);
        long sequence = in.i64();
        int lanes = in.u8();
        int lane = lanes & ~PROVEN;
        long expiresAtMillis = in.nonNegative();
        byte[] content = in.bytes(MAX_CONTENT_BYTES);
        ClientProof proof = (lanes & PROVEN) == 0 ? null : ClientProof.read(in);
        if (sequence < 1 || lane >= LANES) {
            throw new MalformedException("a command with sequence number " + sequence + " and lane " + lane);
        }
        return new Command(new CommandId(client, sequence), lane, expiresAtMillis, content, proof);
    }

    public void write(BinaryWriter out) {
        if (proof == null) {
            writeUnsigned(out, lane);
        } else {
            writeUnsigned(out, lane | PROVEN);
            proof.write(out);
        }
    }

    private void writeUnsigned(BinaryWriter out, int lanes) {
        id.client().write(out);
        out.i64(id.sequence()).u8(lanes).i64(expiresAtMillis).bytes(content);
    }

    /** The hash of all but the proof: what the session's key signs. */
    Digest unsignedDigest() {
        BinaryWriter out = new BinaryWriter(HEADER_BYTES + content.length);
        writeUnsigned(out, lane);
        return Digest.sha256(out.toByteArray());
    }

    /** What shows whose it is; null for a session without a key. */
    public @Nullable ClientProof proof() {
        return proof;
    }

    /** What {@link ClientSignatures} found out about it; null if that was not asked yet. */
    @Nullable Boolean authenticity() {
        return authenticity;
    }

    void found(boolean authentic) {
        authenticity = authentic;
    }

    public CommandId id() {
        return id;
    }

    public int lane() {
        return lane;
    }

    public long expiresAtMillis() {
        return expiresAtMillis;
    }

    /** Shared: not to be written to. */
    public byte[] content() {
        return content;
    }

    /** The encoded size in bytes. */
    public int sizeBytes() {
        return HEADER_BYTES + content.length + (proof == null ? 0 : proof.sizeBytes());
    }

    /** The hash of the encoded command; computed once. A race computes it twice, to the same value. */
    public Digest digest() {
        Digest known = digest;
        if (known == null) {
            BinaryWriter out = new BinaryWriter(sizeBytes());
            write(out);
            known = Digest.sha256(out.toByteArray());
            digest = known;
        }
        return known;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Command that && id.equals(that.id) && digest().equals(that.digest());
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id + " (" + content.length + " bytes)";
    }
}
