package dev.parley.network.cluster;

import com.typesafe.config.Config;
import dev.parley.consensus.ValidatorId;
import dev.parley.logging.LogContext;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.network.PeerNetwork;
import dev.parley.network.secure.Channel;
import dev.parley.network.secure.Datagram;
import dev.parley.network.secure.Disagreement;
import dev.parley.network.secure.Frame;
import dev.parley.network.secure.LinkIdentity;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.network.secure.SecureLinks;
import java.io.NotSerializableException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.remote.RemoteTransportException;
import org.apache.pekko.serialization.SerializationExtension;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One validator's way to peers in other processes, over Pekko's remoting (Artery).
 *
 * <p>Peers are reached at the fixed addresses of {@link ClusterSettings}, whoever a Pekko cluster takes for its members: one dead member
 * keeps another that restarts out of the membership, and any member's word makes a third unreachable for all. Who sent something is proven by
 * the validators' own keys ({@link SecureLinks}); the transport is believed in nothing.
 *
 * <p>Small frames and large ones have connections of their own. Order is kept within each; a small message can overtake a large one. What
 * is lost on the way is sent again, until it is acknowledged or pushed out by what is newer. Thread-safe.
 */
public final class ClusterNetwork implements PeerNetwork {
    /** The name that the actor systems of all validators have. */
    public static final String SYSTEM_NAME = "parley";

