package dev.parley.log;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Payloads;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@link CommandBatch}es as protocols know them. */
public final class CommandPayloads implements Payloads {
    /** For a log of which no session has a key, and for whoever only reads. */
    public static final CommandPayloads INSTANCE = new CommandPayloads(ClientSignatures::isWithoutKey);

    /** The most bytes of commands in a union: with its certificate it fits into one frame between peers. */
    public static final int MAX_UNION_BYTES = 16 << 20;

    private record Keyed<T>(Digest key, T item) {}

    private final Predicate<Command> authentic;

    /** @param authentic whether a command may bear its client's id, by the command alone: what is not has no place in a union */
    public CommandPayloads(Predicate<Command> authentic) {
        this.authentic = authentic;
    }

    /** Whether a command may bear its client's id. */
    public boolean isAuthentic(Command command) {
        return authentic.test(command);
    }

    @Override
    public CommandBatch read(BinaryReader in) throws MalformedException {
        return CommandBatch.read(in);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Commands and evidence are ordered by hashes that depend on all proposals, so that nobody who does not know the others' chooses a
     * place; of two authentic commands with one id, or two pieces against one culprit, the first in that order stays. The time is the median of
     * the proposals' (the lower one of two): one of a correct validator or between two of them, while correct ones are more than half.
     */
    @Override
    public CommandBatch union(
            List<? extends Payload> proposals, @Nullable Payload previous, Predicate<Evidence> convicts) {
        if (proposals.isEmpty()) {
            throw new IllegalArgumentException("a union of no proposals");
        }
        List<CommandBatch> batches =
                proposals.stream().map(CommandPayloads::batch).toList();
        CommandBatch before = previous == null ? new CommandBatch(0, List.of()) : batch(previous);
        byte[] seed = seed(batches);
        return new CommandBatch(
                Math.max(before.timeMillis(), medianTime(batches)),
                evidence(batches, before, seed, convicts),
                commands(batches, before, seed));
    }

    private List<Command> commands(List<CommandBatch> batches, CommandBatch before, byte[] seed) {
        Set<CommandId> taken = new HashSet<>();
        before.commands().forEach(command -> taken.add(command.id()));
        List<Command> union = new ArrayList<>();
        int bytes = 0;
        for (Command command : shuffled(batches, CommandBatch::commands, Command::digest, seed)) {
            // Before it takes the place of the true one.
            if (!taken.contains(command.id()) && authentic.test(command)) {
                taken.add(command.id());
                bytes += command.sizeBytes();
                if (bytes > MAX_UNION_BYTES || union.size() == CommandBatch.MAX_COMMANDS) {
                    return union;
                }
                union.add(command);
            }
        }
        return union;
    }

    private static List<Evidence> evidence(
            List<CommandBatch> batches, CommandBatch before, byte[] seed, Predicate<Evidence> convicts) {
        Set<ValidatorId> accused = new HashSet<>();
        before.evidence().forEach(piece -> accused.add(piece.culprit()));
        List<Evidence> union = new ArrayList<>();
        for (Evidence piece : shuffled(batches, CommandBatch::evidence, Evidence::digest, seed)) {
            if (union.size() == CommandBatch.MAX_EVIDENCE) {
                return union;
            }
            if (!accused.contains(piece.culprit()) && convicts.test(piece)) {
                accused.add(piece.culprit());
                union.add(piece);
            }
        }
        return union;
    }

    /** What the batches hold, equal pieces once, in an order that depends on every batch. */
    private static <T> List<T> shuffled(
            List<CommandBatch> batches,
            Function<CommandBatch, List<T>> content,
            Function<T, Digest> digest,
            byte[] seed) {
        return batches.stream()
                .flatMap(batch -> content.apply(batch).stream())
                .distinct()
                .map(item -> new Keyed<>(Digest.sha256(seed, digest.apply(item).toBytes()), item))
                .sorted(Comparator.comparing(Keyed::key))
                .map(Keyed::item)
                .toList();
    }

    private static byte[] seed(List<CommandBatch> batches) {
        byte[][] digests = batches.stream()
                .map(CommandBatch::digest)
                .sorted()
                .map(Digest::toBytes)
                .toArray(byte[][]::new);
        return Digest.sha256(digests).toBytes();
    }

    private static long medianTime(List<CommandBatch> batches) {
        long[] times =
                batches.stream().mapToLong(CommandBatch::timeMillis).sorted().toArray();
        return times[(times.length - 1) / 2];
    }

    private static CommandBatch batch(Payload payload) {
        return (CommandBatch) payload;
    }
}
