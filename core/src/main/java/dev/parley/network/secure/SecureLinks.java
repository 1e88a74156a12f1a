package dev.parley.network.secure;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All links of one validator, over a transport that carries {@link Datagram}s and is trusted with nothing.
 *
 * <p>What {@link Sink} is told comes from the validator it names, in the order in which that validator sent it on that channel, each
 * once in the life of both ends. What is not acknowledged is sent again, until it is, or until the bound on what is outstanding
 * pushes it out. What is refused is counted and dropped.
 *
 * <p>Thread-safe; nothing blocks. For the order to be kept, {@link #receive} must be called with the datagrams of one channel by one thread
 * at a time. Time is any monotonic count of milliseconds.
 */
public final class SecureLinks {
    /** The transport. Called under a lock, must neither block nor call back; may lose. */
    public interface Wire {
        void transmit(ValidatorId to, Channel channel, Datagram datagram);
    }

    /** Who is told what arrives. */
    public interface Sink {
        void delivered(ValidatorId from, byte[] frame);

        /**
         * Something was refused; called at most once a minute for each name and reason.
         *
         * @param claimed in whose name it came, truly or not; null if in nobody's
         * @param inAll how many of the kind there were
         */
        void refused(@Nullable ValidatorId claimed, LinkRefusal reason, long inAll);

        /**
         * A peer's configuration differs from this validator's; called instead of {@link #refused}, as rarely, once it is known in what.
         *
         * @param inAll how often the peer was refused for this reason
         */
        void differs(Disagreement disagreement, long inAll);
    }

    private final LinkIdentity own;
    private final LinkSettings settings;
    private final Sink sink;
    private final Handshake handshake;
    private final RefusalCounts counts;
    private final Disagreements disagreements;
    private final List<@Nullable SecureLink> links = new ArrayList<>();

    public SecureLinks(LinkIdentity own, LinkSettings settings, SecureRandom random, Wire wire, Sink sink) {
        this.own = own;
        this.settings = settings;
        this.sink = sink;
        this.handshake = new Handshake(own, random);
        this.counts = new RefusalCounts(own.validators().size());
        this.disagreements = new Disagreements(own, settings.handshakeInterval().toMillis());
        long incarnation = random.nextLong();
        for (int i = 0; i < own.validators().size(); i++) {
            ValidatorId peer = new ValidatorId(i);
            links.add(
                    peer.equals(own.self())
                            ? null
                            : new SecureLink(
                                    own.self(),
                                    peer,
                                    incarnation,
                                    handshake,
                                    settings,
                                    (channel, datagram) -> wire.transmit(peer, channel, datagram)));
        }
    }

    /** Sends a frame when the link is open and there is room; nothing if there is no such peer. */
    public void send(ValidatorId to, Channel channel, Frame frame, long now) {
        SecureLink link = link(to);
        if (frame.length() > settings.maxFrameBytes()) {
            refuse(to, LinkRefusal.OVERSIZED, now);
        } else if (link != null) {
            link.send(channel, frame, now);
        }
    }

    /** Takes whatever bytes came; never throws on account of them. */
    public void receive(Datagram datagram, long now) {
        byte[] raw = datagram.header();
        byte[] body = datagram.body();
        if (raw.length > Datagram.MAX_HEADER_BYTES) {
            refuse(null, LinkRefusal.MALFORMED, now);
            return;
        }
        Header header;
        try {
            header = Header.read(raw);
        } catch (MalformedException e) {
            refuse(null, LinkRefusal.MALFORMED, now);
            return;
        }
        SecureLink link = link(header.from());
        if (link == null) {
            refuse(null, LinkRefusal.UNKNOWN_SENDER, now);
            return;
        }
        if (body.length > 0 && !(header instanceof Header.Data || header instanceof Header.Hello)) {
            refuse(header.from(), LinkRefusal.MALFORMED, now);
            return;
        }
        if (header instanceof Header.Hello && body.length > ChainTerms.MAX_BYTES) {
            refuse(header.from(), LinkRefusal.OVERSIZED, now);
            return;
        }
        if (header instanceof Header.Hello hello && !handshake.hasSameTerms(hello)) {
            onOtherTerms(hello, body, now);
            return;
        }
        SecureLink.Received received = switch (header) {
            case Header.Hello hello -> {
                LinkRefusal wrong = handshake.check(hello);
                yield wrong == null ? link.onHello(hello, now) : SecureLink.Received.refused(wrong);
            }
            case Header.Welcome welcome -> {
                LinkRefusal wrong = handshake.check(welcome);
                yield wrong == null ? link.onWelcome(welcome, now) : SecureLink.Received.refused(wrong);
            }
            case Header.Data data -> {
                if (body.length > settings.maxFrameBytes()) {
                    yield SecureLink.Received.refused(LinkRefusal.OVERSIZED);
                }
                yield link.knows(data.session(), now)
                        ? link.onData(data, raw, body, Digest.sha256(body))
                        : SecureLink.Received.refused(LinkRefusal.UNKNOWN_SESSION);
            }
            case Header.Ack ack -> link.onAck(ack, raw, now);
            case Header.UnknownSession hint -> link.onUnknownSession(hint, now);
        };
        // Not under the link's lock: whoever is told may send at once, to another peer, whose link may be telling too.
        if (received.frame() != null) {
            disagreements.agreed(header.from());
            sink.delivered(header.from(), received.frame());
        } else if (received.refusal() != null) {
            refuse(header.from(), received.refusal(), now);
        }
    }

    /** The transport had to drop something that came, unread. */
    public void overflowed(long now) {
        refuse(null, LinkRefusal.OVER_CAPACITY, now);
    }

    /** To be called every few milliseconds: acknowledges what has come, sends again what was not acknowledged. */
    public void tick(long now) {
        for (SecureLink link : links) {
            if (link != null) {
                link.tick(now);
            }
        }
    }

    /**
     * How much was refused.
     *
     * @param claimed in whose name it came, truly or not; null for what came in no validator's name
     */
    public long refused(@Nullable ValidatorId claimed, LinkRefusal reason) {
        return counts.of(claimed, reason);
    }

    /** Peers whose configurations differ from this one's, as far as is known, by index; without those that have agreed since. */
    public List<Disagreement> disagreements() {
        return disagreements.all();
    }

    /** How many frames to a peer were dropped since it had too much outstanding. */
    public long dropped(ValidatorId to) {
        SecureLink link = link(to);
        return link == null ? 0 : link.dropped();
    }

    /** What waits for a peer or was not acknowledged by it. */
    public long outstandingBytes(ValidatorId to) {
        SecureLink link = link(to);
        return link == null ? 0 : link.outstandingBytes();
    }

    /** Whether the peer has ever answered a handshake. */
    public boolean isOpen(ValidatorId to) {
        SecureLink link = link(to);
        return link != null && link.isOpen();
    }

    /** Is answered by nothing: that the two sides differ, the other learns from what this one asks. */
    private void onOtherTerms(Header.Hello hello, byte[] theirs, long now) {
        if (!hello.to().equals(own.self())) {
            refuse(hello.from(), LinkRefusal.NOT_ADDRESSEE, now);
            return;
        }
        Disagreements.Looked looked = disagreements.look(hello, theirs, now);
        long inAll = counts.count(hello.from(), looked.refusal(), now);
        if (inAll > 0 && looked.finding() != null) {
            sink.differs(looked.finding(), inAll);
        } else if (inAll > 0) {
            sink.refused(hello.from(), looked.refusal(), inAll);
        }
    }

    private @Nullable SecureLink link(ValidatorId peer) {
        return own.validators().contains(peer) ? links.get(peer.index()) : null;
    }

    private void refuse(@Nullable ValidatorId claimed, LinkRefusal reason, long now) {
        long inAll = counts.count(claimed, reason, now);
        if (inAll > 0) {
            sink.refused(claimed, reason, inAll);
        }
    }
}
