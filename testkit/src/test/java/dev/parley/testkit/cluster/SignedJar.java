package dev.parley.testkit.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** What looks like a signed jar. */
final class SignedJar {
    private SignedJar() {}

    static Path make(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
        manifest.getMainAttributes().putValue("Multi-Release", "true");
        manifest.getEntries()
                .computeIfAbsent("a/One.class", name -> new Attributes())
                .putValue("SHA-256-Digest", "of it");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (String name :
                    List.of("META-INF/SIGNER.SF", "META-INF/SIGNER.RSA", "META-INF/services/x", "a/One.class")) {
                out.putNextEntry(new ZipEntry(name));
                out.write(name.getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }
}
