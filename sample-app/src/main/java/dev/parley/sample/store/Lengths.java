package dev.parley.sample.store;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;

/** Lengths and counts: one byte below 255, else the byte 255 and four more. Most lengths in a store are small. */
final class Lengths {
    private static final int LONG_FORM = 255;

    private Lengths() {}

    static int sizeBytes(int length) {
        return length < LONG_FORM ? 1 : 5;
    }

    static void write(BinaryWriter out, int length) {
        if (length < LONG_FORM) {
            out.u8(length);
        } else {
            out.u8(LONG_FORM).i32(length);
        }
    }

    /**
     * @param max the largest that is allowed
     * @param minElementBytes the fewest bytes that one of the counted things takes, at least 1
     */
    static int read(BinaryReader in, int max, int minElementBytes) throws MalformedException {
        int length = in.u8();
        if (length == LONG_FORM) {
            length = in.i32();
            if (length < LONG_FORM) {
                throw new MalformedException("the length " + length + " in its long form");
            }
        }
        if (length > max || (long) length * minElementBytes > in.remaining()) {
            throw new MalformedException(
                    "the length " + length + " where " + max + " is the most and " + in.remaining() + " bytes follow");
        }
        return length;
    }
}
