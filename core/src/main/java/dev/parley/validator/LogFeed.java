package dev.parley.validator;

import dev.parley.client.LogEntry;
import dev.parley.consensus.DecidedBlock;
import dev.parley.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/** Lets readers follow a validator's log: reads what is there and wakes those who wait for more. Thread-safe. */
final class LogFeed {
    private static final int BLOCKS_PER_READ = 64;
    private static final long BYTES_PER_READ = 4 << 20;

    private final Storage storage;
    private List<CompletableFuture<NotUsed>> waiting = new ArrayList<>();
    private long height;
    private @Nullable IllegalStateException over;

    LogFeed(Storage storage) {
        this.storage = storage;
        this.height = storage.lastHeight();
    }

    synchronized long height() {
        return height;
    }

    /** A block is durable and can be read. */
    void appended(DecidedBlock block) {
        reached(block.height());
    }

    /** The storage may have gone on from a snapshot: who waits for what is gone hears so. */
    void restored() {
        reached(storage.lastHeight());
    }

    private void reached(long newHeight) {
        List<CompletableFuture<NotUsed>> woken;
        synchronized (this) {
            height = newHeight;
            if (waiting.isEmpty()) {
                return;
            }
            woken = waiting;
            waiting = new ArrayList<>();
        }
        woken.forEach(reader -> reader.complete(NotUsed.getInstance()));
    }

    /** No block will come any more: who waits for one hears why. */
    void stop(String why) {
        IllegalStateException stopped = new IllegalStateException("the validator has stopped: " + why);
        List<CompletableFuture<NotUsed>> woken;
        synchronized (this) {
            over = stopped;
            woken = waiting;
            waiting = new ArrayList<>();
        }
        woken.forEach(reader -> reader.completeExceptionally(stopped));
    }

    Source<LogEntry, NotUsed> read(long fromHeight) {
        if (fromHeight < 1) {
            throw new IllegalArgumentException("the first entry has height 1, not " + fromHeight);
        }
        return Source.unfoldAsync(fromHeight, this::next).mapConcat(entries -> entries);
    }

    private CompletionStage<Optional<Pair<Long, List<LogEntry>>>> next(long from) {
        return whenThere(from).thenApply(there -> {
            if (from < storage.firstHeight()) {
                throw new IllegalArgumentException("entry " + from
                        + " is pruned; this validator keeps the log from height " + storage.firstHeight() + " on");
            }
            List<LogEntry> entries = storage.read(from, BLOCKS_PER_READ, BYTES_PER_READ).stream()
                    .map(LogEntry::of)
                    .toList();
            return Optional.of(Pair.create(from + entries.size(), entries));
        });
    }

    private synchronized CompletableFuture<NotUsed> whenThere(long wanted) {
        if (over != null) {
            return CompletableFuture.failedFuture(over);
        }
        if (wanted <= height) {
            return CompletableFuture.completedFuture(NotUsed.getInstance());
        }
        CompletableFuture<NotUsed> reader = new CompletableFuture<>();
        waiting.add(reader);
        return reader;
    }
}
