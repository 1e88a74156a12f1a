package dev.parley.benchmarks;

import dev.parley.app.ExecutedBlock;
import dev.parley.app.Executor;
import dev.parley.app.ExecutorSettings;
import dev.parley.app.Outcome;
import dev.parley.app.ResultProof;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The tree over a block's 1,000 results and the verification of proofs from it, per command. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Workload.BLOCK)
public class ResultTreeBenchmark {
    private final ExecutedBlock block = new Executor<>(Adder.APPLICATION, ExecutorSettings.DEFAULT)
            .execute(new Chain().next(new Workload(16).nextBatch()));
    private final byte[][] received = writtenProofs();

    @Benchmark
    public Digest tree() {
        return block.results().items().root();
    }

    /** What a client does for each receipt, besides the certificate: a proof that comes by itself, read and followed to the root. */
    @Benchmark
    public int readAndVerify() throws MalformedException {
        for (int i = 0; i < Workload.BLOCK; i++) {
            ResultProof proof = ResultProof.read(new BinaryReader(received[i]));
            Digest command = block.commands().get(i).digest();
            Outcome outcome = block.outcomes().get(i);
            if (!proof.proves(block.results().resultsRoot(), Workload.BLOCK, command, outcome)) {
                throw new IllegalStateException("the proof of command " + i + " does not hold");
            }
        }
        return received.length;
    }

    private byte[][] writtenProofs() {
        byte[][] proofs = new byte[Workload.BLOCK][];
        for (int i = 0; i < proofs.length; i++) {
            BinaryWriter out = new BinaryWriter(1024);
            block.results().proof(i).write(out);
            proofs[i] = out.toByteArray();
        }
        return proofs;
    }
}
