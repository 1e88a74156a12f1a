package dev.parley.benchmarks;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.mempool.Admission;
import dev.parley.mempool.Mempool;
import dev.parley.mempool.MempoolSettings;
import dev.parley.mempool.Verdict;
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

/**
 * The way of a command through the pool of the validator that proposes it, in blocks of 1,000: admitted, put into a payload, checked,
 * decided. Per command; the commands and their hashes are there before.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Workload.BLOCK)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else.
public class MempoolBenchmark {
    private final Mempool pool = new Mempool(MempoolSettings.of(4));
    private final Workload workload = new Workload(16);
    private final Chain chain = new Chain();
    private CommandBatch offered;
    private BlockId parent;
    private DecidedBlock block;

    @Setup(Level.Invocation)
    public void makeCommands() {
        offered = workload.nextBatch();
        parent = chain.tip();
        block = chain.next(offered);
    }

    @Benchmark
    public int admitBuildCheckAndDecided() {
        long nowMillis = offered.timeMillis();
        for (Command command : offered.commands()) {
            Admission admission = pool.admit(command, null, nowMillis);
            if (!(admission instanceof Admission.Accepted)) {
                throw new IllegalStateException("the pool answers " + admission);
            }
        }
        CommandBatch built = pool.build(parent, nowMillis, false).orElseThrow();
        Verdict verdict = pool.check(block.id(), parent, built, nowMillis);
        if (built.commands().size() != Workload.BLOCK || !(verdict instanceof Verdict.Accepted)) {
            throw new IllegalStateException("a payload of " + built + " is " + verdict);
        }
        pool.decided(block.id(), built, block.height());
        return pool.size();
    }
}
