package dev.parley.benchmarks.networks;

import dev.parley.benchmarks.networks.Place.Kind;
import dev.parley.benchmarks.peers.ChildProcess;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import dev.parley.testkit.cluster.FreePorts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Two processes that reach each other over one network after the other: how long 256 bytes take there and back, how much passes in frames of 64 KiB, and what a
 * megabyte costs.
 */
public final class NetworkComparison implements Network.BottomlessInbox {
    private static final ValidatorId SELF = new ValidatorId(0);
    private static final ValidatorId OTHER = new ValidatorId(1);
    private static final int SMALL_BYTES = 256;
    /** With what is around it still a frame of 64 KiB. */
    private static final int LARGE_BYTES = (64 << 10) - 128;

    private static final long UNDER_WAY_BYTES = 4 << 20;
    private static final long WARM_UP_SECONDS = 6;
    private static final long SECONDS = 5;
    private static final long LOOK_AGAIN_NANOS = 20_000;
    private static final double MEGABYTE = 1e6;

    private final Place place;
    private final Network.Link link;
    private final PeerMessage small = Place.message(SMALL_BYTES);
    private final AtomicLong counted = new AtomicLong();
    private volatile Histogram trips = histogram();
    private volatile boolean playing;
    private volatile long served;

    private NetworkComparison(Place place) {
        this.place = place;
        this.link = place.network().join(SELF, this);
    }

    private static Histogram histogram() {
        return new Histogram(3);
    }

    /** @param words how many rounds; 3 without any */
    public static void main(String[] words) throws IOException, InterruptedException {
        int rounds = words.length == 0 ? 3 : Integer.parseInt(words[0]);
        Path folder = Files.createTempDirectory("parley-networks");
        Place.certificates(folder);
        System.out.printf(
                "%-12s %5s %12s %12s %10s %12s%n", "network", "round", "256 B p50 µs", "p99 µs", "MB/s", "CPU ms/MB");
        for (int round = 1; round <= rounds; round++) {
            for (Kind kind : Kind.values()) {
                compare(kind, round, folder);
            }
        }
    }

    private static void compare(Kind kind, int round, Path folder) throws IOException, InterruptedException {
        List<Integer> ports = FreePorts.take(2);
        List<Integer> all = List.of(ports.get(0), ports.get(1), 1, 2);
        try (Place place = Place.open(kind, 0, all, folder);
                ChildProcess other = new ChildProcess(
                        EchoProcess.class,
                        folder.resolve("log"),
                        List.of(
                                kind.name(),
                                ports.get(0).toString(),
                                ports.get(1).toString(),
                                folder.toString()))) {
            other.await("ready");
            NetworkComparison own = new NetworkComparison(place);
            own.play(WARM_UP_SECONDS);
            Histogram trips = own.play(SECONDS);
            own.stream(WARM_UP_SECONDS);
            Duration before = cpu().plus(other.cpu());
            double megabytes = own.stream(SECONDS) / MEGABYTE;
            double cpu = cpu().plus(other.cpu()).minus(before).toNanos() / 1e6;
            System.out.printf(
                    Locale.ROOT,
                    "%-12s %5d %12.0f %12.0f %10.0f %12.2f%n",
                    kind.name().toLowerCase(Locale.ROOT),
                    round,
                    trips.getValueAtPercentile(50) / 1e3,
                    trips.getValueAtPercentile(99) / 1e3,
                    megabytes / SECONDS,
                    cpu / megabytes);
        }
    }

    /** One message there and back after the other. */
    private Histogram play(long seconds) throws InterruptedException {
        trips = histogram();
        playing = true;
        serve();
        Thread.sleep(seconds * 1000);
        playing = false;
        return trips;
    }

    private void serve() {
        served = System.nanoTime();
        link.send(OTHER, small);
    }

    /** As many frames as go, with a bound on what is under way; how many bytes came. */
    private double stream(long seconds) {
        PeerMessage large = Place.message(LARGE_BYTES);
        int bytes = place.codec().encode(large).length;
        long end = System.nanoTime() + seconds * 1_000_000_000;
        long before = counted.get();
        while (System.nanoTime() < end) {
            if (place.network().outstandingBytes(OTHER) < UNDER_WAY_BYTES) {
                link.send(OTHER, large);
            } else {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
        }
        return (double) (counted.get() - before) * bytes;
    }

    @Override
    public void deliver(ValidatorId from, PeerMessage message) {
        throw new IllegalStateException("only bytes come from a network");
    }

    @Override
    public void deliverFrame(ValidatorId from, byte[] frame) {
        try {
            if (place.codec().decode(frame) instanceof PeerMessage.StateVoteRequest(long count)) {
                counted.set(count);
            } else if (playing) {
                trips.recordValue(System.nanoTime() - served);
                serve();
            }
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Duration cpu() {
        return Duration.ofNanos(
                ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime());
    }
}
