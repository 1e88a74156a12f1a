package dev.parley.validator;

import dev.parley.app.ExecutedBlock;
import dev.parley.app.Executor;
import dev.parley.app.RootCertificate;
import dev.parley.client.BusyException;
import dev.parley.client.CommandReceipt;
import dev.parley.client.RefusedException;
import dev.parley.client.UnknownOutcomeException;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.mempool.Admission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Where clients come in: knows who waits for which command, and answers when the command's results are certified, or at once when the
 * pool does not take it. Bounded by the pool, which holds every command that somebody waits for.
 */
final class GatewayActor {
    sealed interface Request {}

    record Append(Command command, CompletableFuture<CommandReceipt> receipt) implements Request {}

    /** The pool did not take a command, or gave it up. */
    record NotAdmitted(CommandId command, Admission why) implements Request {}

    /** The application does not want a command. */
    record CheckFailed(CommandId command, String why) implements Request {}

    record Certified(ExecutedBlock block, RootCertificate certificate) implements Request {}

    /** What became of a command that was ordered before; empty if that is not known any more. */
    record Recalled(
            CommandId command,
            Optional<Executor.Answer> answer,
            @Nullable RootCertificate certificate) implements Request {}

    /** Who is to be asked; told after all of them exist. */
    record Connect(ActorRef<MempoolActor.Request> mempool, ActorRef<ExecutorActor.Command> executor)
            implements Request {}

    /** Why a command is refused that may not bear its client's id. */
    static final String NOT_AUTHENTIC =
            "the command is not signed by the key that its client's id names; a session with a key signs each command for its chain";

    private final boolean applicationChecks;
    private final Map<CommandId, List<CompletableFuture<CommandReceipt>>> waiting = new HashMap<>();
    private @Nullable Connect connected;

    private GatewayActor(boolean applicationChecks) {
        this.applicationChecks = applicationChecks;
    }

    /** @param applicationChecks whether the state machine has something to say on admission */
    static Behavior<Request> create(boolean applicationChecks) {
        return Behaviors.setup(context -> {
            GatewayActor actor = new GatewayActor(applicationChecks);
            return Behaviors.receive(Request.class)
                    .onAnyMessage(request -> {
                        actor.on(request);
                        return Behaviors.same();
                    })
                    .onSignal(PostStop.class, signal -> {
                        actor.abandonAll();
                        return Behaviors.same();
                    })
                    .build();
        });
    }

    private void on(Request request) {
        switch (request) {
            case Append append -> append(append);
            case NotAdmitted refused -> notAdmitted(refused);
            case CheckFailed failed -> fail(failed.command(), new RefusedException(failed.why()));
            case Certified certified -> certified(certified);
            case Recalled recalled -> recalled(recalled);
            case Connect connect -> connected = connect;
        }
    }

    private void append(Append append) {
        Connect to = connected;
        if (to == null) {
            append.receipt().completeExceptionally(new UnknownOutcomeException("the validator is starting"));
            return;
        }
        List<CompletableFuture<CommandReceipt>> others =
                waiting.computeIfAbsent(append.command().id(), id -> new ArrayList<>(1));
        others.add(append.receipt());
        if (others.size() == 1) {
            if (applicationChecks) {
                to.executor().tell(new ExecutorActor.CheckAdmission(append.command()));
            } else {
                to.mempool().tell(new MempoolActor.Admit(append.command()));
            }
        }
    }

    private void notAdmitted(NotAdmitted refused) {
        CommandId id = refused.command();
        switch (refused.why()) {
            // It is on its way already: the answer comes with its block.
            case Admission.Duplicate duplicate -> {}
            case Admission.Accepted accepted -> {}
            case Admission.AlreadyOrdered ordered -> {
                if (connected != null && waiting.containsKey(id)) {
                    connected.executor().tell(new ExecutorActor.Recall(id));
                }
            }
            case Admission.Busy busy -> fail(id, new BusyException(busy.retryAfter()));
            case Admission.Expired expired ->
                fail(id, new RefusedException("the command has expired; submit it anew with a later expiry"));
            case Admission.TooOld old ->
                fail(
                        id,
                        new RefusedException(
                                "the command's sequence number is too far behind the session's newest; keep fewer outstanding"));
            case Admission.TooFarAhead ahead ->
                fail(
                        id,
                        new RefusedException(
                                "the command's expiry lies farther ahead than sessions are remembered; shorten it, and check the client's clock"));
            case Admission.NotAuthentic notAuthentic -> fail(id, new RefusedException(NOT_AUTHENTIC));
            case Admission.TooLarge large ->
                fail(
                        id,
                        new RefusedException("the command is larger than the " + large.maxBytes()
                                + " bytes of parley.mempool.max-command-bytes"));
        }
    }

    private void certified(Certified certified) {
        ExecutedBlock block = certified.block();
        if (waiting.isEmpty()) {
            return;
        }
        for (int i = 0; i < block.commands().size(); i++) {
            List<CompletableFuture<CommandReceipt>> receipts =
                    waiting.remove(block.commands().get(i).id());
            if (receipts != null) {
                CommandReceipt receipt = new CommandReceipt(
                        block.outcomes().get(i), block.results().proof(i), certified.certificate());
                receipts.forEach(future -> future.complete(receipt));
            }
        }
    }

    private void recalled(Recalled recalled) {
        RootCertificate certificate = recalled.certificate();
        if (recalled.answer().isPresent() && certificate != null) {
            Executor.Answer answer = recalled.answer().get();
            List<CompletableFuture<CommandReceipt>> receipts = waiting.remove(recalled.command());
            if (receipts != null) {
                CommandReceipt receipt = new CommandReceipt(answer.outcome(), answer.proof(), certificate);
                receipts.forEach(future -> future.complete(receipt));
            }
        } else if (recalled.answer().isEmpty()) {
            fail(
                    recalled.command(),
                    new UnknownOutcomeException(
                            "the command was executed, but so long ago that its result is not kept"));
        }
        // Else it is executed and not certified yet: the answer comes with its certificate.
    }

    private void fail(CommandId id, RuntimeException why) {
        List<CompletableFuture<CommandReceipt>> receipts = waiting.remove(id);
        if (receipts != null) {
            receipts.forEach(future -> future.completeExceptionally(why));
        }
    }

    private void abandonAll() {
        waiting.values()
                .forEach(receipts -> receipts.forEach(future ->
                        future.completeExceptionally(new UnknownOutcomeException("the validator has stopped"))));
        waiting.clear();
    }
}
