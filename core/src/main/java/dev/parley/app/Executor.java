package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientSignatures;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.log.FreshNotice;
import dev.parley.logging.LogContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Runs decided blocks through the state machine, in order, each command once. Not thread-safe.
 *
 * @param <C> commands
 * @param <R> results
 * @param <S> snapshots
 */
public final class Executor<C, R, S> {
    /** The most characters of a message or a class name in an outcome. */
    private static final int MAX_TEXT = 1024;

    /** The most questions of one {@link #choose}. */
    static final int MAX_CHECKS = 128;

    private static final String SNAPSHOT_FORM = "parley/snapshot/2";
    private static final byte[] STATE_PREFIX = {3};

    /** An outcome with its place and its proof. */
    public record Answer(BlockResults block, int index) {
        public Outcome outcome() {
            return block.outcome(index);
        }

        public ResultProof proof() {
            return block.proof(index);
        }
    }

    private final Application<C, R, S> application;
    private final ExecutorSettings settings;
    private final Predicate<Command> authentic;
    private final ExceptionLog exceptions;
    /** What late blocks gave, by height, without gaps. */
    private final Map<Long, BlockResults> recent = new HashMap<>();

    private long recentBytes;
    private StateMachine<C, R, S> machine;
    private SessionTable sessions;
    private Convictions convictions = new Convictions();
    private long height;
    private BlockId block = BlockId.GENESIS;
    private long timeMillis;
    private Digest root = Digest.ZERO;
    private long orderedBytes;
    private long lastSnapshotBytes;

    /** For a log of which no session has a key. */
    public Executor(Application<C, R, S> application, ExecutorSettings settings) {
        this(application, settings, ClientSignatures::isWithoutKey, LogContext.none());
    }

    /**
     * @param authentic whether a command may bear its client's id, by the command alone: {@link ClientSignatures#isAuthentic}
     * @param context of what is logged: what the state machine threw
     */
    public Executor(
            Application<C, R, S> application,
            ExecutorSettings settings,
            Predicate<Command> authentic,
            LogContext context) {
        this.authentic = authentic;
        this.exceptions = new ExceptionLog(context);
        this.application = application;
        this.settings = settings;
        this.machine = application.machine().get();
        this.sessions = settings.emptySessions();
    }

    /**
     * Executes the next block.
     *
     * @throws IllegalArgumentException if it is not the next one or its payload is no {@link CommandBatch}
     * @throws Error what the state machine threw: out of memory, stack overflow. It does not happen at the same place everywhere, so
     *     the validator must stop
     */
    public ExecutedBlock execute(DecidedBlock decided) {
        if (decided.height() != height + 1 || !decided.parent().equals(block)) {
            throw new IllegalArgumentException("block " + decided.id() + " at height " + decided.height()
                    + " does not follow block " + block + " at height " + height);
        }
        if (!(decided.payload() instanceof CommandBatch batch)) {
            throw new IllegalArgumentException("block " + decided.id() + " carries no commands but "
                    + decided.payload().getClass().getName());
        }
        height = decided.height();
        block = decided.id();
        orderedBytes += batch.sizeBytes();
        timeMillis = Math.max(timeMillis, batch.timeMillis());
        sessions.advance(timeMillis);
        List<Evidence> convicted = convict(batch.evidence());
        List<Command> commands = batch.commands();
        List<Outcome> outcomes = new ArrayList<>(commands.size());
        for (int i = 0; i < commands.size(); i++) {
            outcomes.add(execute(commands.get(i), i));
        }
        Optional<Digest> stateHash = settings.stateCheckInterval() > 0 && height % settings.stateCheckInterval() == 0
                ? Optional.of(stateHash())
                : Optional.empty();
        ExecutedBlock executed =
                new ExecutedBlock(height, block, timeMillis, convicted, commands, outcomes, root, stateHash);
        root = executed.root();
        remember(executed.results());
        return executed;
    }

    /** @return the pieces that convicted somebody; further ones against a culprit do nothing */
    private List<Evidence> convict(List<Evidence> evidence) {
        if (evidence.isEmpty()) {
            return List.of();
        }
        List<Evidence> convicted = new ArrayList<>(evidence.size());
        for (Evidence piece : evidence) {
            if (convictions.record(piece.culprit(), height)) {
                convicted.add(piece);
                try {
                    machine.convicted(piece, new BlockContext(height, timeMillis));
                } catch (RuntimeException e) {
                    exceptions.log(e, height, piece, timeMillis);
                }
            }
        }
        return convicted;
    }

