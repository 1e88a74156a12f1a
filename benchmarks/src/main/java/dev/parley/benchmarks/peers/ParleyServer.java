package dev.parley.benchmarks.peers;

import dev.parley.ParleyNode;
import dev.parley.app.Application;
import dev.parley.app.Codec;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.crypto.NativeCrypto;
import dev.parley.testkit.cluster.ClusterLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A validator of HotStuff on disk, with default settings. */
final class ParleyServer {
    private ParleyServer() {}

    /** Echoes commands and counts them. */
    private static final class Echo implements StateMachine<byte[], byte[], Long> {
        private long executed;

        @Override
        public byte[] apply(byte[] command, Context context) {
            executed++;
            return command;
        }

        @Override
        public Long snapshot() {
            return executed;
        }

        @Override
        public void restore(Long snapshot) {
            executed = snapshot;
        }
    }

    /** Bytes as they are. */
    static final class Plain implements Codec<byte[]> {
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
            return ByteBuffer.wrap(bytes).getLong();
        }
    }

    static void lay(Path directory, int servers) throws IOException {
        var unused = ClusterLayout.of("hotstuff", servers).chainId("peers").write(directory);
    }

    static AutoCloseable start(int index, Path directory) {
        NativeCrypto.install();
        Application<byte[], byte[], Long> application =
                new Application<>(Echo::new, new Plain(), new Plain(), new Count());
        return ParleyNode.of(ClusterLayout.node(directory.resolve(Integer.toString(index))), application)
                .start();
    }
}
