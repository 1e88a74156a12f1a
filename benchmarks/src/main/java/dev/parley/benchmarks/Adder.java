package dev.parley.benchmarks;

import dev.parley.app.Application;
import dev.parley.app.Codec;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.codec.BinaryWriter;
import java.nio.ByteBuffer;

/** The cheapest application: adds up the first bytes of its commands. What is measured around it is Parley's own cost. */
final class Adder implements StateMachine<byte[], Long, Long> {
    static final Application<byte[], Long, Long> APPLICATION =
            new Application<>(Adder::new, new AsTheyAre(), new Numbers(), new Numbers());

    private long sum;

    @Override
    public Long apply(byte[] command, Context context) {
        sum += command[0];
        return sum;
    }

    @Override
    public Long snapshot() {
        return sum;
    }

    @Override
    public void restore(Long snapshot) {
        sum = snapshot;
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

    private static final class Numbers implements Codec<Long> {
        @Override
        public byte[] encode(Long value) {
            return new BinaryWriter(Long.BYTES).i64(value).toByteArray();
        }

        @Override
        public Long decode(byte[] bytes) {
            return ByteBuffer.wrap(bytes).getLong();
        }
    }
}
