package dev.parley.network.secure;

import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One validator's end of its link to one peer: a session of its own to send in, one of the peer's to receive in, and the windows. Each
 * direction opens its own session, so that two sides that begin at once do not get in each other's way.
 *
 * <p>Thread-safe by one lock, under which nothing is done that waits; datagrams leave under it, so that counters leave in order.
 */
final class SecureLink {
    private static final int MAX_PENDING = 4;
    private static final int MAX_HANDSHAKES_AT_ONCE = 8;
    private static final int FRAMES_PER_ACK = 16;
    private static final int BYTES_PER_ACK = 256 << 10;
    private static final long MAX_HELLO_MILLIS = 5000;

    /** A session in which this side sends. */
    private static final class Outgoing {
        final Digest hello;
        final Session session;
        final Map<Channel, Long> counters = new EnumMap<>(Channel.class);
        final ReplayGuard acks = new ReplayGuard();

        Outgoing(Digest hello, Session session) {
            this.hello = hello;
            this.session = session;
        }

        long count(Channel channel) {
            return counters.merge(channel, 1L, Long::sum);
        }
    }

    /** A session in which the peer sends. */
    private static final class Incoming {
        final Header.Hello hello;
        final Datagram welcome;
        final Session session;
        final Map<Channel, ReplayGuard> guards = new EnumMap<>(Channel.class);
        long acksSent;

        Incoming(Header.Hello hello, Datagram welcome, Session session) {
            this.hello = hello;
            this.welcome = welcome;
            this.session = session;
            for (Channel channel : Channel.values()) {
                guards.put(channel, new ReplayGuard());
            }
        }
    }

    /** What came of a datagram: at most one of the two. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Received(byte @Nullable [] frame, @Nullable LinkRefusal refusal) {
        static final Received NOTHING = new Received(null, null);

        static Received refused(LinkRefusal reason) {
            return new Received(null, reason);
        }
    }

    private final ValidatorId self;
    private final ValidatorId peer;
    private final long incarnation;
    private final Handshake handshake;
    private final LinkSettings settings;
    private final BiConsumer<Channel, Datagram> wire;

    private final Map<Channel, SendWindow> sending = new EnumMap<>(Channel.class);
    private Handshake.@Nullable Opening opening;
    private @Nullable Outgoing outgoing;
    private long openedAt;
    private long helloAt;
    private long helloAgainAfter;
    private boolean everOpened;
    private long dropped;

    private final Map<Channel, ReceiveWindow> receiving = new EnumMap<>(Channel.class);
    private final ArrayDeque<Incoming> unconfirmed = new ArrayDeque<>();
    private @Nullable Incoming incoming;
    private int handshakesLeft = MAX_HANDSHAKES_AT_ONCE;
    private long handshakesSince;
    private boolean hinted;
    private long hintedAt;
    private int framesToAck;
    private long bytesToAck;
    private boolean ackWanted;

    SecureLink(
            ValidatorId self,
            ValidatorId peer,
            long incarnation,
            Handshake handshake,
            LinkSettings settings,
            BiConsumer<Channel, Datagram> wire) {
        this.self = self;
        this.peer = peer;
        this.incarnation = incarnation;
        this.handshake = handshake;
        this.settings = settings;
        this.wire = wire;
        for (Channel channel : Channel.values()) {
            sending.put(channel, new SendWindow(settings.window(channel)));
            receiving.put(channel, new ReceiveWindow());
        }
    }

    synchronized void send(Channel channel, Frame frame, long now) {
        dropped += sending(channel).offer(frame);
        pump(now);
    }

    synchronized void tick(long now) {
        pump(now);
        if (opening != null && now - helloAt >= helloAgainAfter) {
            sayHello(opening, true, now);
        }
        if (framesToAck > 0 || ackWanted) {
            acknowledge(false, false);
        }
    }

    /** How many frames were dropped since the window was full. */
    synchronized long dropped() {
        return dropped;
    }

    synchronized long outstandingBytes() {
        return sending(Channel.SMALL).bytes() + sending(Channel.LARGE).bytes();
    }

    /** Whether the peer has answered a handshake. */
    synchronized boolean isOpen() {
        return outgoing != null;
    }

