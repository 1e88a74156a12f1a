package dev.parley.sample.command;

import dev.parley.app.Application;
import dev.parley.app.Codec;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import java.nio.ByteBuffer;

/** The application that costs least, so that a benchmark measures the log and not the application: it counts commands. */
final class Blank implements StateMachine<byte[], byte[], Long> {
    private static final byte[] NOTHING = new byte[0];

    private long executed;

    static Application<byte[], byte[], Long> application() {
        return new Application<>(Blank::new, new AsTheyAre(), new AsTheyAre(), new Count());
    }

    @Override
    public byte[] apply(byte[] command, Context context) {
        executed++;
        return NOTHING;
    }

    @Override
    public Long snapshot() {
        return executed;
    }

    @Override
    public void restore(Long snapshot) {
        executed = snapshot;
    }

    private static final class AsTheyAre implements Codec<byte[]> {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    }

    private static final class Count implements Codec<Long> {
        @Override
        public byte[] encode(Long value) {
            return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        }

        @Override
        public Long decode(byte[] bytes) {
            if (bytes.length != Long.BYTES) {
                throw new IllegalArgumentException("a count has 8 bytes");
            }
            return ByteBuffer.wrap(bytes).getLong();
        }
    }
}
