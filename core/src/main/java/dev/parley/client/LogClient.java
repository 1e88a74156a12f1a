package dev.parley.client;

import dev.parley.app.Codec;
import dev.parley.app.CommandFailedException;
import dev.parley.app.Outcome;
import dev.parley.app.RootCertificate;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.ClientSignatures;
import dev.parley.log.Command;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of several {@link ReplicatedLog}s, one for each validator, of which some may be silent, busy or lying. A validator is believed
 * only what a certificate proves; whatever else it says (busy, refused) or does not say leads to the next one.
 *
 * @param <C> commands
 * @param <R> results
 */
public final class LogClient<C, R> implements ParleyClient<C, R> {
    /** How a client waits: runs a task once after a delay. */
    public interface Delays extends BiConsumer<Duration, Runnable> {}

    /** What the client holds receipts against. */
    public record Trust(ValidatorSet validators, SignatureScheme scheme, SigningDomain domain) {
        /** A new session of the chain, with a key if the settings ask for one. */
        public ClientSession session(ClientSettings settings) {
            return settings.sessionKey()
                    ? ClientSession.withKey(scheme, new ClientSignatures(scheme, domain))
                    : ClientSession.withoutKey();
        }
    }

    private static final Duration AFTER_A_ROUND = Duration.ofMillis(50);

    private final List<ReplicatedLog> logs;
    private final Codec<C> commands;
    private final Codec<R> results;
    private final Trust trust;
    private final ClientSettings settings;
    private final ClientSession session;
    private final LongSupplier clockMillis;
    private final Delays delays;

    /** Guards what follows. In order of sequence, so that the head is the oldest without an answer. */
    private final ArrayDeque<Outstanding> window = new ArrayDeque<>();

    private final ArrayDeque<Outstanding> queued = new ArrayDeque<>();
    private long nextSequence = 1;
    private int preferred;
    private boolean sweeping;
    private boolean closed;

    private volatile @Nullable RootCertificate lastValid;

    /**
     * @param logs in the order of the validators' indices
     * @param preferred the index of the validator that is asked first
     * @param session of this client alone
     * @param clockMillis milliseconds since 1970, near the validators' clocks
     */
    public LogClient(
            List<ReplicatedLog> logs,
            int preferred,
            Codec<C> commands,
            Codec<R> results,
            Trust trust,
            ClientSettings settings,
            ClientSession session,
            LongSupplier clockMillis,
            Delays delays) {
        this.logs = List.copyOf(logs);
        this.preferred = preferred;
        this.commands = commands;
        this.results = results;
        this.trust = trust;
        this.settings = settings;
        this.session = session;
        this.clockMillis = clockMillis;
        this.delays = delays;
    }

    /** One command that has no answer yet. */
    private final class Outstanding {
        private final byte[] content;
        private final CompletableFuture<Receipt<R>> receipt = new CompletableFuture<>();
        private @Nullable Command command;
        private int target;
        private int attempt;
        private final Set<ValidatorId> refusedBy = new TreeSet<>();
        private long sentAtMillis;
        private boolean done;

        private Outstanding(byte[] content) {
            this.content = content;
        }
    }