    /** @param hello checked */
    synchronized Received onHello(Header.Hello hello, long now) {
        boolean restarted = incoming != null && incoming.hello.incarnation() != hello.incarnation();
        if (incoming != null && incoming.hello.nonce().equals(hello.nonce())) {
            return Received.NOTHING;
        }
        for (Incoming known : unconfirmed) {
            if (known.hello.nonce().equals(hello.nonce())) {
                wire.accept(Channel.SMALL, known.welcome);
                return Received.NOTHING;
            }
        }
        if (!takeHandshake(now)) {
            return Received.refused(LinkRefusal.TOO_MANY_HANDSHAKES);
        }
        Handshake.Answer answer = handshake.answer(hello);
        if (answer == null) {
            return Received.refused(LinkRefusal.BAD_KEY_SHARE);
        }
        if (unconfirmed.size() == MAX_PENDING) {
            unconfirmed.remove();
        }
        Datagram welcome = Datagram.of(answer.welcome().toBytes());
        unconfirmed.add(new Incoming(hello, welcome, answer.session()));
        wire.accept(Channel.SMALL, welcome);
        // The peer lives. What it knew of our session it has forgotten if it started anew, and our question may be
        // lost.
        if (opening != null) {
            helloAgainAfter = settings.handshakeInterval().toMillis();
            if (now - helloAt >= helloAgainAfter) {
                sayHello(opening, true, now);
            }
        } else if (restarted) {
            open(now);
        }
        return Received.NOTHING;
    }

    /** @param welcome checked */
    synchronized Received onWelcome(Header.Welcome welcome, long now) {
        Handshake.Opening asked = opening;
        if (outgoing != null && outgoing.hello.equals(welcome.hello())) {
            // We asked twice, since the first answer took its time.
            return Received.NOTHING;
        }
        if (asked == null || !asked.hash().equals(welcome.hello())) {
            return Received.refused(LinkRefusal.STALE_HANDSHAKE);
        }
        Session session = handshake.complete(asked, welcome);
        if (session == null) {
            return Received.refused(LinkRefusal.BAD_KEY_SHARE);
        }
        opening = null;
        outgoing = new Outgoing(asked.hash(), session);
        sending.values().forEach(window -> window.newSession(now));
        pump(now);
        return Received.NOTHING;
    }

    /** Whether a frame of this session is worth hashing; if not, the peer is told so. */
    synchronized boolean knows(long session, long now) {
        if (sessionOf(session) != null) {
            return true;
        }
        hint(session, now);
        return false;
    }

    /** @param raw the bytes of the header */
    synchronized Received onData(Header.Data data, byte[] raw, byte[] body, Digest bodyHash) {
        Incoming in = sessionOf(data.session());
        if (in == null) {
            return Received.refused(LinkRefusal.UNKNOWN_SESSION);
        }
        if (!Session.same(in.session.frameMac(raw, bodyHash), data.mac())) {
            return Received.refused(LinkRefusal.BAD_MAC);
        }
        if (!of(in.guards, data.channel()).pass(data.counter())) {
            return Received.refused(LinkRefusal.REPLAYED);
        }
        if (in != incoming) {
            confirm(in);
        }
        switch (receiving(data.channel()).accept(data.number())) {
            case DELIVER -> {
                framesToAck++;
                bytesToAck += body.length;
                if (framesToAck >= FRAMES_PER_ACK || bytesToAck >= BYTES_PER_ACK) {
                    acknowledge(false, false);
                }
                return new Received(body, null);
            }
            case DUPLICATE -> ackWanted = true;
            case AFTER_GAP -> acknowledge(data.channel() == Channel.SMALL, data.channel() == Channel.LARGE);
        }
        return Received.NOTHING;
    }

    /** @param raw the bytes of the header */
    synchronized Received onAck(Header.Ack ack, byte[] raw, long now) {
        Outgoing out = outgoing;
        if (out == null || out.session.id() != ack.session()) {
            return Received.refused(LinkRefusal.UNKNOWN_SESSION);
        }
        if (!Session.same(out.session.ackMac(raw), ack.mac())) {
            return Received.refused(LinkRefusal.BAD_MAC);
        }
        if (!out.acks.pass(ack.counter())) {
            return Received.refused(LinkRefusal.REPLAYED);
        }
        boolean possible = true;
        for (Channel channel : Channel.values()) {
            possible &= sending(channel).acknowledged(ack.next(channel), ack.gap(channel), now);
        }
        pump(now);
        return possible ? Received.NOTHING : Received.refused(LinkRefusal.BAD_ACKNOWLEDGEMENT);
    }

    /** Anybody may have sent this: it costs a handshake now and then, and the session in use stays until there is another. */
    synchronized Received onUnknownSession(Header.UnknownSession hint, long now) {
        Outgoing out = outgoing;
        if (out != null && out.session.id() == hint.session() && opening == null) {
            open(now);
        }
        return Received.NOTHING;
    }

