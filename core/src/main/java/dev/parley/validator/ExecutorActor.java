package dev.parley.validator;

import dev.parley.app.BlockContext;
import dev.parley.app.BlockResults;
import dev.parley.app.Divergence;
import dev.parley.app.ExecutedBlock;
import dev.parley.app.Executor;
import dev.parley.app.RootCertificate;
import dev.parley.app.RootCollector;
import dev.parley.app.SignedRoot;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Executes decided blocks behind ordering, signs what they gave and gathers what the other validators signed. Where a weak quorum
 * signed something else than this validator, it finds the first command on which they differ and has the validator stopped.
 */
final class ExecutorActor<R> {
    sealed interface Command {}

    record Execute(DecidedBlock block) implements Command {}

    record FromPeer(ValidatorId peer, List<PeerMessage> messages, Runnable done) implements Command {}

    /** Whether the application wants a command; the answer goes on to the pool or back to the gateway. */
    record CheckAdmission(dev.parley.log.Command command) implements Command {}

    /** A question to the application about a proposal, answered on the state after {@code afterHeight} or a later one. */
    sealed interface Question extends Command {
        long afterHeight();
    }

    /** Whether the application accepts what somebody proposed; the answer goes to the validator. */
    record CheckProposal(BlockId block, List<dev.parley.log.Command> commands, BlockContext context, long afterHeight)
            implements Question {}

    /** Which of the commands of its batch this validator should propose; answered by {@link MempoolActor.Chosen}. */
    record Choose(long ticket, CommandBatch batch, BlockContext context, long afterHeight) implements Question {}

    /** What became of a command that was ordered before; answered by {@link GatewayActor.Recalled}. */
    record Recall(CommandId command) implements Command {}

    /** The height up to which this validator has executed, and the hash of its state there. */
    record GetState(ActorRef<ValidatorNode.StateAt> replyTo) implements Command {}

    private enum Signal implements Command {
        /** Votes on roots get lost: who misses some asks for them. */
        TICK,
        /** Peers had their time to say which command it is, and to ask this validator the same. */
        STOP_DIVERGED
    }

    /** How long a validator that must stop waits for the peers' results, to name the command, and gives them its own. */
    private static final Duration EXPLANATION_TIMEOUT = Duration.ofSeconds(2);

    /** The most proposals that wait for an answer; their views have long passed when there are more. */
    private static final int MAX_QUESTIONS = 64;

    /** The most roots for which votes are asked for at once. */
    private static final long MAX_ASKED = 16;

    private final Executor<?, R, ?> executor;
    private final Snapshots snapshots;
    private final ConsensusSetup setup;
    private final RootCollector collector;
    private final Network.Link link;
    private final ActorRef<GatewayActor.Request> gateway;
    private final ActorRef<MempoolActor.Request> mempool;
    private final ActorRef<ValidatorActor.Command> validator;
    private final Consumer<String> stop;
    private final TimerScheduler<Command> timers;
    /** Oldest first, while the blocks before are being executed. */
    private final List<Question> questions = new ArrayList<>();

    private long executedAtLastTick;
    private boolean stopped;
    private RootCollector.Event.@Nullable Diverged diverged;
    private @Nullable String explanation;

    private ExecutorActor(
            Executor<?, R, ?> executor,
            Snapshots snapshots,
            ConsensusSetup setup,
            RootCollector collector,
            Network.Link link,
            ActorRef<GatewayActor.Request> gateway,
            ActorRef<MempoolActor.Request> mempool,
            ActorRef<ValidatorActor.Command> validator,
            Consumer<String> stop,
            TimerScheduler<Command> timers) {
        this.executor = executor;
        this.snapshots = snapshots;
        this.setup = setup;
        this.collector = collector;
        this.link = link;
        this.gateway = gateway;
        this.mempool = mempool;
        this.validator = validator;
        this.stop = stop;
        this.timers = timers;
    }

