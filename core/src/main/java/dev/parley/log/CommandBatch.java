package dev.parley.log;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Payload;
import dev.parley.crypto.Digest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The payload of today: block time and the commands themselves. Immutable. */
public final class CommandBatch implements Payload {
    public static final int MAX_COMMANDS = 1 << 16;
    private static final int HEADER_BYTES = 8 + 4;

    private final long timeMillis;
    private final List<Command> commands;
    private final int sizeBytes;
    private @Nullable Digest digest;

    /**
     * @param timeMillis block time in milliseconds since 1970
     * @param commands at most {@link #MAX_COMMANDS}
     */
    public CommandBatch(long timeMillis, List<Command> commands) {
        if (timeMillis < 0 || commands.size() > MAX_COMMANDS) {
            throw new IllegalArgumentException("a batch of " + commands.size() + " commands at time " + timeMillis);
        }
        this.timeMillis = timeMillis;
        this.commands = List.copyOf(commands);
        long size = HEADER_BYTES;
        for (Command command : this.commands) {
            size += command.sizeBytes();
        }
        this.sizeBytes = Math.toIntExact(size);
    }

    public static CommandBatch read(BinaryReader in) throws MalformedException {
        long timeMillis = in.nonNegative();
        int count = in.count(MAX_COMMANDS, Command.HEADER_BYTES);
        List<Command> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(Command.read(in));
        }
        return new CommandBatch(timeMillis, commands);
    }

    @Override
    public void write(BinaryWriter out) {
        out.i64(timeMillis).i32(commands.size());
        commands.forEach(command -> command.write(out));
    }

    public long timeMillis() {
        return timeMillis;
    }

    public List<Command> commands() {
        return commands;
    }

    /** The hash of the time and of the commands' hashes, which most validators know before the block comes. */
    @Override
    public Digest digest() {
        Digest known = digest;
        if (known == null) {
            BinaryWriter out = new BinaryWriter(HEADER_BYTES + Digest.BYTES * commands.size());
            out.i64(timeMillis).i32(commands.size());
            commands.forEach(command -> command.digest().write(out));
            known = Digest.sha256(out.toByteArray());
            digest = known;
        }
        return known;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public boolean isEmpty() {
        return commands.isEmpty();
    }

    @Override
    public String toString() {
        return commands.size() + " commands at " + timeMillis;
    }
}
