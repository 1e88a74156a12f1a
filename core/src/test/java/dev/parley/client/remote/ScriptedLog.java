package dev.parley.client.remote;

import dev.parley.client.CommandReceipt;
import dev.parley.client.LogEntry;
import dev.parley.client.ReplicatedLog;
import dev.parley.log.Command;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/** A log that does what its test says. Thread-safe. */
final class ScriptedLog implements ReplicatedLog {
    /** What failures are to come; after them everything is receipted. */
    private final Queue<RuntimeException> failures = new ArrayDeque<>();

    private final List<CompletableFuture<CommandReceipt>> held = new CopyOnWriteArrayList<>();
    private final List<Command> appended = new CopyOnWriteArrayList<>();
    private boolean holding;
    private List<LogEntry> entries = List.of();

    @Override
    public synchronized CompletionStage<CommandReceipt> append(Command command) {
        appended.add(command);
        RuntimeException failure = failures.poll();
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        if (holding) {
            CompletableFuture<CommandReceipt> later = new CompletableFuture<>();
            held.add(later);
            return later;
        }
        return CompletableFuture.completedFuture(Frames.receipt(command.id().sequence()));
    }

    @Override
    public synchronized Source<LogEntry, NotUsed> read(long fromHeight) {
        if (fromHeight < firstHeight()) {
            throw new IllegalArgumentException("entry " + fromHeight + " is pruned");
        }
        int index = (int) (fromHeight - firstHeight());
        return Source.from(entries.subList(Math.min(index, entries.size()), entries.size()))
                .concat(Source.never());
    }

    @Override
    public synchronized long height() {
        return entries.isEmpty() ? 0 : entries.getLast().height();
    }

    synchronized void fail(RuntimeException next) {
        failures.add(next);
    }

    /** Answers nothing until {@link #release}. */
    synchronized void hold() {
        holding = true;
    }

    synchronized void release() {
        holding = false;
        held.forEach(later -> later.complete(Frames.receipt(1)));
        held.clear();
    }

    synchronized void show(List<LogEntry> all) {
        entries = List.copyOf(all);
    }

    synchronized int held() {
        return held.size();
    }

    synchronized List<Command> appended() {
        return List.copyOf(appended);
    }

    private long firstHeight() {
        return entries.isEmpty() ? 1 : entries.getFirst().height();
    }
}
