package dev.parley.testkit.cluster;

import dev.parley.app.Application;
import dev.parley.app.ExecutedBlock;
import dev.parley.app.Executor;
import dev.parley.app.ExecutorSettings;
import dev.parley.app.Outcome;
import dev.parley.client.Receipt;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.CommandId;
import dev.parley.logging.LogContext;
import dev.parley.testkit.check.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What must be true of the log and of what clients were told: the test's own copy of the application executes each block once, and receipts and
 * states are held against that. Thread-safe.
 *
 * @param <C> commands
 * @param <R> results
 */
final class Ledger<C, R> {
    /** As validators execute, but that nobody votes on its roots or asks it for an answer again. */
    private static final ExecutorSettings EXECUTION =
            new ExecutorSettings(ExecutorSettings.DEFAULT.maxSessions(), ExecutorSettings.DEFAULT.maxLifetime(), 0, 0);
    /** Not executed, for one of the reasons for which an ordered command is not. */
    private static final List<Outcome.Code> NOT_EXECUTED = List.of(
            Outcome.Code.DUPLICATE,
            Outcome.Code.EXPIRED,
            Outcome.Code.TOO_OLD,
            Outcome.Code.TOO_FAR_AHEAD,
            Outcome.Code.TABLE_FULL);

    private record Place(long height, int index) {}

    private record Acknowledged<C, R>(C command, Receipt<R> receipt) {}

    private final Application<C, R, ?> application;
    private final Executor<C, R, ?> model;
    private final List<ExecutedBlock> log = new ArrayList<>();
    /** By command: where it was executed. */
    private final Map<CommandId, Place> executed = new HashMap<>();
    /** By height: the hash of the state after it, of the latest heights. */
    private final Map<Long, Digest> states = new HashMap<>();

    private final Map<Place, Acknowledged<C, R>> receipts = new HashMap<>();
    private final List<Acknowledged<C, R>> ahead = new ArrayList<>();
    private long submitted;
    private long failed;
    private boolean strangers;

    Ledger(Application<C, R, ?> application) {
        this.application = application;
        // Which session a command is of, validators have seen to; the model's clients are not to prove it again.
        this.model = new Executor<>(application, EXECUTION, command -> true, LogContext.none());
    }

    synchronized void submitted() {
        submitted++;
    }

    /** From now on a validator may make up commands of its own. */
    synchronized void expectStrangers() {
        strangers = true;
    }

    /** A client was told that there is no result, for whatever reason. */
    synchronized void failed() {
        failed++;
    }

    /** A correct validator says that this block is the next of its log. Blocks of one height agree: an oracle has seen to that. */
    synchronized void decided(DecidedBlock block) {
        if (block.height() != log.size() + 1L) {
            return;
        }
        ExecutedBlock result = model.execute(block);
        log.add(result);
        for (int i = 0; i < result.outcomes().size(); i++) {
            if (!NOT_EXECUTED.contains(result.outcomes().get(i).code())) {
                CommandId id = result.commands().get(i).id();
                Place place = new Place(block.height(), i);
                Place before = executed.put(id, place);
                if (before != null) {
                    throw new Violation("executed once", id + " was executed at " + before + " and again at " + place);
                }
            }
        }
        states.put(block.height(), model.stateHash());
        List<Acknowledged<C, R>> now = ahead.stream()
                .filter(each -> each.receipt().height() <= log.size())
                .toList();
        ahead.removeAll(now);
        now.forEach(this::hold);
    }

    /** A client was given a receipt. */
    synchronized void acknowledged(C command, Receipt<R> receipt) {
        Acknowledged<C, R> told = new Acknowledged<>(command, receipt);
        if (receipt.height() <= log.size()) {
            hold(told);
        } else {
            ahead.add(told);
        }
    }

    /** Holds a receipt against the log and against what the command gave here. */
    private void hold(Acknowledged<C, R> told) {
        Receipt<R> receipt = told.receipt();
        Place place = new Place(receipt.height(), receipt.index());
        ExecutedBlock result = log.get(Math.toIntExact(receipt.height() - 1));
        if (!result.block().equals(receipt.block())) {
            throw new Violation(
                    "receipts",
                    "a client was told of " + receipt.block() + " at " + place + ", where " + result.block() + " is");
        }
        Outcome outcome = result.outcomes().get(receipt.index());
        if (!Arrays.equals(
                application.commands().encode(told.command()),
                result.commands().get(receipt.index()).content())) {
            throw new Violation("receipts", "a client was told that its command is at " + place + ", where another is");
        }
        if (outcome.code() != Outcome.Code.OK
                || !Arrays.equals(application.results().encode(receipt.result()), outcome.bytes())) {
            throw new Violation(
                    "receipts",
                    "a client was told the result " + receipt.result() + " at " + place + ", which gave " + outcome);
        }
        if (receipts.put(place, told) != null) {
            throw new Violation("receipts", "two clients were told that theirs is the command at " + place);
        }
    }

    /** What is still wrong with the promise that each acknowledged command was executed once; empty if nothing is. */
    synchronized Optional<String> objection() {
        if (!ahead.isEmpty()) {
            return Optional.of(ahead.size() + " acknowledged commands are in no validator's log, the first of height "
                    + ahead.getFirst().receipt().height() + " where the log has " + log.size());
        }
        long own = executed.size();
        if (own > submitted && !strangers) {
            return Optional.of(own + " commands were executed and " + submitted + " submitted");
        }
        if (own < receipts.size()) {
            return Optional.of(receipts.size() + " commands were acknowledged and " + own + " executed");
        }
        return Optional.empty();
    }

    /** Submitted, and neither acknowledged nor given up. */
    synchronized long unanswered() {
        return submitted - failed - receipts.size() - ahead.size();
    }

    /** The hash of the state after a height; empty if no correct validator has told that height. */
    synchronized Optional<Digest> state(long height) {
        return height == 0 ? Optional.empty() : Optional.ofNullable(states.get(height));
    }

    /** Whether the log has evidence against the validator. */
    synchronized boolean isConvicted(int validator) {
        return model.convictions().contains(new ValidatorId(validator));
    }
}
