package dev.parley.network.secure;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;

/** What stands before a frame, or alone. A value of each kind has one form; a MAC comes last and covers all before it. */
sealed interface Header {
    /** Numbers and counters stay below, so that none can overflow. */
    long MAX_NUMBER = 1L << 62;

    int MAC_BYTES = Digest.BYTES;

    /** Who says it has sent this. */
    ValidatorId from();

    void write(BinaryWriter out);

    /**
     * Asks for a session in which {@code from} sends to {@code to}.
     *
     * <p>The body, which is no frame, holds the sender's {@link ChainTerms}, or nothing if the receiver should have them.
     *
     * @param terms their hash
     * @param incarnation chosen at random when the sender started: numbers begin anew with it
     * @param firstSmall the lowest number that the sender still keeps, by channel
     */
    record Hello(
            ValidatorId from,
            ValidatorId to,
            Digest terms,
            long incarnation,
            Digest nonce,
            Digest ephemeral,
            long firstSmall,
            long firstLarge,
            Signature signature)
            implements Header {
        @Override
        public void write(BinaryWriter out) {
            terms.write(out.u8(HELLO).i32(from.index()).i32(to.index()));
            nonce.write(out.i64(incarnation));
            ephemeral.write(out);
            signature.write(out.i64(firstSmall).i64(firstLarge));
        }

        long first(Channel channel) {
            return channel == Channel.SMALL ? firstSmall : firstLarge;
        }
    }

    /** @param hello the hash of what was signed of the {@link Hello} that this answers */
    record Welcome(ValidatorId from, ValidatorId to, Digest hello, Digest nonce, Digest ephemeral, Signature signature)
            implements Header {
        @Override
        public void write(BinaryWriter out) {
            hello.write(out.u8(WELCOME).i32(from.index()).i32(to.index()));
            nonce.write(out);
            ephemeral.write(out);
            signature.write(out);
        }
    }

    /**
     * The frame follows as the body.
     *
     * @param counter grows with each transmission in a session and channel
     * @param number grows with each frame of an incarnation and channel; stays when the frame is sent again
     */
    record Data(ValidatorId from, long session, Channel channel, long counter, long number, Digest mac)
            implements Header {
        @Override
        public void write(BinaryWriter out) {
            out.u8(DATA).i32(from.index()).i64(session).bool(channel == Channel.LARGE);
            mac.write(out.i64(counter).i64(number));
        }
    }

    /**
     * The receiver of a session's frames has all below these numbers.
     *
     * @param gapSmall whether later ones came, which it has dropped, by channel
     */
    record Ack(
            ValidatorId from,
            long session,
            long counter,
            long nextSmall,
            long nextLarge,
            boolean gapSmall,
            boolean gapLarge,
            Digest mac)
            implements Header {
        @Override
        public void write(BinaryWriter out) {
            out.u8(ACK).i32(from.index()).i64(session).i64(counter);
            mac.write(out.i64(nextSmall).i64(nextLarge).bool(gapSmall).bool(gapLarge));
        }

        long next(Channel channel) {
            return channel == Channel.SMALL ? nextSmall : nextLarge;
        }

        boolean gap(Channel channel) {
            return channel == Channel.SMALL ? gapSmall : gapLarge;
        }
    }

    /** A hint without proof: the receiver of a frame does not know its session, most likely since it has restarted. */
    record UnknownSession(ValidatorId from, long session) implements Header {
        @Override
        public void write(BinaryWriter out) {
            out.u8(UNKNOWN_SESSION).i32(from.index()).i64(session);
        }
    }

    int HELLO = 1;
    int WELCOME = 2;
    int DATA = 3;
    int ACK = 4;
    int UNKNOWN_SESSION = 5;

    default byte[] toBytes() {
        BinaryWriter out = new BinaryWriter(256);
        write(out);
        return out.toByteArray();
    }

    /** @throws MalformedException on anything that {@link #write} does not give */
    static Header read(byte[] bytes) throws MalformedException {
        BinaryReader in = new BinaryReader(bytes);
        int kind = in.u8();
        Header header = switch (kind) {
            case HELLO ->
                new Hello(
                        ValidatorId.read(in),
                        ValidatorId.read(in),
                        Digest.read(in),
                        in.i64(),
                        Digest.read(in),
                        Digest.read(in),
                        number(in),
                        number(in),
                        Signature.read(in));
            case WELCOME ->
                new Welcome(
                        ValidatorId.read(in),
                        ValidatorId.read(in),
                        Digest.read(in),
                        Digest.read(in),
                        Digest.read(in),
                        Signature.read(in));
            case DATA -> new Data(ValidatorId.read(in), in.i64(), channel(in), number(in), number(in), Digest.read(in));
            case ACK ->
                new Ack(
                        ValidatorId.read(in),
                        in.i64(),
                        number(in),
                        number(in),
                        number(in),
                        in.bool(),
                        in.bool(),
                        Digest.read(in));
            case UNKNOWN_SESSION -> new UnknownSession(ValidatorId.read(in), in.i64());
            default -> throw new MalformedException("there is no header of kind " + kind);
        };
        in.end();
        return header;
    }

    private static Channel channel(BinaryReader in) throws MalformedException {
        return in.bool() ? Channel.LARGE : Channel.SMALL;
    }

    private static long number(BinaryReader in) throws MalformedException {
        long number = in.nonNegative();
        if (number >= MAX_NUMBER) {
            throw new MalformedException("a number below 2^62 is needed, not " + number);
        }
        return number;
    }
}
