package dev.parley.testkit.cluster;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A class path of jars that a virtual machine keeps the code of: it does so of jars alone, where builds run tests from folders with classes, and of
 * none that is signed, since it has the signature to verify at each start. That of the libraries for cryptography takes a start half a second and more.
 */
final class ProgramJars {
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");

    /** Oracle's own builds take providers of cipher algorithms from signed jars alone; others do not look. */
    private static final boolean SIGNATURES_COUNT =
            System.getProperty("java.vendor", "").startsWith("Oracle");

    private interface Content {
        void writeTo(JarOutputStream out) throws IOException;
    }

    private ProgramJars() {}

    static boolean hasFolder(String classPath) {
        return entries(classPath).stream().anyMatch(Files::isDirectory);
    }

    /**
     * Makes a jar of each folder, and a copy without the signature of each signed jar, unless it is there. What does not exist is left out.
     *
     * @param directory where the jars go
     * @return the class path, in the same order
     */
    static String of(String classPath, Path directory) throws IOException {
        List<String> jars = new ArrayList<>();
        for (Path entry : entries(classPath)) {
            Path made = directory.resolve(jars.size() + "-" + entry.getFileName());
            if (Files.isDirectory(entry)) {
                Path jar = made.resolveSibling(made.getFileName() + ".jar");
                make(jar, entry, out -> pack(entry, out));
                jars.add(jar.toString());
            } else if (isSigned(entry)) {
                make(made, entry, out -> copyUnsigned(entry, out));
                jars.add(made.toString());
            } else if (Files.exists(entry)) {
                jars.add(entry.toString());
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    /** Whole or not at all, and as old as what it is made of: by its age kept code knows a jar, and this whether it is the right one. */
    private static void make(Path jar, Path source, Content content) throws IOException {
        FileTime age = Files.getLastModifiedTime(source);
        if (Files.exists(jar) && Files.getLastModifiedTime(jar).equals(age)) {
            return;
        }
        Files.createDirectories(jar.toAbsolutePath().getParent());
        Path beside = jar.resolveSibling(
                jar.getFileName() + "." + ProcessHandle.current().pid());
        try {
            try (OutputStream file = Files.newOutputStream(beside);
                    JarOutputStream out = new JarOutputStream(file)) {
                out.setLevel(0);
                content.writeTo(out);
            }
            Files.setLastModifiedTime(beside, age);
            Files.move(beside, jar, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void pack(Path folder, JarOutputStream out) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new ZipEntry(folder.relativize(path).toString().replace(File.separatorChar, '/')));
                Files.copy(path, out);
                out.closeEntry();
            }
        }
    }

    private static boolean isSigned(Path entry) throws IOException {
        if (SIGNATURES_COUNT || !Files.isRegularFile(entry)) {
            return false;
        }
        try (ZipFile jar = new ZipFile(entry.toFile())) {
            return jar.stream().anyMatch(ProgramJars::isSignature);
        } catch (ZipException e) {
            // The virtual machine finds nothing in it either.
            return false;
        }
    }

    private static boolean isSignature(ZipEntry entry) {
        return SIGNATURE.matcher(entry.getName()).matches();
    }

    /** The manifest's main attributes stay; the rest of it is a hash of each entry. */
    private static void copyUnsigned(Path signed, JarOutputStream out) throws IOException {
        try (JarFile jar = new JarFile(signed.toFile(), false)) {
            Manifest manifest = new Manifest();
            manifest.getMainAttributes().putAll(jar.getManifest().getMainAttributes());
            out.putNextEntry(new ZipEntry(JarFile.MANIFEST_NAME));
            manifest.write(out);
            out.closeEntry();
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (!entry.getName().equals(JarFile.MANIFEST_NAME) && !isSignature(entry)) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    try (InputStream content = jar.getInputStream(entry)) {
                        content.transferTo(out);
                    }
                    out.closeEntry();
                }
            }
        }
    }

    private static List<Path> entries(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator, -1))
                .map(Path::of)
                .map(Path::toAbsolutePath)
                .toList();
    }
}
