package dev.parley.log;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Payload;
import dev.parley.crypto.Digest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The payload of today: block time, evidence against validators, and the commands themselves. Immutable. */
public final class CommandBatch implements Payload {
    public static final int MAX_COMMANDS = 1 << 16;
    /** Few, so that a block cannot make others verify many signatures; what is left over goes into the next block. */
    public static final int MAX_EVIDENCE = 16;

    private static final int HEADER_BYTES = 8 + 4 + 4;

    private final long timeMillis;
    private final List<Evidence> evidence;
    private final List<Command> commands;
    private final int evidenceBytes;
    private final int sizeBytes;
    private @Nullable Digest digest;

    /**
     * Without evidence.
     *
     * @param timeMillis block time in milliseconds since 1970
     * @param commands at most {@link #MAX_COMMANDS}
     */
    public CommandBatch(long timeMillis, List<Command> commands) {
        this(timeMillis, List.of(), commands);
    }

    /**
     * @param timeMillis block time in milliseconds since 1970
     * @param evidence at most {@link #MAX_EVIDENCE}
     * @param commands at most {@link #MAX_COMMANDS}
     */
    public CommandBatch(long timeMillis, List<Evidence> evidence, List<Command> commands) {
        if (timeMillis < 0 || evidence.size() > MAX_EVIDENCE || commands.size() > MAX_COMMANDS) {
            throw new IllegalArgumentException("a batch of " + evidence.size() + " pieces of evidence and "
                    + commands.size() + " commands at time " + timeMillis);
        }
        this.timeMillis = timeMillis;
        this.evidence = List.copyOf(evidence);
        this.commands = List.copyOf(commands);
        this.evidenceBytes =
                this.evidence.stream().mapToInt(Evidence::sizeBytes).sum();
        long size = (long) HEADER_BYTES + evidenceBytes;
        for (Command command : this.commands) {
            size += command.sizeBytes();
        }
        this.sizeBytes = Math.toIntExact(size);
    }

    public static CommandBatch read(BinaryReader in) throws MalformedException {
        long timeMillis = in.nonNegative();
        int accusations = in.count(MAX_EVIDENCE, Evidence.MIN_BYTES);
        List<Evidence> evidence = new ArrayList<>(accusations);
        for (int i = 0; i < accusations; i++) {
            evidence.add(Evidence.read(in));
        }
        int count = in.count(MAX_COMMANDS, Command.HEADER_BYTES);
        List<Command> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(Command.read(in));
        }
        return new CommandBatch(timeMillis, evidence, commands);
    }

    @Override
    public void write(BinaryWriter out) {
        out.i64(timeMillis).i32(evidence.size());
        evidence.forEach(piece -> piece.write(out));
        out.i32(commands.size());
        commands.forEach(command -> command.write(out));
    }

    public long timeMillis() {
        return timeMillis;
    }

    /** Against at most one offence of each culprit, in a payload that correct validators accept. */
    public List<Evidence> evidence() {
        return evidence;
    }

    public List<Command> commands() {
        return commands;
    }

    /** The hash of the time, of the evidence and of the commands' hashes, which most validators know before the block comes. */
    @Override
    public Digest digest() {
        Digest known = digest;
        if (known == null) {
            BinaryWriter out = new BinaryWriter(HEADER_BYTES + Digest.BYTES * (evidence.size() + commands.size()));
            out.i64(timeMillis).i32(evidence.size());
            evidence.forEach(piece -> piece.digest().write(out));
            out.i32(commands.size());
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

    /** How many of {@link #sizeBytes} are evidence. */
    public int evidenceBytes() {
        return evidenceBytes;
    }

    @Override
    public boolean isEmpty() {
        return commands.isEmpty() && evidence.isEmpty();
    }

    @Override
    public String toString() {
        return commands.size() + " commands" + (evidence.isEmpty() ? "" : " and evidence " + evidence) + " at "
                + timeMillis;
    }
}
