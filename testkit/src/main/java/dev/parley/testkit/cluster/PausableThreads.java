package dev.parley.testkit.cluster;

import dev.parley.validator.NodeThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.dispatch.ExecutorServiceFactoryProvider;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import scala.concurrent.duration.FiniteDuration;

/**
 * Lets one life of a validator pause among others that go on, as {@code SIGSTOP} does. It has no threads of its own: what it does is run by those that
 * all validators share, task by task, and while it is paused its tasks are put aside instead, so that no thread waits. Thread-safe.
 */
final class PausableThreads {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rests = lock.newCondition();
    private final Lane actors;
    private final Lane verification;
    private final Lane storage;
    private final NodeThreads threads;
    private int running;
    private boolean paused;
    private boolean ended;

    /** @param life of what, unique in the system */
    PausableThreads(ActorSystem<?> system, String life) {
        NodeThreads shared = NodeThreads.of(system);
        actors = new Lane(system.dispatchers().lookup(shared.actors()));
        verification = new Lane(shared.verification());
        storage = new Lane(shared.storage());
        String id = "parley-pausable-" + life;
        Dispatchers dispatchers = Adapter.toClassic(system).dispatchers();
        if (!dispatchers.registerConfigurator(id, new PausableDispatcher(dispatchers, id, actors))) {
            throw new IllegalArgumentException("there are threads for " + life + " already");
        }
        threads = new NodeThreads(DispatcherSelector.fromConfig(id), verification, storage, this::end);
    }

    /** For the node that is to pause. */
    NodeThreads threads() {
        return threads;
    }

    /**
     * When this returns, the validator does nothing, until {@link #resume}; what it was doing it has done.
     *
     * @param limit for what it was doing
     * @return whether it came to rest; else it goes on
     */
    boolean pause(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            paused = !ended;
            while (running > 0 && left > 0) {
                left = rests.awaitNanos(left);
            }
            if (running == 0) {
                return true;
            }
        } finally {
            lock.unlock();
        }
        resume();
        return false;
    }

    /** It goes on with all that was put aside. */
    void resume() {
        lock.lock();
        try {
            paused = false;
        } finally {
            lock.unlock();
        }
        for (Lane lane : List.of(actors, verification, storage)) {
            lane.takeUp();
        }
    }

    /** Its actors run, to end; nothing else does any more. */
    private void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        resume();
    }

    /** The way of tasks of one kind to the threads that run them. */
    private final class Lane implements Executor {
        private final Executor shared;
        private final ArrayDeque<Runnable> aside = new ArrayDeque<>();

        private Lane(Executor shared) {
            this.shared = shared;
        }

        @Override
        public void execute(Runnable task) {
            shared.execute(() -> run(task));
        }

        private void run(Runnable task) {
            if (begins(task)) {
                try {
                    task.run();
                } finally {
                    isDone();
                }
            }
        }

        private boolean begins(Runnable task) {
            lock.lock();
            try {
                if (paused) {
                    aside.add(task);
                    return false;
                }
                if (ended && this != actors) {
                    return false;
                }
                running++;
                return true;
            } finally {
                lock.unlock();
            }
        }

        private void isDone() {
            lock.lock();
            try {
                if (--running == 0) {
                    rests.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        private void takeUp() {
            List<Runnable> tasks;
            lock.lock();
            try {
                tasks = List.copyOf(aside);
                aside.clear();
            } finally {
                lock.unlock();
            }
            tasks.forEach(this::execute);
        }
    }

    /** As the dispatcher that validators' actors share, but that actors run in a lane. */
    private static final class PausableDispatcher extends MessageDispatcherConfigurator {
        private final MessageDispatcher dispatcher;

        private PausableDispatcher(Dispatchers dispatchers, String id, Lane lane) {
            super(dispatchers.config(id, dispatchers.config(NodeThreads.ACTORS)), dispatchers.prerequisites());
            ExecutorServiceFactoryProvider inLane = (name, threads) -> () -> new InLane(lane);
            dispatcher = new Dispatcher(
                    this,
                    id,
                    config().getInt("throughput"),
                    nanos("throughput-deadline-time"),
                    inLane,
                    nanos("shutdown-timeout"));
        }

        private FiniteDuration nanos(String setting) {
            return scala.concurrent.duration.Duration.fromNanos(
                    config().getDuration(setting).toNanos());
        }

        @Override
        public MessageDispatcher dispatcher() {
            return dispatcher;
        }
    }

    /** A dispatcher wants a pool that can be shut down; there is nothing to shut down here. */
    private static final class InLane extends AbstractExecutorService {
        private final Lane lane;
        private volatile boolean shutdown;

        private InLane(Lane lane) {
            this.lane = lane;
        }

        @Override
        public void execute(Runnable task) {
            lane.execute(task);
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
