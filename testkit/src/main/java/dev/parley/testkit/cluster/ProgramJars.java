package dev.parley.testkit.cluster;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** A class path with jars in the place of folders with classes, as builds have them when they run tests: a virtual machine keeps code of jars alone. */
final class ProgramJars {
    private ProgramJars() {}

    static boolean hasFolder(String classPath) {
        return entries(classPath).stream().anyMatch(Files::isDirectory);
    }

    /**
     * Makes a jar of each folder. What does not exist is left out.
     *
     * @param directory where the jars go
     * @return the class path, in the same order
     */
    static String of(String classPath, Path directory) throws IOException {
        List<String> jars = new ArrayList<>();
        for (Path entry : entries(classPath)) {
            if (Files.isDirectory(entry)) {
                Path jar = directory.resolve(jars.size() + ".jar");
                pack(entry, jar);
                jars.add(jar.toString());
            } else if (Files.exists(entry)) {
                jars.add(entry.toString());
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    private static void pack(Path folder, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> all = Files.walk(folder)) {
            out.setLevel(0);
            for (Path path : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new ZipEntry(folder.relativize(path).toString().replace(File.separatorChar, '/')));
                Files.copy(path, out);
                out.closeEntry();
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
