package dev.parley.benchmarks.networks;

import dev.parley.benchmarks.networks.Place.Kind;
import dev.parley.benchmarks.peers.Lifeline;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Sends small messages back as they are; of large ones it says now and then how many there were. */
public final class EchoProcess implements Network.BottomlessInbox {
    static final int FRAMES_PER_COUNT = 16;
    static final int LARGE_BYTES = 10_000;

    private final Place place;
    private final AtomicReference<Network.Link> link = new AtomicReference<>();
    private long large;

    private EchoProcess(Place place) {
        this.place = place;
    }

    /** @param words the kind, both ports, and where the certificates are */
    public static void main(String[] words) throws InterruptedException {
        Lifeline.hold();
        Place place = Place.open(
                Kind.valueOf(words[0]),
                1,
                List.of(Integer.parseInt(words[1]), Integer.parseInt(words[2]), 1, 2),
                Path.of(words[3]));
        EchoProcess echo = new EchoProcess(place);
        echo.link.set(place.network().join(new ValidatorId(1), echo));
        System.out.println("ready");
        // All other threads are daemons.
        Thread.currentThread().join();
    }

    @Override
    public void deliver(ValidatorId from, PeerMessage message) {
        throw new IllegalStateException("only bytes come from a network");
    }

    @Override
    public void deliverFrame(ValidatorId from, byte[] frame) {
        Network.Link back = link.get();
        if (back == null) {
            return;
        }
        if (frame.length >= LARGE_BYTES) {
            large++;
            if (large % FRAMES_PER_COUNT == 0) {
                back.send(from, new PeerMessage.StateVoteRequest(large));
            }
            return;
        }
        try {
            back.send(from, place.codec().decode(frame));
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }
}