    /**
     * @param stop told why, once, if the validator must not go on
     * @param askAgainAfter how long a root may stay without a certificate before peers are asked for their votes
     */
    static <R> Behavior<Command> create(
            Executor<?, R, ?> executor,
            Snapshots snapshots,
            ConsensusSetup setup,
            RootCollector collector,
            Network.Link link,
            ActorRef<GatewayActor.Request> gateway,
            ActorRef<MempoolActor.Request> mempool,
            ActorRef<ValidatorActor.Command> validator,
            Consumer<String> stop,
            Duration askAgainAfter) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Signal.TICK, askAgainAfter);
            ExecutorActor<R> actor = new ExecutorActor<>(
                    executor, snapshots, setup, collector, link, gateway, mempool, validator, stop, timers);
            return Behaviors.receiveMessage(command -> {
                actor.on(command);
                return Behaviors.same();
            });
        });
    }

    private void on(Command command) {
        switch (command) {
            case Execute execute -> execute(execute.block());
            case FromPeer fromPeer -> {
                fromPeer.messages().forEach(message -> received(fromPeer.peer(), message));
                fromPeer.done().run();
            }
            case CheckAdmission check -> check(check.command());
            case Question question -> {
                if (questions.size() == MAX_QUESTIONS) {
                    questions.removeFirst();
                }
                questions.add(question);
                answerQuestions();
            }
            case Recall recall -> recall(recall.command());
            case GetState get -> get.replyTo().tell(new ValidatorNode.StateAt(executor.height(), executor.stateHash()));
            case Signal signal -> {
                switch (signal) {
                    case TICK -> askForMissingVotes();
                    case STOP_DIVERGED ->
                        stop.accept(
                                explanation != null
                                        ? explanation
                                        : Objects.requireNonNull(diverged).divergence()
                                                + "; no peer gave its results, so the command is not known");
                }
            }
        }
    }

    private void execute(DecidedBlock block) {
        if (diverged != null || stopped) {
            return;
        }
        ExecutedBlock executed;
        try {
            executed = executor.execute(block);
            snapshots.executed(executor, block);
        } catch (StackOverflowError | OutOfMemoryError e) {
            fail("executing block " + block.height(), e);
            return;
        }
        if (executed.isVotedOn()) {
            SignedRoot own = sign(executed.results());
            link.broadcast(asVote(own));
            collector.executed(executed, own).forEach(this::on);
        } else {
            collector.passed(executed.height());
        }
        answerQuestions();
    }

    private void fail(String what, Error error) {
        stop.accept(what + " failed with " + error
                + ", which need not happen elsewhere: the validator stops and keeps its data");
        stopped = true;
    }

    private void answerQuestions() {
        if (questions.isEmpty() || stopped) {
            return;
        }
        List<Question> open = List.copyOf(questions);
        questions.clear();
        for (Question question : open) {
            if (question.afterHeight() > executor.height()) {
                questions.add(question);
            } else {
                try {
                    answer(question);
                } catch (StackOverflowError | OutOfMemoryError e) {
                    fail("asking the application about a proposal", e);
                    return;
                }
            }
        }
    }

    private void answer(Question question) {
        switch (question) {
            case CheckProposal check -> {
                Optional<String> refusal = executor.checkProposal(check.commands(), check.context());
                validator.tell(
                        refusal.isPresent()
                                ? new ValidatorActor.PayloadRefused(
                                        check.block(), "the application refuses it: " + refusal.get())
                                : new ValidatorActor.PayloadChecked(check.block(), true));
            }
            case Choose choose -> {
                CommandBatch batch = choose.batch();
                List<dev.parley.log.Command> chosen = executor.choose(batch.commands(), choose.context());
                mempool.tell(new MempoolActor.Chosen(choose.ticket(), batch, chosen));
            }
        }
    }

    /** Roots that were without a certificate at the last tick and still are. */
    private void askForMissingVotes() {
        long first = Math.max(1, executedAtLastTick - MAX_ASKED + 1);
        for (long height = first; height <= executedAtLastTick; height++) {
            if (collector.awaits(height)) {
                link.broadcast(new PeerMessage.StateVoteRequest(height));
            }
        }
        executedAtLastTick = executor.height();
    }

    private void vote(ValidatorId peer, long height) {
        executor.recent(height).ifPresent(block -> link.send(peer, asVote(sign(block))));
    }

    private SignedRoot sign(BlockResults block) {
        return SignedRoot.sign(block, setup.self(), setup.signer(), setup.domain());
    }

    private static PeerMessage.StateVote asVote(SignedRoot own) {
        return new PeerMessage.StateVote(own.height(), own.block(), own.root(), own.signature());
    }

    private void on(RootCollector.Event event) {
        switch (event) {
            case RootCollector.Event.Certified certified -> {
                if (!certified.block().commands().isEmpty()) {
                    gateway.tell(new GatewayActor.Certified(certified.block(), certified.certificate()));
                }
            }
            case RootCollector.Event.Diverged found -> diverged(found);
            case RootCollector.Event.Forged forged -> {}
        }
    }

    private void received(ValidatorId peer, PeerMessage message) {
        switch (message) {
            case PeerMessage.StateVote vote ->
                collector
                        .received(new SignedRoot(vote.height(), vote.block(), vote.root(), peer, vote.signature()))
                        .forEach(this::on);
            case PeerMessage.StateVoteRequest request -> vote(peer, request.height());
            case PeerMessage.ResultsRequest request ->
                executor.recent(request.height())
                        .ifPresent(block -> link.send(peer, new PeerMessage.Results(block.height(), block.items())));
            case PeerMessage.Results results -> explain(peer, results);
            case PeerMessage.Commands c -> throw misdirected(c);
            case PeerMessage.Accusations a -> throw misdirected(a);
            case PeerMessage.Consensus c -> throw misdirected(c);
            case PeerMessage.Status s -> throw misdirected(s);
            case PeerMessage.Entries e -> throw misdirected(e);
            case PeerMessage.EntriesRequest e -> throw misdirected(e);
            case PeerMessage.SnapshotsRequest r -> throw misdirected(r);
            case PeerMessage.Snapshots s -> throw misdirected(s);
            case PeerMessage.ChunkRequest r -> throw misdirected(r);
            case PeerMessage.Chunk c -> throw misdirected(c);
        }
    }

    private void diverged(RootCollector.Event.Diverged found) {
        if (diverged == null) {
            diverged = found;
            Divergence divergence = found.divergence();
            divergence.others().forEach(peer -> link.send(peer, new PeerMessage.ResultsRequest(divergence.height())));
            timers.startSingleTimer(Signal.STOP_DIVERGED, EXPLANATION_TIMEOUT);
        }
    }

    /** The first command on which a peer's results, if they are the certified ones, differ from ours. */
    private void explain(ValidatorId peer, PeerMessage.Results results) {
        RootCollector.Event.Diverged found = diverged;
        if (found == null
                || results.height() != found.divergence().height()
                || !found.divergence().others().contains(peer)) {
            return;
        }
        ExecutedBlock own = found.block();
        boolean lies = found.divergence()
                .certified()
                .filter(root -> !own.results().wouldGive(root, results.items()))
                .isPresent();
        if (lies) {
            return;
        }
        OptionalInt index = own.results().items().firstDifference(results.items());
        if (explanation == null
                && index.isPresent()
                && index.getAsInt() < own.commands().size()) {
            dev.parley.log.Command command = own.commands().get(index.getAsInt());
            explanation = found.divergence() + "; the first command that gave another result at " + peer + " is number "
                    + index.getAsInt() + " of the block, " + command.id()
                    + ": look there for a clock, randomness, hash order or a thread; the data is kept";
        }
    }

    private void check(dev.parley.log.Command command) {
        Optional<String> refusal = executor.check(command.content());
        if (refusal.isPresent()) {
            gateway.tell(new GatewayActor.CheckFailed(command.id(), refusal.get()));
        } else {
            mempool.tell(new MempoolActor.Admit(command));
        }
    }

    private void recall(CommandId id) {
        Optional<Executor.Answer> answer = executor.answer(id);
        RootCertificate certificate =
                answer.flatMap(a -> collector.certificate(a.block().height())).orElse(null);
        gateway.tell(new GatewayActor.Recalled(id, answer, certificate));
    }

    private static IllegalArgumentException misdirected(PeerMessage message) {
        return new IllegalArgumentException("a " + message.getClass().getSimpleName() + " is not for the executor");
    }
}
