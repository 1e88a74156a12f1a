package dev.parley.network.secure;

/**
 * What a transport carries: a short header and, for data, the frame itself, which is never copied. Nothing is known of either before
 * {@link SecureLinks#receive} has looked at them. Nobody writes to the arrays.
 */
public final class Datagram {
    /** No header is longer. */
    public static final int MAX_HEADER_BYTES = 512;

    private static final byte[] NOTHING = {};

    private final byte[] header;
    private final byte[] body;

    /**
     * @param header not copied
     * @param body not copied
     */
    public Datagram(byte[] header, byte[] body) {
        this.header = header;
        this.body = body;
    }

    static Datagram of(byte[] header) {
        return new Datagram(header, NOTHING);
    }

    /** Not a copy. */
    public byte[] header() {
        return header;
    }

    /** Not a copy. */
    public byte[] body() {
        return body;
    }
}
