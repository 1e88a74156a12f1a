package dev.parley.benchmarks;

import dev.parley.app.ExecutedBlock;
import dev.parley.app.Executor;
import dev.parley.app.ExecutorSettings;
import dev.parley.app.Outcome;
import dev.parley.consensus.DecidedBlock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Execution of blocks of 1,000 commands, per command: sessions, the application, the tree of results, the root. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Workload.BLOCK)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else.
public class ExecutorBenchmark {
    private final Executor<byte[], Long, Long> executor = new Executor<>(Adder.APPLICATION, ExecutorSettings.DEFAULT);
    private final Workload workload = new Workload(16);
    private final Chain chain = new Chain();
    private DecidedBlock block;

    @Setup(Level.Invocation)
    public void decideBlock() {
        block = chain.next(workload.nextBatch());
    }

    @Benchmark
    public ExecutedBlock execute() {
        return executed();
    }

    /** What the validator does that answers the clients of the whole block. */
    @Benchmark
    public int executeAndProve() {
        ExecutedBlock executed = executed();
        int sum = 0;
        for (int i = 0; i < Workload.BLOCK; i++) {
            sum += executed.results().proof(i).index();
        }
        return sum;
    }

    private ExecutedBlock executed() {
        ExecutedBlock executed = executor.execute(block);
        Outcome last = executed.outcomes().getLast();
        if (last.code() != Outcome.Code.OK) {
            throw new IllegalStateException("a new command gives " + last);
        }
        return executed;
    }
}
