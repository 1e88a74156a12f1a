package dev.parley.testkit.sim;

import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import org.jspecify.annotations.Nullable;

/** What {@link SimulatedNetwork} asks where links are given and messages have a size. */
final class MeasuredNetwork {
    private final Links links;
    private final Meter meter;
    private final PeerCodec codec;
    private final Egress egress;
    /** A broadcast sends one message many times: it is written once. */
    private @Nullable PeerMessage sized;

    private int size;

    MeasuredNetwork(Links links, Meter meter, PeerCodec codec) {
        this.links = links;
        this.meter = meter;
        this.codec = codec;
        this.egress = new Egress(links.size(), links.bitsPerSecond());
    }

    /** @return when the message arrives, in microseconds */
    @SuppressWarnings("ReferenceEquality") // the same object, as a broadcast gives it, and no other that equals it
    long arrival(long now, int from, int to, PeerMessage message) {
        if (message != sized) {
            sized = message;
            size = codec.encode(message).length;
        }
        meter.sent(from, to, message, size);
        return egress.leaves(now, from, size) + links.delay(from, to);
    }
}
