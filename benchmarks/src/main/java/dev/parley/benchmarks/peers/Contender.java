package dev.parley.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A replicated log: how its servers and its clients are started. Each server echoes commands, and syncs its log for each batch. */
enum Contender {
    /** Raft, by one thread for each server, in binary frames over UDP. */
    AERON(3) {
        @Override
        void lay(Path directory, List<Integer> ports) {}

        @Override
        AutoCloseable serve(int index, Path directory, List<Integer> ports) {
            return AeronServer.start(index, directory, ports);
        }

        @Override
        Session connect(int number, Path directory, List<Integer> ports, Session.Answers answers) {
            return new AeronSession(ports, directory, answers);
        }
    },
    /** Raft over gRPC. */
    RATIS(3) {
        @Override
        void lay(Path directory, List<Integer> ports) {}

        @Override
        AutoCloseable serve(int index, Path directory, List<Integer> ports) throws IOException {
            return RatisServer.start(index, directory, ports);
        }

        @Override
        Session connect(int number, Path directory, List<Integer> ports, Session.Answers answers) {
            return new RatisSession(ports, answers);
        }
    },
    /** HotStuff. */
    PARLEY(4) {
        @Override
        void lay(Path directory, List<Integer> ports) throws IOException {
            ParleyServer.lay(directory, servers());
        }

        @Override
        AutoCloseable serve(int index, Path directory, List<Integer> ports) {
            return ParleyServer.start(index, directory);
        }

        @Override
        Session connect(int number, Path directory, List<Integer> ports, Session.Answers answers) {
            return new ParleySession(number, directory, answers);
        }
    };

    /** How many ports each server may use, in a row. */
    static final int PORTS_EACH = 8;

    private final int servers;

    Contender(int servers) {
        this.servers = servers;
    }

    static Contender named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The fewest that bear one fault. */
    int servers() {
        return servers;
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Prepares what all servers and clients read. */
    abstract void lay(Path directory, List<Integer> ports) throws IOException;

    /** Starts a server in this process. */
    abstract AutoCloseable serve(int index, Path directory, List<Integer> ports) throws IOException;

    /**
     * Connects one client.
     *
     * @param number of the client, from 0
     */
    abstract Session connect(int number, Path directory, List<Integer> ports, Session.Answers answers);
}