    static final String LARGE_PATH = "/system/parley-large";
    private static final String SMALL_PATH = "/system/parley-small";
    private static final String DISPATCHER = "parley.network-dispatcher";
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNetwork.class);

    private record Peer(ActorRef<Datagram> small, ActorRef<Datagram> large) {}

    private final ActorSystem<?> system;
    private final LinkIdentity identity;
    private final ClusterSettings settings;
    private final PeerCodec codec;
    private final LogContext context;
    private final SecureRandom random = new SecureRandom();
    private final DatagramSerializer serializer;
    private final List<@Nullable Peer> peers = new ArrayList<>();
    private volatile @Nullable ClusterLink current;

    private ClusterNetwork(
            ActorSystem<?> system,
            ClusterSettings settings,
            LinkIdentity identity,
            PeerCodec codec,
            LogContext context) {
        this.context = context;
        this.system = system;
        this.settings = settings;
        this.identity = identity;
        this.codec = codec;
        this.serializer = serializer(system);
        ActorRefResolver resolver = ActorRefResolver.get(system);
        for (int i = 0; i < identity.validators().size(); i++) {
            ValidatorId peer = new ValidatorId(i);
            String root = "pekko://" + SYSTEM_NAME + "@" + settings.address(peer);
            peers.add(
                    peer.equals(identity.self())
                            ? null
                            : new Peer(
                                    resolver.resolveActorRef(root + SMALL_PATH),
                                    resolver.resolveActorRef(root + LARGE_PATH)));
        }
        Props dispatcher = DispatcherSelector.fromConfig(DISPATCHER);
        system.systemActorOf(endpoint(), "parley-small", dispatcher);
        system.systemActorOf(endpoint(), "parley-large", dispatcher);
        serializer.open();
    }

    /**
     * An actor system for one validator, which listens to peers.
     *
     * @param base whatever else it is to know, whole
     * @throws IllegalArgumentException that says what to do, if it cannot listen or cannot use its certificate
     */
    public static ActorSystem<Void> createSystem(ClusterSettings settings, ValidatorId self, Config base) {
        try {
            return ActorSystem.create(Behaviors.empty(), SYSTEM_NAME, settings.systemConfig(self, base));
        } catch (RemoteTransportException e) {
            throw new IllegalArgumentException(
                    settings.whereListens(self) + ": cannot listen there for the other validators (" + e.getMessage()
                            + "); choose another port, or end who has it",
                    e);
        }
    }

    /**
     * Begins to listen to peers; once for each actor system.
     *
     * @param system made by {@link #createSystem} for this validator
     * @param identity of the one validator that may join here
     * @throws IllegalArgumentException that says what to do, if the parts do not fit together
     */
    public static ClusterNetwork start(
            ActorSystem<?> system, ClusterSettings settings, LinkIdentity identity, PeerCodec codec) {
        return start(system, settings, identity, codec, LogContext.none());
    }

    /** @param context of what is logged: what is refused */
    public static ClusterNetwork start(
            ActorSystem<?> system,
            ClusterSettings settings,
            LinkIdentity identity,
            PeerCodec codec,
            LogContext context) {
        settings.requireFor(identity.validators());
        if (!system.name().equals(SYSTEM_NAME)) {
            throw new IllegalArgumentException("the actor system is named '" + system.name() + "', and peers look for '"
                    + SYSTEM_NAME + "'; give it that name");
        }
        return new ClusterNetwork(system, settings, identity, codec, context);
    }

    /** {@inheritDoc} Only the validator of this process can join. */
    @Override
    public synchronized Link join(ValidatorId self, Inbox inbox) {
        if (!self.equals(identity.self())) {
            throw new IllegalArgumentException("this process is validator "
                    + identity.self().index() + " and can't be " + self.index() + "; give each process its own index");
        }
        ClusterLink former = current;
        if (former != null) {
            former.close();
        }
        ClusterLink link = new ClusterLink(inbox);
        current = link;
        return link;
    }

    @Override
    public long refused(@Nullable ValidatorId claimed, LinkRefusal reason) {
        ClusterLink link = current;
        return link == null ? 0 : link.links.refused(claimed, reason);
    }

    @Override
    public List<Disagreement> disagreements() {
        ClusterLink link = current;
        return link == null ? List.of() : link.links.disagreements();
    }

    @Override
    public long dropped(ValidatorId to) {
        ClusterLink link = current;
        return link == null ? 0 : link.links.dropped(to);
    }

    @Override
    public long outstandingBytes(ValidatorId to) {
        ClusterLink link = current;
        return link == null ? 0 : link.links.outstandingBytes(to);
    }

    @Override
    public boolean isOpen(ValidatorId to) {
        ClusterLink link = current;
        return link != null && link.links.isOpen(to);
    }

    /** Leaves the network; what listens is the actor system, which goes with it. */
    @Override
    public void close() {
        ClusterLink link = current;
        if (link != null) {
            link.close();
        }
    }

    private static DatagramSerializer serializer(ActorSystem<?> system) {
        try {
            return (DatagramSerializer)
                    SerializationExtension.get(system.classicSystem()).serializerFor(Datagram.class);
        } catch (NotSerializableException e) {
            throw new IllegalArgumentException(
                    "the actor system was made without Parley's reference.conf; use ClusterSettings.systemConfig", e);
        }
    }

    /** An inbox that throws must not make this validator deaf. */
    private Behavior<Datagram> endpoint() {
        return Behaviors.supervise(Behaviors.<Datagram>receiveMessage(datagram -> {
                    receive(datagram);
                    return Behaviors.same();
                }))
                .onFailure(SupervisorStrategy.resume());
    }

    private void receive(Datagram datagram) {
        ClusterLink link = current;
        try {
            if (link != null && datagram == DatagramSerializer.OVERFLOW) {
                link.links.overflowed(nowMillis());
            } else if (link != null) {
                link.links.receive(datagram, nowMillis());
            }
        } finally {
            serializer.release(datagram);
        }
    }

    private void transmit(ValidatorId to, Channel channel, Datagram datagram) {
        Peer peer = peers.get(to.index());
        if (peer != null) {
            (channel == Channel.SMALL ? peer.small() : peer.large()).tell(datagram);
        }
    }

    private static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }

    private final class ClusterLink implements Link, SecureLinks.Sink {
        private final Inbox inbox;
        private final SecureLinks links;
        private final Cancellable ticking;

        private ClusterLink(Inbox inbox) {
            this.inbox = inbox;
            this.links = new SecureLinks(identity, settings.link(), random, ClusterNetwork.this::transmit, this);
            this.ticking = system.scheduler()
                    .scheduleWithFixedDelay(
                            settings.tick(),
                            settings.tick(),
                            () -> links.tick(nowMillis()),
                            system.dispatchers().lookup(DispatcherSelector.fromConfig(DISPATCHER)));
        }

        @Override
        public void send(ValidatorId to, PeerMessage message) {
            if (current == this) {
                send(to, Frame.of(codec.encode(message), message.topic()));
            }
        }

        @Override
        public void broadcast(PeerMessage message) {
            if (current != this) {
                return;
            }
            Frame frame = Frame.of(codec.encode(message), message.topic());
            for (int i = 0; i < peers.size(); i++) {
                if (peers.get(i) != null) {
                    send(new ValidatorId(i), frame);
                }
            }
        }

        /** Its bytes come by Pekko's remoting, whoever they are of. */
        @Override
        public void distrust(ValidatorId peer) {}

        @Override
        public void close() {
            ticking.cancel();
            synchronized (ClusterNetwork.this) {
                if (current == this) {
                    current = null;
                }
            }
        }

        @Override
        public void delivered(ValidatorId from, byte[] frame) {
            inbox.deliverFrame(from, frame);
        }

        @Override
        public void refused(@Nullable ValidatorId claimed, LinkRefusal reason, long inAll) {
            context.around(() -> LOG.atLevel(reason.isUsual() ? Level.DEBUG : Level.WARN)
                    .log(
                            "validator {} refuses what comes in the name of {}: {} ({} in all; told at most once a minute)",
                            identity.self(),
                            claimed == null ? "nobody" : claimed,
                            reason,
                            inAll));
        }

        @Override
        public void differs(Disagreement disagreement, long inAll) {
            context.around(() -> logDifference(disagreement, inAll));
        }

        private void logDifference(Disagreement disagreement, long inAll) {
            if (disagreement.proven()) {
                LOG.warn(
                        "validator {} and {} cannot work together: {}; give both the same configuration ({} refusals in all; told at most once a minute)",
                        identity.self(),
                        disagreement.peer(),
                        disagreement.what(),
                        inAll);
            } else {
                LOG.warn(
                        "somebody says in the name of {}, and not by the key that validator {} has for it: {}; if that is no stranger, give both the same configuration ({} refusals in all; told at most once a minute)",
                        disagreement.peer(),
                        identity.self(),
                        disagreement.what(),
                        inAll);
            }
        }

        private void send(ValidatorId to, Frame frame) {
            links.send(to, frame.length() < settings.largeFrom() ? Channel.SMALL : Channel.LARGE, frame, nowMillis());
        }
    }
}
