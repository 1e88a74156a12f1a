package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.network.cluster.ClusterSettings;
import dev.parley.network.links.LinksSettings;
import dev.parley.testkit.cluster.ClusterLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {
    @TempDir
    Path folder;

    private Path laidOut(String... further) {
        Path cluster = folder.resolve("cluster");
        StringWriter err = new StringWriter();
        String[] words = Stream.concat(Stream.of("init", "--dir", cluster.toString()), Stream.of(further))
                .toArray(String[]::new);
        assertThat(ParleyCommand.commandLine(Screen.plain(new StringWriter(), err))
                        .execute(words))
                .as(err::toString)
                .isZero();
        return cluster;
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static List<Path> privateKeys(Path cluster) throws IOException {
        try (Stream<Path> files = Files.walk(cluster)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return Files.readString(file).contains("PRIVATE KEY");
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    })
                    .toList();
        }
    }

    @Test
    void each_validator_gets_a_certificate_of_one_authority_whose_key_nobody_has() throws Exception {
        Path cluster = laidOut("--network", "cluster");
        X509Certificate authority = certificate(cluster.resolve("0").resolve("tls-authority.pem"));
        assertThat(authority.getBasicConstraints()).isZero();
        for (int i = 0; i < 4; i++) {
            Path own = cluster.resolve(Integer.toString(i));
            X509Certificate certificate = certificate(own.resolve("tls.pem"));
            certificate.verify(authority.getPublicKey());
            certificate.checkValidity();
            assertThat(certificate.getBasicConstraints())
                    .as("it can sign for nobody")
                    .isEqualTo(-1);
            assertThat(certificate(own.resolve("tls-authority.pem"))).isEqualTo(authority);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.resolve("tls.key"))))
                    .isEqualTo("rw-------");
            ClusterSettings.Tls tls = Objects.requireNonNull(
                    ClusterSettings.of(ClusterLayout.node(own)).tls());
            assertThat(tls.key()).isEqualTo(own.toAbsolutePath().resolve("tls.key"));
        }
        assertThat(privateKeys(cluster)).hasSize(4).allMatch(file -> file.endsWith("tls.key"));
    }

    @Test
    void tls_is_left_out_on_demand() throws Exception {
        Path cluster = laidOut("--network", "cluster", "--no-tls");
        assertThat(privateKeys(cluster)).isEmpty();
        assertThat(ClusterSettings.of(ClusterLayout.node(cluster.resolve("0"))).tls())
                .isNull();
    }

    @Test
    void links_need_the_validators_keys_alone_and_are_always_encrypted() throws Exception {
        Path cluster = laidOut();
        assertThat(privateKeys(cluster)).isEmpty();
        assertThat(LinksSettings.of(ClusterLayout.node(cluster.resolve("0"))).addresses())
                .hasSize(4);
        StringWriter err = new StringWriter();
        assertThat(ParleyCommand.commandLine(Screen.plain(new StringWriter(), err))
                        .execute("init", "--dir", folder.resolve("plain").toString(), "--no-tls"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--no-tls is for --network cluster");
    }
}
