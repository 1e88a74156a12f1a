package dev.parley.benchmarks;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Ed25519;
import dev.parley.hotstuff.HotStuffMessage.Advance;
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

/** Verification of one QC: 3 signatures of 4 validators, 21 of 31. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up before anything else.
public class CertificateBenchmark {
    /**
     * Taken in turn, none is remembered when its turn comes again: the verifier remembers 256 in places given by their hashes, and
     * of eight for each place hardly one has its place to itself.
     */
    private static final int CERTIFICATES = 2048;

    private static final ValidatorId SENDER = new ValidatorId(1);

    @Param({"4", "31"})
    public int validators;

    private final Advance[] messages = new Advance[CERTIFICATES];
    private MessageVerifier verifier;
    private int turn;

    @Setup
    public void makeCertificates() {
        Validators all = new Validators(validators, Ed25519.fastest());
        verifier = new HotStuffProtocol(HotStuffSettings.DEFAULTS).createVerifier(all.setup(0));
        for (int i = 0; i < CERTIFICATES; i++) {
            BlockId block = new BlockId(Digest.sha256(new byte[] {(byte) i, (byte) (i >>> 8)}));
            messages[i] = new Advance(all.qc(1 + i, block), null);
        }
    }

    @Benchmark
    public void verifyNew() {
        turn = (turn + 1) % CERTIFICATES;
        requireValid(messages[turn]);
    }

    @Benchmark
    public void verifyRemembered() {
        requireValid(messages[0]);
    }

    /** The outcome decides whether to throw, so that no work can be left out. */
    private void requireValid(Advance message) {
        Refusal refusal = verifier.verify(SENDER, message);
        if (refusal != null) {
            throw new IllegalStateException("a good QC is refused: " + refusal);
        }
    }
}
