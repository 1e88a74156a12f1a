package dev.parley.benchmarks;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.log.CommandBatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A payload of 1,000 commands, per command. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Workload.BLOCK)
public class CommandBatchBenchmark {
    private final CommandBatch batch = new Workload(16).nextBatch();
    private final byte[] bytes = written();

    @Benchmark
    public byte[] encode() {
        return written();
    }

    @Benchmark
    public CommandBatch decode() throws MalformedException {
        return CommandBatch.read(new BinaryReader(bytes));
    }

    /** What a validator does that saw none of the commands before the block came. */
    @Benchmark
    public Digest decodeAndDigest() throws MalformedException {
        return CommandBatch.read(new BinaryReader(bytes)).digest();
    }

    /** What a leader does: the commands' own hashes are known. */
    @Benchmark
    public Digest digestOfKnownCommands() {
        return new CommandBatch(batch.timeMillis(), batch.commands()).digest();
    }

    private byte[] written() {
        BinaryWriter out = new BinaryWriter(batch.sizeBytes());
        batch.write(out);
        return out.toByteArray();
    }
}
