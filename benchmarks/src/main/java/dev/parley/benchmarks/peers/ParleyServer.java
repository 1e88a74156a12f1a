package dev.parley.benchmarks.peers;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.parley.ParleyNode;
import dev.parley.app.Application;
import dev.parley.app.Codec;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.KeyFile;
import dev.parley.crypto.KeyFileException;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.NativeCrypto;
import dev.parley.storage.DataDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A validator of HotStuff on disk, with default settings. */
final class ParleyServer {
    private static final String SHARED = "cluster.conf";
    private static final String CHAIN = "peers";
    private static final String PROTOCOL = "hotstuff";

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

    /** Writes keys and configurations, and founds data directories. */
    static void lay(Path directory, List<Integer> ports) throws IOException {
        SecureRandom random = new SecureRandom();
        List<KeyPair> keys = new ArrayList<>();
        int size = ports.size() / Contender.PORTS_EACH;
        try {
            for (int i = 0; i < size; i++) {
                KeyPair key = KeyPair.generate(random);
                keys.add(key);
                Files.createDirectories(directory.resolve(Integer.toString(i)));
                KeyFile.save(directory.resolve(i + "/validator.key"), key);
                DataDirectory.found(
                        directory.resolve(i + "/data"),
                        new DataDirectory.Identity(
                                CHAIN,
                                PROTOCOL,
                                new ValidatorId(i),
                                key.publicKey().toString()));
            }
        } catch (KeyFileException e) {
            throw new IOException(e);
        }
        Files.writeString(
                directory.resolve(SHARED),
                "parley { chain-id = " + CHAIN + ", consensus.protocol = " + PROTOCOL + "\n"
                        + "validators = ["
                        + keys.stream()
                                .map(key -> "{ public-key = \"" + key.publicKey() + "\" }")
                                .collect(Collectors.joining(", "))
                        + "]\nnetwork.cluster.addresses = ["
                        + addresses(size, i -> ports.get(i * Contender.PORTS_EACH))
                        + "]\nclient.addresses = [" + addresses(size, i -> ports.get(i * Contender.PORTS_EACH + 1))
                        + "] }\n");
        for (int i = 0; i < size; i++) {
            Files.writeString(
                    directory.resolve(i + "/node.conf"),
                    "include \"../" + SHARED + "\"\nparley { node { validator = " + i
                            + ", key-file = validator.key, data = data }, client-server.port = "
                            + ports.get(i * Contender.PORTS_EACH + 1) + " }\n");
        }
    }

    private static String addresses(int size, IntUnaryOperator port) {
        return IntStream.range(0, size)
                .mapToObj(i -> "\"127.0.0.1:" + port.applyAsInt(i) + "\"")
                .collect(Collectors.joining(", "));
    }

    static AutoCloseable start(int index, Path directory) {
        NativeCrypto.install();
        Application<byte[], byte[], Long> application =
                new Application<>(Echo::new, new Plain(), new Plain(), new Count());
        return ParleyNode.of(read(directory.resolve(index + "/node.conf")), application)
                .start();
    }

    static Config shared(Path directory) {
        return read(directory.resolve(SHARED));
    }

    private static Config read(Path file) {
        return ConfigFactory.parseFile(file.toFile())
                .withFallback(ConfigFactory.load())
                .resolve();
    }
}
