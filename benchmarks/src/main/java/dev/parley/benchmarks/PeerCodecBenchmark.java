package dev.parley.benchmarks;

import dev.parley.codec.MalformedException;
import dev.parley.crypto.Ed25519;
import dev.parley.hotstuff.HotStuffProtocol;
import dev.parley.hotstuff.HotStuffSettings;
import dev.parley.log.CommandBatch;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A HotStuff proposal of 1,000 commands among four validators as it goes over a wire, per command. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Workload.BLOCK)
public class PeerCodecBenchmark {
    private final Validators validators = new Validators(4, Ed25519.fastest());
    private final PeerCodec codec = new PeerCodec(
            new HotStuffProtocol(HotStuffSettings.DEFAULTS).createCodec(validators.setup(0)), CommandBatch::read);
    private final PeerMessage proposal = new PeerMessage.Consensus(validators.proposal(new Workload(16).nextBatch()));
    private final byte[] frame = codec.encode(proposal);

    @Benchmark
    public byte[] encodeProposal() {
        return codec.encode(proposal);
    }

    /** With the hash of each command and of the block, which reading computes. */
    @Benchmark
    public PeerMessage decodeProposal() throws MalformedException {
        return codec.decode(frame);
    }
}
