package dev.parley.benchmarks;

import dev.parley.app.SessionTable;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Whether a command is new, and remembering it: per command, in blocks of 1,000. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Workload.BLOCK)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up before anything else.
public class SessionTableBenchmark {
    @Param({"1", "1000"})
    public int clients;

    private final SessionTable table = new SessionTable();
    private Workload workload;
    private CommandBatch batch;
    private long height;

    @Setup
    public void begin() {
        workload = new Workload(clients);
    }

    @Setup(Level.Invocation)
    public void makeCommands() {
        batch = workload.nextBatch();
    }

    @Benchmark
    public int statusAndRecord() {
        height++;
        long timeMillis = batch.timeMillis();
        table.advance(timeMillis);
        List<Command> commands = batch.commands();
        for (int i = 0; i < commands.size(); i++) {
            Command command = commands.get(i);
            SessionTable.Status status = table.status(command.id(), command.expiresAtMillis(), timeMillis);
            if (!(status instanceof SessionTable.Status.Fresh)) {
                throw new IllegalStateException("a new command is " + status);
            }
            table.record(command.id(), command.expiresAtMillis(), height, i);
        }
        return table.size();
    }
}
