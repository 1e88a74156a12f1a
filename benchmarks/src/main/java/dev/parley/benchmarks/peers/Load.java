package dev.parley.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Puts load on sessions by one thread, the same for all contenders. In a closed loop so many commands of each session are under way; in an
 * open one they are sent when they are due, and latency counts from then.
 */
final class Load implements AutoCloseable {
    private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final int MAX_OPEN_LOOP = 4000;
    /** Between two polls, where answers are polled for; else the one who takes an answer wakes the driver. */
    private static final long POLL_PARK_NANOS = 100_000;

    private static final long LONGEST_PARK_NANOS = 10_000_000;
    /** Where what is due is held back. */
    private static final long SHORTEST_PARK_NANOS = 10_000;

    private static final int SPINS = 50;

    /**
     * What one stretch of load is.
     *
     * @param outstanding of each session; in an open loop the most of all together
     * @param perSecond of all together, 0 for a closed loop
     */
    record Shape(String title, int sessions, int outstanding, double perSecond, double warmupSeconds, double seconds) {
        static Shape closed(String title, int sessions, int outstanding, double warmupSeconds, double seconds) {
            return new Shape(title, sessions, outstanding, 0, warmupSeconds, seconds);
        }

        static Shape open(String title, int sessions, double perSecond, double warmupSeconds, double seconds) {
            return new Shape(title, sessions, MAX_OPEN_LOOP / sessions, perSecond, warmupSeconds, seconds);
        }
    }

    /** What was measured of one stretch. */
    record Measured(long answered, double seconds, Histogram latencyNanos, int failed) {}

    /** One session and what of it is under way. */
    private final class Lane implements Session.Answers {
        private final AtomicInteger underWay = new AtomicInteger();

        @Override
        public void answered(long sentNanos) {
            underWay.decrementAndGet();
            latency.recordValue(Math.clamp(clock.getAsLong() - sentNanos, 0, MAX_LATENCY_NANOS));
            LockSupport.unpark(driver);
        }

        @Override
        public void failed(Throwable why) {
            underWay.decrementAndGet();
            if (failures.getAndIncrement() == 0) {
                why.printStackTrace();
            }
            LockSupport.unpark(driver);
        }
    }

    private final LongSupplier clock;
    private final Thread driver = Thread.currentThread();
    private final Recorder latency = new Recorder(MAX_LATENCY_NANOS, 3);
    private final AtomicInteger failures = new AtomicInteger();
    private final byte[] command;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();
    private final List<Session.Polled> polled = new ArrayList<>();

    /**
     * To be used by the thread that makes it alone.
     *
     * @param clock nanoseconds that pass, asked by any thread
     */
    Load(int sessionCount, int commandBytes, Function<Session.Answers, Session> connect, LongSupplier clock) {
        this.clock = clock;
        command = new byte[commandBytes];
        for (int i = 0; i < sessionCount; i++) {
            Lane lane = new Lane();
            lanes.add(lane);
            Session session = connect.apply(lane);
            sessions.add(session);
            if (session instanceof Session.Polled its) {
                polled.add(its);
            }
        }
    }

    /** @param begin run when the warm-up is over, {@code end} when what is measured is */
    Measured run(Shape shape, Runnable begin, Runnable end) {
        long start = clock.getAsLong();
        long measureFrom = start + (long) (shape.warmupSeconds() * 1e9);
        drive(shape, start, start, measureFrom);
        latency.reset();
        failures.set(0);
        begin.run();
        long from = clock.getAsLong();
        drive(shape, start, from, from + (long) (shape.seconds() * 1e9));
        Histogram histogram = latency.getIntervalHistogram();
        double seconds = (clock.getAsLong() - from) / 1e9;
        int failed = failures.get();
        end.run();
        drain();
        return new Measured(histogram.getTotalCount(), seconds, histogram, failed);
    }

    private long sentInOpenLoop;

    private void drive(Shape shape, long start, long from, long until) {
        double nanosBetween = shape.perSecond() == 0 ? 0 : 1e9 / shape.perSecond();
        if (from == start) {
            sentInOpenLoop = 0;
        }
        int idle = 0;
        for (long now = from; now < until; now = clock.getAsLong()) {
            int sent = nanosBetween == 0 ? fill(shape) : sendWhatIsDue(shape, start, nanosBetween, now);
            if (poll() + sent > 0) {
                idle = 0;
            } else if (++idle > SPINS) {
                park(nanosBetween == 0 ? until : Math.min(until, dueNanos(start, nanosBetween)));
            }
        }
    }

    private int poll() {
        int taken = 0;
        for (Session.Polled session : polled) {
            taken += session.poll();
        }
        return taken;
    }

    private void park(long untilNanos) {
        LockSupport.parkNanos(Math.clamp(
                untilNanos - clock.getAsLong(),
                SHORTEST_PARK_NANOS,
                polled.isEmpty() ? LONGEST_PARK_NANOS : POLL_PARK_NANOS));
    }

    private long dueNanos(long start, double nanosBetween) {
        return start + (long) (sentInOpenLoop * nanosBetween);
    }

    private int fill(Shape shape) {
        int sent = 0;
        for (int i = 0; i < shape.sessions(); i++) {
            Lane lane = lanes.get(i);
            while (lane.underWay.get() < shape.outstanding() && send(i, clock.getAsLong())) {
                sent++;
            }
        }
        return sent;
    }

    private int sendWhatIsDue(Shape shape, long start, double nanosBetween, long now) {
        int sent = 0;
        long due = dueNanos(start, nanosBetween);
        while (due <= now) {
            int lane = (int) (sentInOpenLoop % shape.sessions());
            if (lanes.get(lane).underWay.get() >= shape.outstanding() || !send(lane, due)) {
                return sent;
            }
            sent++;
            sentInOpenLoop++;
            due = dueNanos(start, nanosBetween);
        }
        return sent;
    }

    private boolean send(int lane, long sentNanos) {
        AtomicInteger underWay = lanes.get(lane).underWay;
        underWay.incrementAndGet();
        boolean taken = sessions.get(lane).offer(command, sentNanos);
        if (!taken) {
            underWay.decrementAndGet();
        }
        return taken;
    }

    private void drain() {
        long until = clock.getAsLong() + TimeUnit.SECONDS.toNanos(20);
        while (clock.getAsLong() < until && lanes.stream().anyMatch(lane -> lane.underWay.get() > 0)) {
            if (poll() == 0) {
                park(until);
            }
        }
    }

    @Override
    public void close() {
        sessions.forEach(Session::close);
    }
}
