package dev.parley.sample.store;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.Arrays;
import java.util.List;

/**
 * One command as a Redis client sends it: a name and its arguments.
 *
 * @param arguments the name first; at least one, at most {@link #MAX_ARGUMENTS}; not copied, so not to be changed afterwards
 */
public record Request(List<ByteString> arguments) {
    /** As in Redis. */
    public static final int MAX_ARGUMENTS = 1 << 20;

    public Request {
        if (arguments.isEmpty() || arguments.size() > MAX_ARGUMENTS) {
            throw new IllegalArgumentException(
                    "a request has 1 to " + MAX_ARGUMENTS + " arguments, not " + arguments.size());
        }
    }

    /** For tests and tools: each argument in UTF-8. */
    public static Request of(String... arguments) {
        return new Request(Arrays.stream(arguments).map(ByteString::of).toList());
    }

    static Request read(BinaryReader in) throws MalformedException {
        int count = Lengths.read(in, MAX_ARGUMENTS, 1);
        if (count == 0) {
            throw new MalformedException("a request without a name");
        }
        ByteString[] arguments = new ByteString[count];
        for (int i = 0; i < count; i++) {
            arguments[i] = ByteString.read(in, Batch.MAX_BYTES);
        }
        return new Request(Arrays.asList(arguments));
    }

    void write(BinaryWriter out) {
        Lengths.write(out, arguments.size());
        for (ByteString argument : arguments) {
            argument.write(out);
        }
    }

    public ByteString name() {
        return arguments.getFirst();
    }

    /** The number of arguments, the name included. */
    public int size() {
        return arguments.size();
    }

    /** @param index 0 is the name */
    public ByteString argument(int index) {
        return arguments.get(index);
    }

    /** The encoded size in bytes. */
    public long sizeBytes() {
        long size = Lengths.sizeBytes(arguments.size());
        for (ByteString argument : arguments) {
            size += Lengths.sizeBytes(argument.size()) + argument.size();
        }
        return size;
    }
}