    @Override
    public CompletionStage<Receipt<R>> submit(C command) {
        Outstanding outstanding;
        try {
            outstanding = new Outstanding(commands.encode(command));
            if (outstanding.content.length > Command.MAX_CONTENT_BYTES) {
                throw new RefusedException("a command of " + outstanding.content.length + " bytes is over the limit of "
                        + Command.MAX_CONTENT_BYTES);
            }
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        synchronized (window) {
            if (closed) {
                return CompletableFuture.failedFuture(new UnknownOutcomeException("the client is closed"));
            }
            queued.add(outstanding);
        }
        sendQueued();
        return outstanding.receipt;
    }

    @Override
    public void close() {
        List<Outstanding> abandoned;
        synchronized (window) {
            closed = true;
            abandoned = new ArrayList<>(window);
            abandoned.addAll(queued);
            window.clear();
            queued.clear();
        }
        abandoned.forEach(o -> o.receipt.completeExceptionally(
                new UnknownOutcomeException("the client was closed before the answer came")));
    }

    /** Gives sequence numbers to what waits, as far as the window allows, and sends it. */
    private void sendQueued() {
        while (true) {
            Outstanding next;
            synchronized (window) {
                Outstanding oldest = window.peek();
                if (queued.isEmpty()
                        || (oldest != null && nextSequence - sequence(oldest) >= settings.maxOutstanding())) {
                    return;
                }
                next = queued.remove();
                next.command = session.command(
                        nextSequence++,
                        clockMillis.getAsLong() + settings.commandLifetime().toMillis(),
                        next.content);
                next.target = preferred;
                window.add(next);
                if (!sweeping) {
                    sweeping = true;
                    delays.accept(settings.attemptTimeout().dividedBy(2), this::sweep);
                }
            }
            send(next);
        }
    }

    private void send(Outstanding o) {
        int attempt;
        int target;
        Command command;
        synchronized (window) {
            if (o.done || o.command == null) {
                return;
            }
            attempt = ++o.attempt;
            target = o.target;
            command = o.command;
            o.sentAtMillis = clockMillis.getAsLong();
        }
        logs.get(target).append(command).whenComplete((receipt, failure) -> {
            if (failure == null) {
                answered(o, target, attempt, receipt);
            } else {
                failed(
                        o,
                        target,
                        attempt,
                        failure instanceof CompletionException c && c.getCause() != null ? c.getCause() : failure);
            }
        });
    }

    private void answered(Outstanding o, int target, int attempt, CommandReceipt receipt) {
        Command command = o.command;
        if (command == null || !isProven(receipt, command)) {
            // A lie, or the proof of another command: whoever sent it is not asked again for this one.
            moveOn(o, target, attempt, Duration.ZERO);
            return;
        }
        if (finish(o)) {
            complete(o, receipt);
            sendQueued();
        }
    }

    private boolean isProven(CommandReceipt receipt, Command command) {
        RootCertificate certificate = receipt.certificate();
        if (!receipt.provesUnder(command)) {
            return false;
        }
        // All receipts of one block come with one certificate: its signatures are checked once.
        if (certificate.equals(lastValid)) {
            return true;
        }
        if (certificate.isValid(trust.validators(), trust.scheme(), trust.domain())) {
            lastValid = certificate;
            return true;
        }
        return false;
    }

    private void complete(Outstanding o, CommandReceipt receipt) {
        Outcome outcome = receipt.outcome();
        try {
            switch (outcome.code()) {
                case OK ->
                    o.receipt.complete(new Receipt<>(
                            results.decode(outcome.bytes()),
                            receipt.height(),
                            receipt.index(),
                            receipt.certificate().block()));
                case FAILED -> o.receipt.completeExceptionally(new CommandFailedException(outcome.text()));
                case ERROR ->
                    o.receipt.completeExceptionally(
                            new CommandFailedException("the state machine threw " + outcome.text()));
                case UNDECODABLE ->
                    o.receipt.completeExceptionally(
                            new CommandFailedException("the validators' application does not know this command"));
                case TOO_LARGE ->
                    o.receipt.completeExceptionally(new CommandFailedException(
                            "the command was executed, and its result is too large to be kept"));
                case EXPIRED, TOO_FAR_AHEAD, TOO_OLD, TABLE_FULL, DUPLICATE, NOT_AUTHENTIC ->
                    o.receipt.completeExceptionally(
                            new RefusedException("the command was ordered and not executed: " + outcome.code()));
            }
        } catch (RuntimeException e) {
            o.receipt.completeExceptionally(e);
        }
    }

    private void failed(Outstanding o, int target, int attempt, Throwable failure) {
        switch (failure) {
            case BusyException busy -> moveOn(o, target, attempt, busy.retryAfter());
            case RefusedException refused -> {
                // One validator's word: a weak quorum of them holds a correct one.
                boolean believed;
                synchronized (window) {
                    if (o.attempt != attempt || o.done) {
                        return;
                    }
                    o.refusedBy.add(new ValidatorId(target));
                    believed = trust.validators().powerOf(o.refusedBy)
                            >= trust.validators().weakQuorumPower();
                }
                if (believed && finish(o)) {
                    o.receipt.completeExceptionally(refused);
                    sendQueued();
                } else {
                    moveOn(o, target, attempt, Duration.ZERO);
                }
            }
            default -> moveOn(o, target, attempt, Duration.ZERO);
        }
    }

    /** Asks the next validator: at once while there is one that was not asked, else after a moment. */
    private void moveOn(Outstanding o, int target, int attempt, Duration hint) {
        Duration delay;
        synchronized (window) {
            if (o.done || closed || o.attempt != attempt) {
                return;
            }
            o.target = (target + 1) % logs.size();
            if (preferred == target) {
                preferred = o.target;
            }
            boolean askedAll = o.attempt % logs.size() == 0;
            delay = askedAll && hint.compareTo(AFTER_A_ROUND) < 0 ? AFTER_A_ROUND : hint;
        }
        if (delay.isZero()) {
            send(o);
        } else {
            delays.accept(delay, () -> send(o));
        }
    }

    /** Every now and then: whoever waits too long asks elsewhere, or is told that nothing is known. */
    private void sweep() {
        List<Outstanding> late = new ArrayList<>();
        List<Outstanding> lost = new ArrayList<>();
        long now = clockMillis.getAsLong();
        synchronized (window) {
            if (closed || window.isEmpty()) {
                sweeping = false;
                return;
            }
            for (Outstanding o : window) {
                Command command = o.command;
                if (o.done || command == null) {
                    continue;
                }
                if (now > command.expiresAtMillis() + settings.attemptTimeout().toMillis()) {
                    lost.add(o);
                } else if (now - o.sentAtMillis >= settings.attemptTimeout().toMillis()) {
                    late.add(o);
                }
            }
        }
        for (Outstanding o : lost) {
            if (finish(o)) {
                o.receipt.completeExceptionally(new UnknownOutcomeException("no validator answered within "
                        + settings.commandLifetime() + "; by now the command has expired"));
            }
        }
        late.forEach(o -> moveOn(o, o.target, o.attempt, Duration.ZERO));
        sendQueued();
        delays.accept(settings.attemptTimeout().dividedBy(2), this::sweep);
    }

    /** Marks a command as answered; false if it was before. */
    private boolean finish(Outstanding o) {
        synchronized (window) {
            if (o.done) {
                return false;
            }
            o.done = true;
            Outstanding oldest = window.peek();
            while (oldest != null && oldest.done) {
                window.remove();
                oldest = window.peek();
            }
            return true;
        }
    }

    private static long sequence(LogClient<?, ?>.Outstanding o) {
        Command command = o.command;
        return command == null ? Long.MAX_VALUE : command.id().sequence();
    }
}
