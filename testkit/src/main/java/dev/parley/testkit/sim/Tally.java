package dev.parley.testkit.sim;

import dev.parley.app.Application;
import dev.parley.app.Codec;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import java.nio.ByteBuffer;

/** The application of simulated runs: counts commands and mixes their content, so that any difference in content or order shows. */
final class Tally implements StateMachine<byte[], Long, Long> {
    private long mixed;

    static Application<byte[], Long, Long> application() {
        return new Application<>(Tally::new, new Bytes(), new Mixed(), new Mixed());
    }

    @Override
    public Long apply(byte[] command, Context context) {
        for (byte b : command) {
            mixed = (mixed ^ b) * 0x100000001b3L;
        }
        mixed = RandomStream.mix(mixed + context.height() * 31 + context.index());
        return mixed;
    }

    @Override
    public Long snapshot() {
        return mixed;
    }

    @Override
    public void restore(Long snapshot) {
        mixed = snapshot;
    }

    private static final class Bytes implements Codec<byte[]> {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    }

    private static final class Mixed implements Codec<Long> {
        @Override
        public byte[] encode(Long value) {
            return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        }

        @Override
        public Long decode(byte[] bytes) {
            return ByteBuffer.wrap(bytes).getLong();
        }
    }
}
