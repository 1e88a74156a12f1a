package dev.parley.crypto;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Signs the certificates by which the validators of one cluster let each other connect, and nobody else. Its own key is in memory alone
 * and goes with it: whoever had it could let in anybody. Thread-safe.
 *
 * <p>Certificates share one subject name, as Pekko's remoting wants it, and name no validator: who speaks is proven by the validators' own
 * keys.
 */
public final class CertificateAuthority {
    private static final X500Name AUTHORITY = new X500Name("CN=parley authority");
    private static final X500Name NODE = new X500Name("CN=parley");
    private static final int SERIAL_BITS = 127;
    private static final int AUTHORITY_BITS = 256;
    /** Pekko's remoting (1.7.0) reads private keys of RSA alone. */
    private static final int RSA_BITS = 2048;
    /** Machines' clocks differ. */
    private static final Duration BEFORE = Duration.ofDays(1);

    private final SecureRandom random;
    private final KeyPair key;
    private final Instant from;
    private final Instant until;
    private final X509CertificateHolder certificate;

    private CertificateAuthority(Duration validity, SecureRandom random) {
        this.random = random;
        this.key = newKey("EC", AUTHORITY_BITS);
        this.from = Instant.now().minus(BEFORE);
        this.until = Instant.now().plus(validity);
        this.certificate =
                sign(AUTHORITY, key, new BasicConstraints(0), new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }

    /** @param validity of its own certificate and of all that it signs */
    public static CertificateAuthority create(Duration validity, SecureRandom random) {
        return new CertificateAuthority(validity, random);
    }

    /**
     * Writes its certificate as PEM.
     *
     * @throws IOException if there is such a file, or it cannot be written
     */
    public void save(Path file) throws IOException {
        Files.writeString(file, pem("CERTIFICATE", certificate.getEncoded()), StandardOpenOption.CREATE_NEW);
    }

    /**
     * Makes a key and signs a certificate for it.
     *
     * @param keyFile PKCS #8 as PEM, which its owner alone may read
     * @param certificateFile PEM
     * @throws IOException if there is such a certificate, or it cannot be written
     * @throws KeyFileException if there is such a key, or it cannot be written
     */
    public void issue(Path keyFile, Path certificateFile) throws IOException {
        KeyPair own = newKey("RSA", RSA_BITS);
        X509CertificateHolder signed =
                sign(NODE, own, new BasicConstraints(false), new KeyUsage(KeyUsage.digitalSignature));
        new SecretFile("TLS key", keyFile)
                .save(pem("PRIVATE KEY", own.getPrivate().getEncoded()));
        Files.writeString(certificateFile, pem("CERTIFICATE", signed.getEncoded()), StandardOpenOption.CREATE_NEW);
    }

    private X509CertificateHolder sign(X500Name subject, KeyPair of, BasicConstraints constraints, KeyUsage usage) {
        try {
            return new JcaX509v3CertificateBuilder(
                            AUTHORITY,
                            new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
                            Date.from(from),
                            Date.from(until),
                            subject,
                            of.getPublic())
                    .addExtension(Extension.basicConstraints, true, constraints)
                    .addExtension(Extension.keyUsage, true, usage)
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()));
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform signs with ECDSA", e);
        }
    }

    private KeyPair newKey(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    private static String pem(String type, byte[] content) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter pem = new PemWriter(text)) {
            pem.writeObject(new PemObject(type, content));
        }
        return text.toString();
    }
}
