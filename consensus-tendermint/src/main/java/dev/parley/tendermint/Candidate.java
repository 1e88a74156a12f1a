package dev.parley.tendermint;

import dev.parley.consensus.Payload;
import org.jspecify.annotations.Nullable;

/** A block of the present height: its header, and its payload once that is here and checked. */
final class Candidate {
    /** What the application says of the payload. */
    enum Check {
        NOT_ASKED,
        ASKED,
        ACCEPTED,
        REFUSED
    }

    final Header header;
    final Parts.Assembly parts;

    @Nullable Block block;

    Check check = Check.NOT_ASKED;
    Parts.@Nullable Cut cut;
    /** Whether it is on the disk. */
    boolean recorded;

    Candidate(Header header, int partBytes) {
        this.header = header;
        this.parts = new Parts.Assembly(header, partBytes);
    }

    /** A block that is here, cut once and kept for whoever asks. */
    Parts.Cut cut(Block whole, int partBytes) {
        if (cut == null) {
            cut = new Parts.Cut(whole.payload(), partBytes);
        }
        return cut;
    }

    void complete(Payload payload) {
        if (block == null) {
            block = new Block(header, payload);
        }
    }

    /** Whether it is known to be no block at all: complete in parts that make no payload. */
    boolean isBroken() {
        return block == null && check == Check.REFUSED;
    }
}
