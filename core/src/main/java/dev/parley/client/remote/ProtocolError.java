package dev.parley.client.remote;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;
import java.util.List;

/** Why a server ends a connection, each with its number in the binary form. */
public enum ProtocolError {
    /** The first bytes are not those of a Parley client. */
    NOT_PARLEY(0),
    /** The client speaks another version of this protocol. */
    WRONG_VERSION(1),
    /** The client asks for another chain than the server's. */
    WRONG_CHAIN(2),
    /** A frame that is not in its canonical form, or that has no place where it came. */
    MALFORMED(3),
    /** A frame claims more bytes than the server takes. */
    TOO_LARGE(4),
    /** The server, or the client's address, has as many connections as it may. */
    TOO_MANY_CONNECTIONS(5),
    /** All clients together have sent so much of unfinished frames that the server keeps no more. */
    OVERLOADED(6),
    /** A greeting or the rest of a frame did not come in time. */
    TOO_SLOW(7),
    /** The client does not read what it is sent. */
    NOT_READING(8),
    /** Nothing was under way for long. */
    IDLE(9),
    /** The client speaks in plain and the server by TLS, or their handshake failed. */
    NO_TLS(10);

    private static final List<ProtocolError> ALL = List.of(values());

    private final int number;

    ProtocolError(int number) {
        this.number = number;
    }

    /** Its place in the declaration, which the binary form keeps. */
    int number() {
        return number;
    }

    /** Whether trying again is of no use until somebody changes a configuration. */
    boolean isLasting() {
        return this == NOT_PARLEY || this == WRONG_VERSION || this == WRONG_CHAIN || this == NO_TLS;
    }

    static ProtocolError read(BinaryReader in) throws MalformedException {
        int number = in.u8();
        if (number >= ALL.size()) {
            throw new MalformedException("there is no error " + number);
        }
        return ALL.get(number);
    }
}