    private Outcome execute(Command command, int index) {
        CommandId id = command.id();
        if (!authentic.test(command)) {
            return Outcome.of(Outcome.Code.NOT_AUTHENTIC);
        }
        return switch (sessions.status(id, command.expiresAtMillis(), timeMillis)) {
            case SessionTable.Status.Fresh fresh -> {
                sessions.record(id, command.expiresAtMillis(), height, index);
                yield apply(command, index);
            }
            case SessionTable.Status.Duplicate(long first, int at) ->
                new Outcome(
                        Outcome.Code.DUPLICATE,
                        new BinaryWriter(12).i64(first).i32(at).toByteArray());
            case SessionTable.Status.TooOld tooOld -> Outcome.of(Outcome.Code.TOO_OLD);
            case SessionTable.Status.Expired expired -> Outcome.of(Outcome.Code.EXPIRED);
            case SessionTable.Status.TooFarAhead ahead -> Outcome.of(Outcome.Code.TOO_FAR_AHEAD);
            case SessionTable.Status.TableFull full -> Outcome.of(Outcome.Code.TABLE_FULL);
        };
    }

    /** Exceptions become outcomes: the state machine throws the same at every validator. Errors do not, and are let through. */
    private Outcome apply(Command command, int index) {
        if (FreshNotice.is(command)) {
            return Outcome.of(Outcome.Code.OK);
        }
        Optional<C> decoded = decode(command);
        if (decoded.isEmpty()) {
            return Outcome.of(Outcome.Code.UNDECODABLE);
        }
        try {
            R result = machine.apply(
                    decoded.get(),
                    new Context(height, index, timeMillis, command.id().client()));
            byte[] bytes = application.results().encode(result);
            return bytes.length > Outcome.MAX_BYTES
                    ? Outcome.of(Outcome.Code.TOO_LARGE)
                    : new Outcome(Outcome.Code.OK, bytes);
        } catch (CommandFailedException e) {
            return new Outcome(Outcome.Code.FAILED, text(e.getMessage() == null ? "" : e.getMessage()));
        } catch (Exception e) {
            exceptions.log(e, height, index, command.id(), timeMillis);
            return new Outcome(Outcome.Code.ERROR, text(e.getClass().getName()));
        }
    }

