package dev.parley.validator;

import dev.parley.app.BlockContext;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Sample;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.mempool.Admission;
import dev.parley.mempool.Mempool;
import dev.parley.mempool.Verdict;
import dev.parley.mempool.Withdrawn;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Gives the {@link Mempool} a mailbox: admits commands and evidence, tells peers of those that clients brought here (so that whoever leads can
 * propose them and a leader's failure loses none), makes payloads and checks them.
 */
final class MempoolActor {
    sealed interface Request {}

    /** A client's command; one that is not accepted is answered at once by {@link GatewayActor.NotAdmitted}. */
    record Admit(Command command) implements Request {}

    /** @param messages of the kinds {@link PeerMessage.Commands} and {@link PeerMessage.Accusations} */
    record FromPeer(ValidatorId peer, List<PeerMessage> messages, Runnable done) implements Request {}

    /** Evidence that this validator's core has found. */
    record Accuse(Evidence evidence) implements Request {}

    /** The application wants to be asked about proposals. */
    record AskApplication(ActorRef<ExecutorActor.Command> executor) implements Request {}

    /** The commands of {@code batch} that the application accepts as one block. */
    record Chosen(long ticket, CommandBatch batch, List<Command> commands) implements Request {}

    record Build(
            long ticket,
            BlockId parent,
            boolean evenIfEmpty,
            @Nullable Sample sample) implements Request {}

    record Check(BlockId block, BlockId parent, CommandBatch payload, boolean certified) implements Request {}

    record Decided(BlockId block, CommandBatch payload, long height) implements Request {}

    private enum Signal implements Request {
        /** What has gathered since the last one is told to the peers. */
        GOSSIP,
        TICK
    }

    /** The most bytes of commands in one message to peers; a single larger command goes alone. */
    private static final int GOSSIP_BYTES = 512 << 10;

    private final Mempool pool;
    private final LongSupplier clockMillis;
    private final Duration regossipAfter;
    private final boolean gossips;
    private final Network.Link link;
    private final ActorRef<ValidatorActor.Command> validator;
    private final ActorRef<GatewayActor.Request> gateway;
    private final ActorRef<Request> self;

    private final List<Command> news = new ArrayList<>();
    private @Nullable ActorRef<ExecutorActor.Command> application;
    private @Nullable Build unanswered;
    /** The request for which the application is choosing commands. */
    private @Nullable Build choosing;

    private boolean toldPending;
    private long blockTimeMillis;

    private MempoolActor(
            Mempool pool,
            LongSupplier clockMillis,
            Duration regossipAfter,
            boolean gossips,
            Network.Link link,
            ActorRef<ValidatorActor.Command> validator,
            ActorRef<GatewayActor.Request> gateway,
            ActorRef<Request> self) {
        this.pool = pool;
        this.clockMillis = clockMillis;
        this.regossipAfter = regossipAfter;
        this.gossips = gossips;
        this.link = link;
        this.validator = validator;
        this.gateway = gateway;
        this.self = self;
    }

    /**
     * @param clockMillis this validator's clock, milliseconds since 1970
     * @param regossipAfter how long a command may wait before peers are told of it again: messages get lost
     * @param gossips whether peers are told of commands at all
     */
    static Behavior<Request> create(
            Mempool pool,
            LongSupplier clockMillis,
            Duration regossipAfter,
            boolean gossips,
            Network.Link link,
            ActorRef<ValidatorActor.Command> validator,
            ActorRef<GatewayActor.Request> gateway) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Signal.TICK, regossipAfter.dividedBy(2));
            MempoolActor actor = new MempoolActor(
                    pool, clockMillis, regossipAfter, gossips, link, validator, gateway, context.getSelf());
            return Behaviors.receiveMessage(request -> {
                actor.on(request);
                return Behaviors.same();
            });
        }));
    }

    private void on(Request request) {
        switch (request) {
            case Admit admit -> admit(admit.command());
            case FromPeer fromPeer -> {
                fromPeer.messages().forEach(message -> received(fromPeer.peer(), message));
                fromPeer.done().run();
            }
            case Accuse accuse -> {
                if (pool.accuse(accuse.evidence(), true)) {
                    link.broadcast(new PeerMessage.Accusations(List.of(accuse.evidence())));
                }
            }
            case AskApplication ask -> application = ask.executor();
            case Build build -> {
                unanswered = build;
                choosing = null;
            }
            case Chosen chosen -> chosen(chosen);
            case Check check -> check(check);
            case Decided decided -> {
                pool.decided(decided.block(), decided.payload(), decided.height());
                blockTimeMillis = Math.max(blockTimeMillis, decided.payload().timeMillis());
                withdraw(pool.expire(blockTimeMillis));
                if (!decided.payload().commands().isEmpty()) {
                    pool.takeBack();
                }
            }
            case Signal signal -> {
                switch (signal) {
                    case GOSSIP -> gossip(news);
                    case TICK -> tick();
                }
            }
        }
        answerBuild();
        tellPending();
    }

    private void admit(Command command) {
        Admission admission = pool.admit(command, null, clockMillis.getAsLong());
        if (admission instanceof Admission.Accepted) {
            if (!gossips) {
                return;
            }
            if (news.isEmpty()) {
                self.tell(Signal.GOSSIP);
            }
            news.add(command);
        } else {
            gateway.tell(new GatewayActor.NotAdmitted(command.id(), admission));
        }
    }

    private void received(ValidatorId peer, PeerMessage message) {
        if (message instanceof PeerMessage.Commands commands) {
            for (Command command : commands.commands()) {
                pool.admit(command, peer, clockMillis.getAsLong());
            }
        } else if (message instanceof PeerMessage.Accusations accusations) {
            accusations.evidence().forEach(evidence -> pool.accuse(evidence, false));
        } else {
            throw new IllegalArgumentException("a " + message.getClass().getSimpleName() + " is not for the mempool");
        }
    }

    private void check(Check check) {
        if (check.certified()) {
            pool.register(check.block(), check.parent(), check.payload());
            validator.tell(new ValidatorActor.PayloadChecked(check.block(), true));
            return;
        }
        switch (pool.check(check.block(), check.parent(), check.payload(), clockMillis.getAsLong())) {
            case Verdict.Accepted accepted -> {
                List<Command> commands = check.payload().commands();
                if (application == null || commands.isEmpty()) {
                    validator.tell(new ValidatorActor.PayloadChecked(check.block(), true));
                } else {
                    application.tell(new ExecutorActor.CheckProposal(
                            check.block(), commands, context(check.parent(), check.payload()), pool.decidedHeight()));
                }
            }
            case Verdict.Refused(Verdict.Fault fault, String reason) ->
                validator.tell(
                        fault == Verdict.Fault.UNKNOWN_PARENT
                                ? new ValidatorActor.PayloadChecked(check.block(), false)
                                : new ValidatorActor.PayloadRefused(check.block(), reason));
        }
    }

    private void answerBuild() {
        Build build = unanswered;
        if (build != null) {
            Optional<CommandBatch> built =
                    pool.build(build.parent(), clockMillis.getAsLong(), build.evenIfEmpty(), build.sample());
            if (built.isPresent()) {
                unanswered = null;
                CommandBatch batch = built.get();
                if (application == null || batch.commands().isEmpty()) {
                    validator.tell(new ValidatorActor.PayloadReady(build.ticket(), batch));
                } else {
                    choosing = build;
                    application.tell(new ExecutorActor.Choose(
                            build.ticket(), batch, context(build.parent(), batch), pool.decidedHeight()));
                }
            }
        }
    }

    /** A batch of which nothing is left is proposed all the same: the next leader has commands too, and sees for itself. */
    private void chosen(Chosen chosen) {
        CommandBatch batch = pool.choose(chosen.batch(), chosen.commands());
        Build build = choosing;
        if (build != null && build.ticket() == chosen.ticket()) {
            choosing = null;
            validator.tell(new ValidatorActor.PayloadReady(build.ticket(), batch));
        }
    }

    private BlockContext context(BlockId parent, CommandBatch payload) {
        return new BlockContext(pool.heightUnder(parent), payload.timeMillis());
    }

    private void tellPending() {
        boolean pending = pool.hasPending();
        if (pending != toldPending) {
            toldPending = pending;
            validator.tell(new ValidatorActor.WorkPending(pending));
        }
    }

    private void tick() {
        long now = clockMillis.getAsLong();
        withdraw(pool.expire(Math.max(blockTimeMillis, 0)));
        pool.takeBack();
        List<Evidence> accusations = pool.pendingAccusations(PeerMessage.MAX_ACCUSATIONS);
        if (!accusations.isEmpty()) {
            link.broadcast(new PeerMessage.Accusations(accusations));
        }
        if (gossips) {
            gossip(new ArrayList<>(pool.pendingOlderThan(regossipAfter.toMillis(), now, PeerMessage.MAX_COMMANDS)));
        }
    }

    private void gossip(List<Command> commands) {
        List<Command> message = new ArrayList<>();
        int bytes = 0;
        for (Command command : commands) {
            if (!message.isEmpty()
                    && (bytes + command.sizeBytes() > GOSSIP_BYTES || message.size() == PeerMessage.MAX_COMMANDS)) {
                link.broadcast(new PeerMessage.Commands(message));
                message.clear();
                bytes = 0;
            }
            message.add(command);
            bytes += command.sizeBytes();
        }
        if (!message.isEmpty()) {
            link.broadcast(new PeerMessage.Commands(message));
        }
        commands.clear();
    }

    private void withdraw(List<Withdrawn> withdrawn) {
        for (Withdrawn gone : withdrawn) {
            gateway.tell(new GatewayActor.NotAdmitted(gone.command().id(), gone.why()));
        }
    }
}
