package dev.parley.validator;

import dev.parley.consensus.BlockId;
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
 * Gives the {@link Mempool} a mailbox: admits commands, tells peers of those that clients brought here (so that whoever leads can
 * propose them and a leader's failure loses none), makes payloads and checks them.
 */
final class MempoolActor {
    sealed interface Request {}

    /** A client's command; one that is not accepted is answered at once by {@link GatewayActor.NotAdmitted}. */
    record Admit(Command command) implements Request {}

    record FromPeer(ValidatorId peer, List<PeerMessage.Commands> messages, Runnable done) implements Request {}

    record Build(long ticket, BlockId parent, boolean evenIfEmpty) implements Request {}

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
    private final Network.Link link;
    private final ActorRef<ValidatorActor.Command> validator;
    private final ActorRef<GatewayActor.Request> gateway;
    private final ActorRef<Request> self;

    private final List<Command> news = new ArrayList<>();
    private @Nullable Build unanswered;
    private boolean toldPending;
    private long blockTimeMillis;

    private MempoolActor(
            Mempool pool,
            LongSupplier clockMillis,
            Duration regossipAfter,
            Network.Link link,
            ActorRef<ValidatorActor.Command> validator,
            ActorRef<GatewayActor.Request> gateway,
            ActorRef<Request> self) {
        this.pool = pool;
        this.clockMillis = clockMillis;
        this.regossipAfter = regossipAfter;
        this.link = link;
        this.validator = validator;
        this.gateway = gateway;
        this.self = self;
    }

    /**
     * @param clockMillis this validator's clock, milliseconds since 1970
     * @param regossipAfter how long a command may wait before peers are told of it again: messages get lost
     */
    static Behavior<Request> create(
            Mempool pool,
            LongSupplier clockMillis,
            Duration regossipAfter,
            Network.Link link,
            ActorRef<ValidatorActor.Command> validator,
            ActorRef<GatewayActor.Request> gateway) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Signal.TICK, regossipAfter.dividedBy(2));
            MempoolActor actor =
                    new MempoolActor(pool, clockMillis, regossipAfter, link, validator, gateway, context.getSelf());
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
                for (PeerMessage.Commands message : fromPeer.messages()) {
                    for (Command command : message.commands()) {
                        pool.admit(command, fromPeer.peer(), clockMillis.getAsLong());
                    }
                }
                fromPeer.done().run();
            }
            case Build build -> {
                unanswered = build;
            }
            case Check check -> check(check);
            case Decided decided -> {
                pool.decided(decided.block(), decided.payload(), decided.height());
                blockTimeMillis = Math.max(blockTimeMillis, decided.payload().timeMillis());
                withdraw(pool.expire(blockTimeMillis));
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
            if (news.isEmpty()) {
                self.tell(Signal.GOSSIP);
            }
            news.add(command);
        } else {
            gateway.tell(new GatewayActor.NotAdmitted(command.id(), admission));
        }
    }

    private void check(Check check) {
        boolean accepted = check.certified()
                ? pool.register(check.block(), check.parent(), check.payload())
                : pool.check(check.block(), check.parent(), check.payload(), clockMillis.getAsLong())
                        instanceof Verdict.Accepted;
        validator.tell(new ValidatorActor.PayloadChecked(check.block(), accepted || check.certified()));
    }

    private void answerBuild() {
        Build build = unanswered;
        if (build != null) {
            Optional<CommandBatch> batch = pool.build(build.parent(), clockMillis.getAsLong(), build.evenIfEmpty());
            if (batch.isPresent()) {
                unanswered = null;
                validator.tell(new ValidatorActor.PayloadReady(build.ticket(), batch.get()));
            }
        }
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
        gossip(new ArrayList<>(pool.pendingOlderThan(regossipAfter.toMillis(), now, PeerMessage.MAX_COMMANDS)));
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
