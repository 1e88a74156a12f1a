package dev.parley.benchmarks;

import dev.parley.crypto.Digest;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One signature over a statement as long as a vote's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up before anything else.
public class SignatureBenchmark {
    @Param({"native", "java", "ideal"})
    public String scheme;

    private SignatureScheme signatures;
    private Signer signer;
    private byte[] statement;
    private Signature signature;

    @Setup
    public void makeKeys() {
        signatures = schemeNamed(scheme);
        signer = signatures.signer(new byte[Ed25519.SECRET_BYTES]);
        statement = new SigningDomain("benchmark", 0).kind("vote").statement(out -> Digest.ZERO.write(out.i64(1)));
        signature = signer.sign(statement);
    }

    @Benchmark
    public Signature sign() {
        return signer.sign(statement);
    }

    @Benchmark
    public boolean verify() {
        if (!signatures.verify(signer.publicKey(), statement, signature)) {
            throw new IllegalStateException("a good signature is refused");
        }
        return true;
    }

    /**
     * @param name {@code native} falls back to Java where the native library does not load
     * @throws IllegalArgumentException if there is no such scheme
     */
    static SignatureScheme schemeNamed(String name) {
        return switch (name) {
            case "native" -> Ed25519.fastest();
            case "java" -> Ed25519.pureJava();
            case "ideal" -> new IdealSignatures();
            default -> throw new IllegalArgumentException("a scheme is native, java or ideal, not " + name);
        };
    }
}
