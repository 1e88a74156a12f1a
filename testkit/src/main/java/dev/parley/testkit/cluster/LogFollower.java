package dev.parley.testkit.cluster;

import dev.parley.client.LogEntry;
import dev.parley.client.ReplicatedLog;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/** Reads one validator's log as it grows, over all its lives: each height once, in order. For one thread, but for what it is told. */
final class LogFollower {
    private final ReplicatedLog log;
    private final ActorSystem<?> system;
    private final Consumer<LogEntry> told;
    private final AtomicLong next = new AtomicLong(1);
    private final AtomicBoolean reading = new AtomicBoolean();
    private @Nullable UniqueKillSwitch stop;

    LogFollower(ReplicatedLog log, ActorSystem<?> system, Consumer<LogEntry> told) {
        this.log = log;
        this.system = system;
        this.told = told;
    }

    /** The height that it has read up to. */
    long height() {
        return next.get() - 1;
    }

    /** Reads on, where it does not read. */
    void read() {
        if (reading.compareAndSet(false, true)) {
            Source<LogEntry, NotUsed> entries = log.read(next.get());
            var running = entries.viaMat(KillSwitches.single(), Keep.right())
                    .toMat(
                            Sink.foreach(entry -> {
                                if (entry.height() == next.get()) {
                                    told.accept(entry);
                                    next.incrementAndGet();
                                }
                            }),
                            Keep.both())
                    .run(system);
            stop = running.first();
            running.second().whenComplete((done, failure) -> reading.set(false));
        }
    }

    void stop() {
        if (stop != null) {
            stop.shutdown();
        }
    }
}
