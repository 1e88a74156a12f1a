package dev.parley.network.secure;

/** Why something that came over a transport was dropped. */
public enum LinkRefusal {
    /** Bytes that are the canonical form of nothing. */
    MALFORMED,
    /** Read while too much that was read before waited to be looked at. */
    OVER_CAPACITY,
    /** A frame over the bound on frames. */
    OVERSIZED,
    /** There is no such validator, or it is this one. */
    UNKNOWN_SENDER,
    /** Meant for another validator. */
    NOT_ADDRESSEE,
    /** A peer, by its key, of another log or another epoch; check {@code parley.chain-id}. */
    FOREIGN_CHAIN,
    /** A peer, by its key, that runs another protocol; check {@code parley.consensus.protocol}. */
    OTHER_PROTOCOL,
    /** A peer, by its key, to which others are the validators, or have other keys or powers; check {@code parley.validators}. */
    OTHER_VALIDATORS,
    /** A peer, by its key, with another value of a setting that must be the same at all validators. */
    OTHER_SETTINGS,
    /** A handshake under other terms that were not looked at: it came without them, or too soon after another. */
    UNKNOWN_TERMS,
    /** A handshake that the key of the validator it names has not signed. */
    BAD_SIGNATURE,
    /** A connection on which no key was shown, or on which the other side did not want this validator's. */
    HANDSHAKE_FAILED,
    /** A connection on which a validator's key was shown, and then nothing more in time. */
    NO_HELLO,
    /** The public half of a key agreement that gives no secret. */
    BAD_KEY_SHARE,
    /** An answer to a handshake that is not under way. */
    STALE_HANDSHAKE,
    /** More handshakes than a peer has any use for. */
    TOO_MANY_HANDSHAKES,
    /** A session that nobody here knows: usual for a moment after a restart. */
    UNKNOWN_SESSION,
    /** In a session, but not made by its other end. */
    BAD_MAC,
    /** Seen before in this session, or older than what was. */
    REPLAYED,
    /** Acknowledges what was never sent. */
    BAD_ACKNOWLEDGEMENT,
    /** Frame after frame that cannot be read, or does not hold what it must. */
    USELESS;

    /** Whether the configurations of two validators differ. */
    public boolean isOfTerms() {
        return switch (this) {
            case FOREIGN_CHAIN, OTHER_PROTOCOL, OTHER_VALIDATORS, OTHER_SETTINGS -> true;
            default -> false;
        };
    }

    /** Whether it happens between correct validators too, when one has restarted or a connection was lost. */
    public boolean isUsual() {
        return this == UNKNOWN_SESSION || this == STALE_HANDSHAKE || this == UNKNOWN_TERMS;
    }
}