    private void pump(long now) {
        Outgoing out = outgoing;
        if (out == null) {
            if (opening == null && sending.values().stream().anyMatch(window -> !window.isEmpty())) {
                open(now);
            }
            return;
        }
        for (Channel channel : Channel.values()) {
            SendWindow window = sending(channel);
            for (SendWindow.Numbered next = window.next(now); next != null; next = window.next(now)) {
                wire.accept(channel, sealed(out, channel, next));
            }
        }
    }

    private Datagram sealed(Outgoing out, Channel channel, SendWindow.Numbered next) {
        byte[] header = new Header.Data(self, out.session.id(), channel, out.count(channel), next.number(), Digest.ZERO)
                .toBytes();
        return new Datagram(
                Session.seal(header, out.session.frameMac(header, next.frame().hash())),
                next.frame().content());
    }

    private void open(long now) {
        if (everOpened && now - openedAt < settings.handshakeInterval().toMillis()) {
            return;
        }
        everOpened = true;
        openedAt = now;
        opening = handshake.open(
                peer,
                incarnation,
                sending(Channel.SMALL).first(),
                sending(Channel.LARGE).first());
        helloAgainAfter = settings.handshakeInterval().toMillis() / 2;
        // A peer that was in a session with this validator has its terms; a hint that anybody may send must not cost
        // more bytes.
        sayHello(opening, outgoing == null, now);
    }

    private void sayHello(Handshake.Opening question, boolean withTerms, long now) {
        helloAt = now;
        helloAgainAfter = Math.min(2 * Math.max(1, helloAgainAfter), MAX_HELLO_MILLIS);
        byte[] header = question.hello().toBytes();
        wire.accept(Channel.SMALL, withTerms ? new Datagram(header, handshake.terms()) : Datagram.of(header));
    }

    private boolean takeHandshake(long now) {
        long interval = settings.handshakeInterval().toMillis();
        long earned = (now - handshakesSince) / interval;
        if (handshakesLeft == MAX_HANDSHAKES_AT_ONCE) {
            handshakesSince = now;
        } else if (earned > 0) {
            handshakesLeft = (int) Math.min(MAX_HANDSHAKES_AT_ONCE, handshakesLeft + earned);
            handshakesSince += earned * interval;
        }
        if (handshakesLeft == 0) {
            return false;
        }
        handshakesLeft--;
        return true;
    }

    private @Nullable Incoming sessionOf(long session) {
        if (incoming != null && incoming.session.id() == session) {
            return incoming;
        }
        for (Incoming candidate : unconfirmed) {
            if (candidate.session.id() == session) {
                return candidate;
            }
        }
        return null;
    }

    /** The peer has shown that it lives and has the keys: from now on this is its session. */
    private void confirm(Incoming in) {
        boolean sameIncarnation = incoming != null && incoming.hello.incarnation() == in.hello.incarnation();
        for (Channel channel : Channel.values()) {
            if (sameIncarnation) {
                receiving(channel).skipTo(in.hello.first(channel));
            } else {
                receiving(channel).restart(in.hello.first(channel));
            }
        }
        incoming = in;
        unconfirmed.clear();
    }

    private void hint(long session, long now) {
        if (!hinted || now - hintedAt >= settings.handshakeInterval().toMillis()) {
            hinted = true;
            hintedAt = now;
            wire.accept(Channel.SMALL, Datagram.of(new Header.UnknownSession(self, session).toBytes()));
        }
    }

    private void acknowledge(boolean gapSmall, boolean gapLarge) {
        framesToAck = 0;
        bytesToAck = 0;
        ackWanted = false;
        Incoming in = incoming;
        if (in == null) {
            return;
        }
        byte[] header = new Header.Ack(
                        self,
                        in.session.id(),
                        ++in.acksSent,
                        receiving(Channel.SMALL).next(),
                        receiving(Channel.LARGE).next(),
                        gapSmall,
                        gapLarge,
                        Digest.ZERO)
                .toBytes();
        wire.accept(Channel.SMALL, Datagram.of(Session.seal(header, in.session.ackMac(header))));
    }

    private SendWindow sending(Channel channel) {
        return of(sending, channel);
    }

    private ReceiveWindow receiving(Channel channel) {
        return of(receiving, channel);
    }

    private static <T> T of(Map<Channel, T> map, Channel channel) {
        return Objects.requireNonNull(map.get(channel));
    }
}
