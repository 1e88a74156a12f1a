package dev.parley.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

/**
 * A validator's private key on disk, four lines of text:
 *
 * <pre>
 * parley-key-v1
 * algorithm ed25519
 * public 3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29
 * secret …
 * </pre>
 *
 * Lines and not JSON, because a JSON parser's complaints quote what they could not read, and here that may be the secret. The
 * public key stands there for people, and so that a damaged secret is noticed.
 */
public final class KeyFile {
    private static final String HEADER = "parley-key-v1";
    private static final String ALGORITHM = "algorithm ";
    private static final String ED25519 = "ed25519";
    private static final String PUBLIC = "public ";
    private static final String SECRET = "secret ";

    /** A key file has less than 200 bytes; more is another file. */
    private static final int MAX_BYTES = 1024;

    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    /** Group reading is left: that is how orchestrators hand secrets to a process. */
    private static final Set<PosixFilePermission> TOO_OPEN = EnumSet.of(
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private final Path path;

    private KeyFile(Path path) {
        this.path = path;
    }

    /**
     * Writes a new file, readable by its owner alone where the file system knows owners, and waits until it is durable.
     *
     * @throws KeyFileException if there is a file already, which stays as it is, or if it cannot be written
     */
    public static void save(Path path, KeyPair key) {
        new KeyFile(path).save(key);
    }

    /**
     * @throws KeyFileException if the file is missing, unreadable or open to others, is no key file of this version, is for another
     *     algorithm, has a key of the wrong length, or a public key that is unsafe or does not belong to the secret
     */
    public static KeyPair load(Path path) {
        return new KeyFile(path).load();
    }

    private void save(KeyPair key) {
        HexFormat hex = HexFormat.of();
        String text = HEADER + "\n"
                + ALGORITHM + ED25519 + "\n"
                + PUBLIC + key.publicKey() + "\n"
                + SECRET + hex.formatHex(key.secret()) + "\n";
        FileAttribute<?>[] attributes = isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
        try (FileChannel file =
                FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        } catch (FileAlreadyExistsException e) {
            throw refused(
                    "exists already and is never overwritten", "choose another name, or move the old key away", e);
        } catch (NoSuchFileException e) {
            throw refused("cannot be written: its directory is missing", "create the directory", e);
        } catch (IOException e) {
            throw refused("cannot be written (" + e + ")", "delete what is there of it and see to the disk", e);
        }
        syncDirectory();
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

    private KeyPair load() {
        List<String> lines = read().lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
            throw refused("does not begin with the line " + HEADER, "name a key file that Parley wrote", null);
        }
        if (lines.size() != 4) {
            throw refused("has " + lines.size() + " lines and not 4", "restore it from a copy", null);
        }
        String algorithm = value(lines.get(1), ALGORITHM);
        if (!algorithm.equals(ED25519)) {
            throw refused("is for another algorithm than " + ED25519, "generate an Ed25519 key", null);
        }
        PublicKey publicKey = new PublicKey(bytes(lines.get(2), PUBLIC, Ed25519.PUBLIC_KEY_BYTES));
        KeyPair key = KeyPair.of(bytes(lines.get(3), SECRET, Ed25519.SECRET_BYTES));
        try {
            Ed25519.pureJava().requireAdmissible(publicKey);
        } catch (InvalidKeyException e) {
            throw refused("has an unsafe public key: " + e.getMessage(), "restore it from a copy", e);
        }
        if (!publicKey.equals(key.publicKey())) {
            throw refused(
                    "has a public key that does not belong to its secret",
                    "restore it from a copy: one of them is damaged",
                    null);
        }
        return key;
    }

    private String read() {
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
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw refused("is longer than any key file", "name a key file that Parley wrote", null);
                }
                return new String(bytes, StandardCharsets.US_ASCII);
            }
        } catch (NoSuchFileException e) {
            throw refused("does not exist", "generate a key, or correct the path", e);
        } catch (IOException e) {
            throw refused("cannot be read (" + e + ")", "see to its owner and its permissions", e);
        }
    }

    private byte[] bytes(String line, String label, int length) {
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

    private String value(String line, String label) {
        if (!line.startsWith(label)) {
            throw refused("lacks the line '" + label.strip() + "' in its place", "restore it from a copy", null);
        }
        return line.substring(label.length());
    }

    private boolean isPosix() {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private KeyFileException refused(String what, String remedy, @Nullable Exception cause) {
        return new KeyFileException("key file " + path + " " + what + "; " + remedy, cause);
    }
}
