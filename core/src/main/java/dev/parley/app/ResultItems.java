package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a block's commands gave, in brief. Immutable. One item is the command's digest (32 bytes), the outcome's code (1), a marker
 * (1) and the outcome's bytes: as they are where there are at most 32, the marker being their number, else their SHA-256 and the
 * marker 255. So items are told apart by themselves, one after the other.
 */
public final class ResultItems {
    private static final int HEAD_BYTES = Digest.BYTES + 2;
    private static final int HASHED = 255;
    /** The most bytes of one item. */
    static final int MAX_ITEM_BYTES = HEAD_BYTES + Digest.BYTES;

    private final byte[] data;
    /** Where each item ends in the data. */
    private final int[] ends;

    private ResultItems(byte[] data, int[] ends) {
        this.data = data;
        this.ends = ends;
    }

    static ResultItems of(List<Command> commands, List<Outcome> outcomes) {
        int count = commands.size();
        BinaryWriter out = new BinaryWriter(count * (HEAD_BYTES + 8));
        int[] ends = new int[count];
        for (int i = 0; i < count; i++) {
            writeItem(out, commands.get(i).digest(), outcomes.get(i));
            ends[i] = out.size();
        }
        return new ResultItems(out.toByteArray(), ends);
    }

    /** One item alone. */
    static byte[] item(Digest command, Outcome outcome) {
        BinaryWriter out = new BinaryWriter(MAX_ITEM_BYTES);
        writeItem(out, command, outcome);
        return out.toByteArray();
    }

    private static void writeItem(BinaryWriter out, Digest command, Outcome outcome) {
        byte[] bytes = outcome.bytes();
        command.write(out);
        out.u8(outcome.code().number());
        if (holdsWhole(outcome)) {
            out.u8(bytes.length).raw(bytes);
        } else {
            out.u8(HASHED).raw(Digest.newSha256().digest(bytes));
        }
    }

    /**
     * Splits what may be foreign.
     *
     * @param data taken over, not copied
     * @throws MalformedException if it is not exactly {@code count} items
     */
    static ResultItems split(byte[] data, int count) throws MalformedException {
        if ((long) count * HEAD_BYTES > data.length) {
            throw new MalformedException(data.length + " bytes hold no " + count + " results");
        }
        int[] ends = new int[count];
        int end = 0;
        for (int i = 0; i < count; i++) {
            if (data.length - end < HEAD_BYTES) {
                throw new MalformedException("the results end early");
            }
            int marker = data[end + HEAD_BYTES - 1] & 0xff;
            if (marker > Digest.BYTES && marker != HASHED) {
                throw new MalformedException("a result of marker " + marker);
            }
            end += HEAD_BYTES + Math.min(marker, Digest.BYTES);
            ends[i] = end;
        }
        if (end != data.length) {
            throw new MalformedException("the results are not " + data.length + " bytes long");
        }
        return new ResultItems(data, ends);
    }

    public static ResultItems read(BinaryReader in) throws MalformedException {
        int count = in.count(CommandBatch.MAX_COMMANDS, HEAD_BYTES);
        return split(in.bytes(count * MAX_ITEM_BYTES), count);
    }

    public void write(BinaryWriter out) {
        out.i32(ends.length).bytes(data);
    }

    public int count() {
        return ends.length;
    }

    /** The root of the tree over these: to be held against a certified one where the items come from a peer. */
    public Digest root() {
        return new ResultTree(this).root();
    }

    /** The first index at which the two differ, the shorter's count where one begins the other, or empty if they are equal. */
    public OptionalInt firstDifference(ResultItems other) {
        int shared = Math.min(count(), other.count());
        for (int i = 0; i < shared; i++) {
            if (!Arrays.equals(data, start(i), ends[i], other.data, other.start(i), other.ends[i])) {
                return OptionalInt.of(i);
            }
        }
        return count() == other.count() ? OptionalInt.empty() : OptionalInt.of(shared);
    }

    /** Whether an item has this outcome itself and not its hash. */
    static boolean holdsWhole(Outcome outcome) {
        return outcome.bytes().length <= Digest.BYTES;
    }

    /** The outcome at {@code index}, which is {@linkplain #holdsWhole there as a whole}. */
    Outcome outcome(int index) {
        int code = start(index) + Digest.BYTES;
        return new Outcome(
                Outcome.Code.of(data[code]), Arrays.copyOfRange(data, start(index) + HEAD_BYTES, ends[index]));
    }

    /** Whether the item at {@code index} is this one. */
    boolean holds(int index, byte[] item) {
        return Arrays.equals(data, start(index), ends[index], item, 0, item.length);
    }

    /** The items from {@code from} on and before {@code to}, as they are encoded. */
    byte[] slice(int from, int to) {
        return Arrays.copyOfRange(data, start(from), to == 0 ? 0 : ends[to - 1]);
    }

    /** Adds the same bytes to a hash. */
    void hash(int from, int to, MessageDigest hash) {
        hash.update(data, start(from), ends[to - 1] - start(from));
    }

    int sizeBytes() {
        return data.length;
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }
}
