package dev.parley.benchmarks;

import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.List;

/** An endless row of commands, each of 128 bytes, from a number of clients in turn. Not thread-safe. */
final class Workload {
    /** Commands in each block. */
    static final int BLOCK = 1000;

    static final int CONTENT_BYTES = 128;

    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final long LIFETIME_MILLIS = 10_000;

    private final ClientId[] clients;
    private long commands;
    private long blocks;

    /** @param clients who send, 1 or more */
    Workload(int clients) {
        this.clients = new ClientId[clients];
        for (int i = 0; i < clients; i++) {
            this.clients[i] = new ClientId(i * 0x9E3779B97F4A7C15L & Long.MAX_VALUE, i);
        }
    }

    /** The commands of the next block, at a block time one millisecond later; none of them hashed. */
    CommandBatch nextBatch() {
        blocks++;
        long timeMillis = timeMillis();
        List<Command> batch = new ArrayList<>(BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            CommandId id = new CommandId(clients[(int) (commands % clients.length)], 1 + commands / clients.length);
            batch.add(new Command(id, Command.DEFAULT_LANE, timeMillis + LIFETIME_MILLIS, content()));
            commands++;
        }
        return new CommandBatch(timeMillis, batch);
    }

    /** The last block's time, in milliseconds since 1970. */
    long timeMillis() {
        return START_MILLIS + blocks;
    }

    private byte[] content() {
        byte[] content = new byte[CONTENT_BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            content[i] = (byte) (commands >>> (8 * i));
        }
        return content;
    }
}
