package dev.parley.network.secure;

import dev.parley.crypto.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import javax.crypto.Mac;

/**
 * The keys that two validators share after a handshake: one for the frames of the side that opened the session, one for the
 * acknowledgements of the other. Not thread-safe.
 */
final class Session {
    private final long id;
    private final Mac frames;
    private final Mac acks;

    private Session(long id, Mac frames, Mac acks) {
        this.id = id;
        this.frames = frames;
        this.acks = acks;
    }

    /**
     * @param secret from the key agreement
     * @param transcript the hash of all that both sides signed: whoever saw another handshake gets other keys
     */
    static Session derive(byte[] secret, Digest transcript) {
        byte[] root = Hkdf.extract(transcript.toBytes(), secret);
        byte[] id = Hkdf.expand(root, label("parley link id"), Long.BYTES);
        long number = 0;
        for (byte b : id) {
            number = number << 8 | (b & 0xff);
        }
        return new Session(
                number,
                Hkdf.hmac(Hkdf.expand(root, label("parley link frames"), Digest.BYTES)),
                Hkdf.hmac(Hkdf.expand(root, label("parley link acks"), Digest.BYTES)));
    }

    /** Names the session to both sides; guessing it gains nothing. */
    long id() {
        return id;
    }

    /** @param header with room for the MAC at its end, which is not covered */
    Digest frameMac(byte[] header, Digest body) {
        frames.update(header, 0, header.length - Header.MAC_BYTES);
        return Digest.of(frames.doFinal(body.toBytes()));
    }

    /** @param header with room for the MAC at its end, which is not covered */
    Digest ackMac(byte[] header) {
        acks.update(header, 0, header.length - Header.MAC_BYTES);
        return Digest.of(acks.doFinal());
    }

    /** In a time that does not tell how much of a guess was right. */
    static boolean same(Digest one, Digest other) {
        return MessageDigest.isEqual(one.toBytes(), other.toBytes());
    }

    /** Fills in the MAC at the end of a header that was written with zeros there. */
    static byte[] seal(byte[] header, Digest mac) {
        System.arraycopy(mac.toBytes(), 0, header, header.length - Header.MAC_BYTES, Header.MAC_BYTES);
        return header;
    }

    private static byte[] label(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
