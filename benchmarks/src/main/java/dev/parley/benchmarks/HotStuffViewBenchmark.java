package dev.parley.benchmarks;

import dev.parley.hotstuff.HotStuffProtocol;
import dev.parley.hotstuff.HotStuffSettings;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One view of all four validators in one thread: a proposal to all, four votes, a QC, a decision everywhere. With ideal signatures it
 * is what the rules cost, with real ones what a block costs four validators before anything is stored or executed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up before anything else.
public class HotStuffViewBenchmark {
    @Param({"native", "java", "ideal"})
    public String scheme;

    private Cores cores;

    @Setup
    public void start() {
        Validators validators = new Validators(4, SignatureBenchmark.schemeNamed(scheme));
        cores = new Cores(new HotStuffProtocol(HotStuffSettings.DEFAULTS), validators, new Workload(16).nextBatch());
    }

    @Benchmark
    public long view() {
        return cores.decideOneMore();
    }
}
