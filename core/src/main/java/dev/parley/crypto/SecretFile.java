package dev.parley.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A small text of labelled lines that its owner alone may read, with complaints that name the file and never quote it. */
final class SecretFile {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    /** Group reading is left: that is how orchestrators hand secrets to a process. */
    private static final Set<PosixFilePermission> TOO_OPEN = EnumSet.of(
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private static final String UNFINISHED = ".unfinished";

    private final String kind;
    private final Path path;

    /** @param kind what complaints call it, such as {@code key file} */
    SecretFile(String kind, Path path) {
        this.kind = kind;
        this.path = path;
    }

    /**
     * Writes a new file, whole or not at all, and waits until it is durable. The text is written under another name, which is given up when
     * the file has its own: a link, unlike a renaming, never takes the place of what is there.
     */
    void save(String text) {
        Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
        if (Files.exists(path)) {
            throw exists(null);
        }
        try {
            write(unfinished, text);
            publish(unfinished);
        } catch (FileAlreadyExistsException e) {
            throw unfinished.toString().equals(e.getFile())
                    ? refused(
                            "cannot be written: " + unfinished + " was left by an interrupted attempt",
                            "delete that",
                            e)
                    : exists(e);
        } catch (NoSuchFileException e) {
            throw refused("cannot be written: its directory is missing", "create the directory", e);
        } catch (IOException e) {
            throw refused("cannot be written (" + e + ")", "delete what is there of it and see to the disk", e);
        }
        syncDirectory();
    }

    private void write(Path to, String text) throws IOException {
        FileAttribute<?>[] attributes = isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
        try (FileChannel file =
                FileChannel.open(to, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
    }

    private void publish(Path unfinished) throws IOException {
        try {
            Files.createLink(path, unfinished);
        } catch (UnsupportedOperationException e) {
            // No links here: looks whether there is a file, and then renames.
            Files.move(unfinished, path);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private KeyFileException exists(@Nullable Exception cause) {
        return refused(
                "exists already and is never overwritten", "choose another name, or move the old key away", cause);
    }

    /** A file is durable only when its name is. Only POSIX systems let a directory be opened. */
    private void syncDirectory() {
        Path directory = path.toAbsolutePath().getParent();
        if (!isPosix() || directory == null) {
            return;
        }
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            throw refused("was written, but its name may not be durable (" + e + ")", "see to the disk", e);
        }
    }

    /** @param maxBytes more is another file, and is not read */
    List<String> lines(int maxBytes) {
        try {
            if (isPosix()) {
                Set<PosixFilePermission> open = EnumSet.copyOf(TOO_OPEN);
                open.retainAll(Files.getPosixFilePermissions(path));
                if (!open.isEmpty()) {
                    throw refused(
                            "can be read or written by other users", "run chmod 600 on it, or make a new key", null);
                }
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(maxBytes + 1);
                if (bytes.length > maxBytes) {
                    throw refused("is longer than any " + kind, "name a " + kind + " that Parley wrote", null);
                }
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString()
                        .lines()
                        .toList();
            }
        } catch (NoSuchFileException e) {
            throw refused("does not exist", "generate a key, or correct the path", e);
        } catch (CharacterCodingException e) {
            throw refused("is no text", "name a " + kind + " that Parley wrote", null);
        } catch (IOException e) {
            throw refused("cannot be read (" + e + ")", "see to its owner and its permissions", e);
        }
    }

    String value(String line, String label) {
        if (!line.startsWith(label)) {
            throw refused("lacks the line '" + label.strip() + "' in its place", "restore it from a copy", null);
        }
        return line.substring(label.length());
    }

    byte[] hex(String line, String label, int length) {
        String text = value(line, label);
        if (text.length() != 2 * length) {
            throw refused(
                    "has a line '" + label.strip() + "' with " + text.length() + " digits and not " + 2 * length,
                    "restore it from a copy",
                    null);
        }
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            // Its message quotes the digits: it is no cause that may be shown.
            throw refused("has a line '" + label.strip() + "' that is not hexadecimal", "restore it from a copy", null);
        }
    }

    private boolean isPosix() {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    KeyFileException refused(String what, String remedy, @Nullable Exception cause) {
        return refused(what + "; " + remedy, cause);
    }

    /** @param what is wrong, and what to do */
    KeyFileException refused(String what, @Nullable Exception cause) {
        return new KeyFileException(kind + " " + path + " " + what, cause);
    }
}
