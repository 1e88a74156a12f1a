package dev.parley.testkit.compare;

import java.util.Arrays;

/** What each validator has sent of one kind of message. */
final class Traffic {
    private final long[] messages;
    private final long[] bytes;

    Traffic(int size) {
        this(new long[size], new long[size]);
    }

    private Traffic(long[] messages, long[] bytes) {
        this.messages = messages;
        this.bytes = bytes;
    }

    void add(int from, int size) {
        messages[from]++;
        bytes[from] += size;
    }

    Traffic copy() {
        return new Traffic(messages.clone(), bytes.clone());
    }

    /** What came after {@code earlier}. */
    Traffic since(Traffic earlier) {
        return new Traffic(minus(messages, earlier.messages), minus(bytes, earlier.bytes));
    }

    private static long[] minus(long[] later, long[] earlier) {
        long[] difference = new long[later.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = later[i] - earlier[i];
        }
        return difference;
    }

    long messages() {
        return Arrays.stream(messages).sum();
    }

    long bytes() {
        return Arrays.stream(bytes).sum();
    }

    /** Of the validator that sent most of them. */
    long mostMessages() {
        return Arrays.stream(messages).max().orElseThrow();
    }

    /** Of the validator that sent most of them, which need not be the one that sent most messages. */
    long mostBytes() {
        return Arrays.stream(bytes).max().orElseThrow();
    }
}
