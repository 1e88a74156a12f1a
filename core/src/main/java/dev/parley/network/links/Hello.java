package dev.parley.network.links;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.network.secure.ChainTerms;
import java.util.Arrays;

/**
 * The first that each side says on a connection, when TLS has shown whose it is: what it has come from, and where both left off.
 *
 * @param incarnation a random number of the sender's process
 * @param firstSmall the lowest number of a small frame that it still keeps, or the next one
 * @param peerIncarnation whose frames it counts below; 0 for none
 * @param nextSmall all small frames of that one below have come
 * @param terms canonical
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Hello(
        long incarnation,
        long firstSmall,
        long firstLarge,
        long peerIncarnation,
        long nextSmall,
        long nextLarge,
        byte[] terms) {
    private static final int VERSION = 1;
    static final int MAX_BYTES = 4 + 6 * 8 + ChainTerms.MAX_BYTES;

    byte[] toBytes() {
        return new BinaryWriter(64 + terms.length)
                .i32(VERSION)
                .i64(incarnation)
                .i64(firstSmall)
                .i64(firstLarge)
                .i64(peerIncarnation)
                .i64(nextSmall)
                .i64(nextLarge)
                .raw(terms)
                .toByteArray();
    }

    static Hello read(byte[] bytes) throws MalformedException {
        BinaryReader in = new BinaryReader(bytes);
        int version = in.i32();
        if (version != VERSION) {
            throw new MalformedException("version " + version + " of the links' protocol, this node has " + VERSION
                    + "; give both the same Parley");
        }
        Hello hello = new Hello(
                in.i64(),
                in.nonNegative(),
                in.nonNegative(),
                in.i64(),
                in.nonNegative(),
                in.nonNegative(),
                Arrays.copyOfRange(bytes, 4 + 6 * 8, bytes.length));
        if (hello.incarnation == 0 || hello.firstSmall == 0 || hello.firstLarge == 0) {
            throw new MalformedException("a greeting with a number of 0");
        }
        return hello;
    }
}