    private Optional<C> decode(Command command) {
        try {
            return Optional.of(application.commands().decode(command.content()));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** The last executed height; 0 before the first. */
    public long height() {
        return height;
    }

    /** The last executed block. */
    public BlockId block() {
        return block;
    }

    /** The last executed block's time in milliseconds since 1970; 0 before the first. */
    public long timeMillis() {
        return timeMillis;
    }

    /** The root at {@link #height}; {@link Digest#ZERO} before the first. */
    public Digest root() {
        return root;
    }

    /** What all blocks up to {@link #height} carried, in bytes. */
    public long orderedBytes() {
        return orderedBytes;
    }

    /** What the last snapshot has that was taken or gone on from, in bytes; 0 before the first. */
    public long lastSnapshotBytes() {
        return lastSnapshotBytes;
    }

    /** A copy of the table of executed commands: what a mempool goes on from. */
    public SessionTable sessions() {
        return sessions.copy();
    }

    /** A copy of the table of convicted validators: what a mempool goes on from. */
    public Convictions convictions() {
        return convictions.copy();
    }

    /** What a command gave when it was executed, while that is among what is kept. */
    public Optional<Answer> answer(CommandId id) {
        SessionTable.Status.Duplicate place = sessions.find(id);
        return place == null
                ? Optional.empty()
                : recent(place.height()).map(results -> new Answer(results, place.index()));
    }

    /** What a late block gave, while it is among what is kept. */
    public Optional<BlockResults> recent(long wanted) {
        return Optional.ofNullable(recent.get(wanted));
    }

    /** Answers from the state as it is now. */
    public R query(C query) {
        return machine.query(query);
    }

    /** Admission by the state machine: why a command is refused, or empty. */
    public Optional<String> check(byte[] content) {
        try {
            return machine.check(application.commands().decode(content));
        } catch (RuntimeException e) {
            return Optional.of(e.getMessage() == null ? e.getClass().getName() : e.getMessage());
        }
    }

    /** Why the state machine does not want the commands in one block, or empty. Commands that do not decode do not reach it. */
    public Optional<String> checkProposal(List<Command> commands, BlockContext context) {
        List<C> decoded = new ArrayList<>(commands.size());
        commands.stream()
                .filter(command -> !FreshNotice.is(command))
                .forEach(command -> decode(command).ifPresent(decoded::add));
        if (decoded.isEmpty()) {
            return Optional.empty();
        }
        try {
            return machine.checkProposal(Collections.unmodifiableList(decoded), context);
        } catch (RuntimeException e) {
            return Optional.of(e.getMessage() == null ? e.getClass().getName() : e.getMessage());
        }
    }

    /**
     * What a correct validator proposes of some commands: all if {@link #checkProposal} accepts them, else those that it accepts together
     * with the chosen ones before, found by halves. After {@link #MAX_CHECKS} questions the rest is left out, so a machine that refuses
     * everything costs a bounded number of them.
     *
     * @return accepted as a whole, in order; perhaps none
     */
    public List<Command> choose(List<Command> commands, BlockContext context) {
        List<Command> chosen = new ArrayList<>(commands.size());
        choose(commands, context, chosen, MAX_CHECKS);
        return chosen;
    }

    /** @return how many questions are left */
    private int choose(List<Command> part, BlockContext context, List<Command> chosen, int checks) {
        if (part.isEmpty() || checks == 0) {
            return checks;
        }
        List<Command> together = new ArrayList<>(chosen.size() + part.size());
        together.addAll(chosen);
        together.addAll(part);
        int left = checks - 1;
        if (checkProposal(together, context).isEmpty()) {
            chosen.addAll(part);
        } else if (part.size() > 1) {
            int half = part.size() / 2;
            left = choose(part.subList(0, half), context, chosen, left);
            left = choose(part.subList(half, part.size()), context, chosen, left);
        }
        return left;
    }

    /** SHA-256 over the tables of sessions and convictions and the state machine's encoded snapshot. */
    public Digest stateHash() {
        byte[] table = tableBytes();
        byte[] length = new BinaryWriter(8).i64(table.length).toByteArray();
        return Digest.sha256(
                STATE_PREFIX, length, table, application.snapshots().encode(machine.snapshot()));
    }

    /**
     * All that execution goes on from: height, block, time, root, bytes ordered, sessions, convictions, the state machine's snapshot. Equal
     * at all validators that have executed up to the same block, if the application's codec gives equal bytes for equal states.
     */
    public byte[] snapshotBytes() {
        byte[] table = tableBytes();
        byte[] state = application.snapshots().encode(machine.snapshot());
        BinaryWriter out = new BinaryWriter(128 + table.length + state.length);
        out.text(SNAPSHOT_FORM).i64(height);
        block.write(out);
        out.i64(timeMillis);
        root.write(out);
        out.i64(orderedBytes);
        byte[] snapshot = out.bytes(table).bytes(state).toByteArray();
        lastSnapshotBytes = snapshot.length;
        return snapshot;
    }

    /**
     * Goes on from a snapshot; hold {@link #height}, {@link #root} and {@link #stateHash} against a certificate afterwards where
     * it came from a peer.
     *
     * @throws MalformedException if it is not one; nothing has changed then
     */
    public void restore(byte[] snapshot) throws MalformedException {
        BinaryReader in = new BinaryReader(snapshot);
        if (!in.text(SNAPSHOT_FORM.length()).equals(SNAPSHOT_FORM)) {
            throw new MalformedException("not a snapshot of the form " + SNAPSHOT_FORM);
        }
        long newHeight = in.nonNegative();
        BlockId newBlock = BlockId.read(in);
        long newTime = in.nonNegative();
        Digest newRoot = Digest.read(in);
        long newOrderedBytes = in.nonNegative();
        BinaryReader table = new BinaryReader(in.bytes(in.remaining()));
        SessionTable newSessions = SessionTable.read(
                table, settings.maxSessions(), settings.maxLifetime().toMillis());
        Convictions newConvictions = Convictions.read(table);
        table.end();
        byte[] state = in.bytes(in.remaining());
        in.end();
        StateMachine<C, R, S> newMachine = application.machine().get();
        try {
            newMachine.restore(application.snapshots().decode(state));
        } catch (RuntimeException e) {
            throw new MalformedException("the state machine does not take the snapshot: " + e);
        }
        height = newHeight;
        block = newBlock;
        timeMillis = newTime;
        root = newRoot;
        orderedBytes = newOrderedBytes;
        lastSnapshotBytes = snapshot.length;
        sessions = newSessions;
        convictions = newConvictions;
        machine = newMachine;
        recent.clear();
        recentBytes = 0;
    }

    private byte[] tableBytes() {
        BinaryWriter out = new BinaryWriter(1 << 12);
        sessions.write(out);
        convictions.write(out);
        return out.toByteArray();
    }

    private void remember(BlockResults results) {
        recent.put(results.height(), results);
        recentBytes += results.retainedBytes();
        while (recentBytes > settings.maxRecentBytes()) {
            BlockResults oldest = recent.remove(height - recent.size() + 1);
            recentBytes -= Objects.requireNonNull(oldest).retainedBytes();
        }
    }

    private static byte[] text(String text) {
        return (text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text).getBytes(StandardCharsets.UTF_8);
    }
}
