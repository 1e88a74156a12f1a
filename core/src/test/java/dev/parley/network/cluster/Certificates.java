package dev.parley.network.cluster;

import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** An authority that lives for one test, and what it signs, as PEM files. */
final class Certificates {
    private final Path folder;
    private final KeyPair authority;
    private final X500Name name = new X500Name("CN=throwaway authority");
    private int serial;

    Certificates(Path folder) throws GeneralSecurityException, IOException, OperatorCreationException {
        this.folder = Files.createDirectories(folder);
        this.authority = newKey();
        write(authorityFile(), "CERTIFICATE", sign(name, authority, true).getEncoded());
    }

    Path authorityFile() {
        return folder.resolve("authority.pem");
    }

    /** A key and a certificate for it: {@code name.key.pem} and {@code name.pem}. */
    ClusterSettings.Tls issue(String file) throws GeneralSecurityException, IOException, OperatorCreationException {
        KeyPair key = newKey();
        Path keyFile = folder.resolve(file + ".key.pem");
        Path certificate = folder.resolve(file + ".pem");
        write(keyFile, "PRIVATE KEY", key.getPrivate().getEncoded());
        write(
                certificate,
                "CERTIFICATE",
                sign(new X500Name("CN=parley"), key, false).getEncoded());
        return new ClusterSettings.Tls(keyFile, certificate, authorityFile());
    }

    private X509CertificateHolder sign(X500Name subject, KeyPair key, boolean mayIssue)
            throws IOException, OperatorCreationException {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.valueOf(++serial),
                        Date.from(now.minus(Duration.ofDays(1))),
                        Date.from(now.plus(Duration.ofDays(1))),
                        subject,
                        key.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(mayIssue))
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(authority.getPrivate()));
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static void write(Path file, String type, byte[] content) throws IOException {
        try (Writer out = Files.newBufferedWriter(file);
                PemWriter pem = new PemWriter(out)) {
            pem.writeObject(new PemObject(type, content));
        }
    }
}
