package dev.parley.network.links;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.network.Network;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.network.secure.ChainTerms;
import dev.parley.network.secure.Channel;
import dev.parley.network.secure.Disagreement;
import dev.parley.network.secure.Frame;
import dev.parley.network.secure.LinkIdentity;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.network.secure.SendWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** All links of one life of a validator. Sending is thread-safe; all else belongs to the event loop. */
final class LinkHub implements Network.Link {
    private static final long SAME_TIME_MILLIS = 60_000;

    private final LinkNetwork network;
    private final LinkIdentity identity;
    private final LinksSettings settings;
    private final LinkTimes times;
    private final PeerCodec codec;
    private final PeerTls tls;
    private final Network.Inbox inbox;
    private final long incarnation;
    private final byte[] terms;
    private final SplittableRandom random;
    private final List<@Nullable PeerLink> links = new ArrayList<>();
    private final AtomicReferenceArray<@Nullable Disagreement> disagreements;
    /** When peers said so last to which another process has spoken with this validator's key. */
    private final Map<ValidatorId, Long> spokenToByAnother = new TreeMap<>();

    private volatile boolean closed;

    LinkHub(
            LinkNetwork network,
            LinkIdentity identity,
            LinksSettings settings,
            LinkTimes times,
            PeerCodec codec,
            PeerTls tls,
            Network.Inbox inbox,
            long incarnation) {
        this.network = network;
        this.identity = identity;
        this.settings = settings;
        this.times = times;
        this.codec = codec;
        this.tls = tls;
        this.inbox = inbox;
        this.incarnation = incarnation;
        this.random = new SplittableRandom(incarnation);
        this.terms = identity.terms().toBytes();
        int size = identity.validators().size();
        this.disagreements = new AtomicReferenceArray<>(size);
        for (int i = 0; i < size; i++) {
            ValidatorId peer = new ValidatorId(i);
            links.add(
                    peer.equals(identity.self())
                            ? null
                            : new PeerLink(
                                    this,
                                    peer,
                                    times,
                                    new SendWindow(settings.window(Channel.SMALL)),
                                    new SendWindow(settings.window(Channel.LARGE)),
                                    new RateBudget(settings.framesPerSecond(), settings.framesPerSecond()),
                                    // Both sides dial; mostly the one of the lower index has before the other thinks of
                                    // it.
                                    now() + (identity.self().index() < i ? 0 : times.redialMillis() * 4)));
        }
    }

    @Override
    public void send(ValidatorId to, PeerMessage message) {
        PeerLink link = link(to);
        if (!closed && link != null) {
            send(link, Frame.of(codec.encode(message), message.topic()));
        }
    }

    @Override
    public void broadcast(PeerMessage message) {
        if (closed) {
            return;
        }
        Frame frame = Frame.of(codec.encode(message), message.topic());
        for (PeerLink link : links) {
            if (link != null) {
                send(link, frame);
            }
        }
    }

    private void send(PeerLink link, Frame frame) {
        if (frame.length() > settings.maxFrameBytes()) {
            network.count(link.peer(), LinkRefusal.OVERSIZED, null);
        } else {
            link.offer(frame.length() <= LinkConnection.PIECE_BYTES ? Channel.SMALL : Channel.LARGE, frame);
        }
    }

    @Override
    public void distrust(ValidatorId peer) {
        PeerLink link = link(peer);
        if (link != null) {
            execute(link::distrusted);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            network.left(this);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Nullable PeerLink link(ValidatorId peer) {
        return identity.validators().contains(peer) ? links.get(peer.index()) : null;
    }

    void tick() {
        long now = now();
        for (PeerLink link : links) {
            if (link != null) {
                network.guard(() -> link.tick(now));
            }
        }
    }

    List<Disagreement> disagreements() {
        List<Disagreement> all = new ArrayList<>();
        for (int i = 0; i < disagreements.length(); i++) {
            Disagreement found = disagreements.get(i);
            if (found != null) {
                all.add(found);
            }
        }
        return all;
    }

    // What links and connections ask for

    ValidatorId self() {
        return identity.self();
    }

    long incarnation() {
        return incarnation;
    }

    byte[] terms() {
        return terms;
    }

    int maxFrameBytes() {
        return settings.maxFrameBytes();
    }

    LinkTimes times() {
        return times;
    }

    PeerTls tls() {
        return tls;
    }

    long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** From 0 to below a bound. */
    long jitter(long bound) {
        return random.nextLong(bound);
    }

    void execute(Runnable task) {
        network.execute(task);
    }

    void later(Runnable task, long millis) {
        network.later(task, millis);
    }

    void dial(ValidatorId peer) {
        network.dial(this, peer);
    }

    /** @return null if it may not speak now; the connection ends then */
    @Nullable PeerLink identified(LinkConnection connection, SSLSession session) {
        PeerLink link = link(tls.peer(session));
        network.handshakeEnded(connection);
        if (link == null || closed || link.isBarred()) {
            connection.close();
            return null;
        }
        link.identified(connection);
        return link;
    }

    void handshakeFailed(LinkConnection connection, @Nullable ValidatorId dialled, Throwable why) {
        network.handshakeFailed(this, connection, dialled, why);
    }

    void closed(LinkConnection connection) {
        network.handshakeEnded(connection);
    }

    void notReached(ValidatorId dialled) {
        Objects.requireNonNull(link(dialled)).notReached();
    }

    void refused(ValidatorId peer, LinkRefusal why, @Nullable String detail) {
        Disagreement differs = disagreements.get(peer.index());
        network.count(peer, why, why.isOfTerms() && differs != null ? differs.what() : detail);
    }

    /** @return null if a peer has the terms of this validator */
    @Nullable LinkRefusal compare(ValidatorId peer, byte[] theirs) {
        if (Arrays.equals(theirs, terms)) {
            return null;
        }
        List<ChainTerms.Difference> differences;
        try {
            differences = identity.terms().differences(peer.toString(), ChainTerms.read(theirs));
        } catch (MalformedException e) {
            return LinkRefusal.MALFORMED;
        }
        if (differences.isEmpty()) {
            return LinkRefusal.MALFORMED;
        }
        LinkRefusal weightiest = differences.getFirst().reason();
        disagreements.set(
                peer.index(),
                new Disagreement(
                        peer,
                        weightiest,
                        true,
                        differences.stream().map(ChainTerms.Difference::text).collect(Collectors.joining("; "))));
        return weightiest;
    }

    /**
     * A peer that knew this process has heard another one since that has the same key, or says so. One alone may lie, or have been confused long
     * ago: two processes that live take links from each other again and again.
     */
    void spokenToByAnother(ValidatorId peer) {
        long now = now();
        spokenToByAnother.put(peer, now);
        spokenToByAnother.values().removeIf(said -> now - said > SAME_TIME_MILLIS);
        ValidatorSet validators = identity.validators();
        Set<ValidatorId> peers = spokenToByAnother.keySet();
        if (peers.stream().mapToLong(validators::power).sum() >= validators.weakQuorumPower()) {
            inbox.impersonated("another process speaks as " + identity.self() + " to " + peers);
        }
    }

    void agreed(ValidatorId peer) {
        if (disagreements.get(peer.index()) != null) {
            disagreements.set(peer.index(), null);
        }
    }

    void deliver(ValidatorId from, byte[] frame) {
        if (!closed) {
            inbox.deliverFrame(from, frame);
        }
    }

    boolean isFull(ValidatorId from) {
        return inbox.isFull(from);
    }

    void whenRoom(ValidatorId from, Runnable then) {
        inbox.whenRoom(from, then);
    }
}
