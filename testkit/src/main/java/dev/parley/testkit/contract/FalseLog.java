package dev.parley.testkit.contract;

import dev.parley.app.Outcome;
import dev.parley.client.BusyException;
import dev.parley.client.CommandReceipt;
import dev.parley.client.LogEntry;
import dev.parley.client.RefusedException;
import dev.parley.client.ReplicatedLog;
import dev.parley.log.Command;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/** A validator that does its part among validators and fails its clients. Thread-safe. */
final class FalseLog implements ReplicatedLog {
    /** How. */
    enum Lie {
        SILENT,
        /** Has the command ordered, and tells another result with the certificate of the true one. */
        ANOTHER_RESULT,
        /** Says that the command can never be ordered. */
        REFUSED,
        BUSY
    }

    private final ReplicatedLog honest;
    private final Lie lie;
    private final AtomicInteger asked = new AtomicInteger();

    FalseLog(ReplicatedLog honest, Lie lie) {
        this.honest = honest;
        this.lie = lie;
    }

    int timesAsked() {
        return asked.get();
    }

    @Override
    public CompletionStage<CommandReceipt> append(Command command) {
        asked.incrementAndGet();
        return switch (lie) {
            case SILENT -> new CompletableFuture<>();
            case ANOTHER_RESULT ->
                honest.append(command)
                        .thenApply(receipt -> new CommandReceipt(
                                new Outcome(Outcome.Code.OK, new byte[] {'9', '9'}),
                                receipt.proof(),
                                receipt.certificate()));
            case REFUSED -> CompletableFuture.failedFuture(new RefusedException("I do not like it"));
            case BUSY -> CompletableFuture.failedFuture(new BusyException(Duration.ofMillis(1)));
        };
    }

    @Override
    public Source<LogEntry, NotUsed> read(long fromHeight) {
        return honest.read(fromHeight);
    }

    @Override
    public long height() {
        return honest.height();
    }
}
