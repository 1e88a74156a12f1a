package dev.parley.storage;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where one validator keeps all that it must not forget:
 *
 * <pre>
 * identity    whose it is, in lines of text, with a checksum; written once
 * new         there until the validator has started for the first time: it has signed nothing yet
 * recovering  there while the validator may have signed what is not in here
 * lock        held by the process that uses it, with its number
 * db          the database
 * </pre>
 *
 * A directory of another chain, validator, protocol or version, or a damaged one, is refused and stays as it is. Thread-safe.
 */
public final class DataDirectory implements AutoCloseable {
    private static final String KIND = "parley-data-v";
    /**
     * 2: the first bit of a client's id says whether its session has a key; in a log of version 1 it was drawn. 3: large payloads stand apart from
     * blocks and records.
     */
    private static final int VERSION = 3;

    private static final Pattern HEADER = Pattern.compile(KIND + "([1-9][0-9]{0,8})");
    private static final String IDENTITY = "identity";
    private static final String LOCK = "lock";
    private static final String DATABASE = "db";
    private static final String NEW = "new";
    private static final String RECOVERING = "recovering";
    /** A file of the database that is there whenever the database is. */
    private static final String DATABASE_IS_THERE = "CURRENT";

    private static final Set<String> OWN = Set.of(LOCK, NEW, RECOVERING, IDENTITY + ".new");
    private static final int MAX_IDENTITY_BYTES = 4096;

    /**
     * Whose data it is.
     *
     * @param protocol by name: its records mean nothing to another one
     * @param publicKey of the validator, in hexadecimal digits
     */
    public record Identity(String chainId, String protocol, ValidatorId validator, String publicKey) {
        /** Of this validator. */
        public static Identity of(ConsensusProtocol protocol, ConsensusSetup setup) {
            return new Identity(
                    setup.domain().chainId(),
                    protocol.name(),
                    setup.self(),
                    setup.signer().publicKey().toString());
        }

        private List<String> lines() {
            return List.of(
                    KIND + VERSION,
                    "chain " + chainId,
                    "protocol " + protocol,
                    "validator " + validator.index(),
                    "public " + publicKey);
        }
    }

    private final Path path;
    private final FileChannel lockFile;
    private final @Nullable FileLock lock;

    private DataDirectory(Path path, FileChannel lockFile, @Nullable FileLock lock) {
        this.path = path;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Makes the directory of a validator that has never started, anywhere: to be called once in the life of its key. It is for whoever makes
     * keys; a validator that finds no such directory must take it that its disk was lost.
     *
     * @throws StorageException if it is there and not empty, or cannot be written
     */
    public static void found(Path path, Identity identity) {
        try {
            Files.createDirectories(path);
            try (DataDirectory directory = lock(path)) {
                if (Files.exists(path.resolve(IDENTITY))) {
                    throw new StorageException(
                            "data directory " + path + " is there already and is never founded again", null);
                }
                directory.requireNothingElse();
                directory.mark(NEW);
                Files.deleteIfExists(path.resolve(RECOVERING));
                directory.write(identity);
            }
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    /** Whether somebody has founded or used the directory. */
    public static boolean exists(Path path) {
        return Files.exists(path.resolve(IDENTITY));
    }

    /** Whether its validator has ever started, or may have. */
    public static boolean hasStarted(Path path) {
        return exists(path) && !Files.exists(path.resolve(NEW));
    }

    /**
     * Opens the directory for this validator and nobody else. If it is not there or empty, or has lost its database, it is made, and {@linkplain
     * #isRecovering recovering}.
     *
     * @throws StorageException if another process uses it, if it is somebody else's, of a newer version, or damaged, or cannot be written
     */
    public static DataDirectory open(Path path, Identity identity) {
        try {
            Files.createDirectories(path);
            DataDirectory directory = lock(path);
            try {
                if (Files.exists(path.resolve(IDENTITY))) {
                    directory.require(identity);
                    if (!Files.exists(directory.database().resolve(DATABASE_IS_THERE))
                            && !Files.exists(path.resolve(NEW))) {
                        directory.mark(RECOVERING);
                    }
                } else {
                    directory.requireNothingElse();
                    directory.mark(RECOVERING);
                    Files.deleteIfExists(path.resolve(NEW));
                    directory.write(identity);
                }
                return directory;
            } catch (IOException | RuntimeException e) {
                directory.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    private static StorageException unusable(Path path, IOException why) {
        return new StorageException(
                "data directory " + path + " cannot be used (" + why + "); see to the disk, its owner and permissions",
                why);
    }

    /** Whether the validator may have signed what is not in here. */
    boolean isRecovering() {
        return Files.exists(path.resolve(RECOVERING));
    }

    /** Whatever was signed and is not in here binds no more. */
    void recovered() {
        forget(RECOVERING);
    }

    /** The database is there, and nothing has been signed yet that is not in it. */
    void begun() {
        forget(NEW);
    }

    private void forget(String mark) {
        try {
            if (Files.deleteIfExists(path.resolve(mark))) {
                syncNames();
            }
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    private void mark(String mark) throws IOException {
        try (FileChannel file =
                FileChannel.open(path.resolve(mark), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        syncNames();
    }

    private void syncNames() throws IOException {
        try (FileChannel names = FileChannel.open(path, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /**
     * Whose directory it is. Changes nothing and needs no lock.
     *
     * @throws StorageException if it is none, or damaged, or of a newer version
     */
    public static Identity identify(Path path) {
        List<String> lines = read(path);
        return new Identity(
                value(path, lines, 1, "chain "),
                value(path, lines, 2, "protocol "),
                new ValidatorId(index(path, value(path, lines, 3, "validator "))),
                value(path, lines, 4, "public "));
    }

    private static int index(Path path, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw refused(path, "names no validator", "restore it from a copy");
        }
    }

    private static DataDirectory lock(Path path) throws IOException {
        FileChannel file = FileChannel.open(
                path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = file.tryLock();
            if (lock != null) {
                file.truncate(0);
                file.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)), 0);
                return new DataDirectory(path, file, lock);
            }
        } catch (OverlappingFileLockException e) {
            // By this process.
        }
        String holder = Files.readString(path.resolve(LOCK)).strip();
        file.close();
        throw new StorageException(
                "data directory " + path + " is in use by process " + holder
                        + "; a validator has one process: end that one, or name another directory",
                null);
    }

    private void requireNothingElse() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            List<String> others = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !OWN.contains(name))
                    .sorted()
                    .toList();
            if (!others.isEmpty()) {
                throw new StorageException(
                        "directory " + path + " holds " + others.getFirst()
                                + " and is no data directory of Parley; name an empty one",
                        null);
            }
        }
    }

    /** Last: with it the directory is one. */
    private void write(Identity identity) throws IOException {
        String text = String.join("\n", identity.lines()) + "\n";
        Path unfinished = path.resolve(IDENTITY + ".new");
        byte[] bytes = (text + "sha256 " + checksum(text) + "\n").getBytes(StandardCharsets.UTF_8);
        try (FileChannel file = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(bytes));
            file.force(true);
        }
        Files.move(unfinished, path.resolve(IDENTITY), StandardCopyOption.ATOMIC_MOVE);
        syncNames();
    }

    private void require(Identity expected) {
        Identity found = identify(path);
        if (!found.chainId().equals(expected.chainId())) {
            throw other("chain '" + found.chainId() + "'", "'" + expected.chainId() + "'");
        }
        if (!found.validator().equals(expected.validator())) {
            throw other("validator " + found.validator(), String.valueOf(expected.validator()));
        }
        if (!found.protocol().equals(expected.protocol())) {
            throw other("protocol " + found.protocol(), expected.protocol());
        }
        if (!found.publicKey().equals(expected.publicKey())) {
            throw other("key " + found.publicKey(), expected.publicKey());
        }
    }

    private StorageException other(String found, String expected) {
        return new StorageException(
                "data directory " + path + " is of " + found + " and not of " + expected
                        + "; name this validator's own directory, or an empty one",
                null);
    }

    private static List<String> read(Path path) {
        Path file = path.resolve(IDENTITY);
        String text;
        try {
            if (Files.size(file) > MAX_IDENTITY_BYTES) {
                throw refused(path, "is longer than any", "restore it from a copy");
            }
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new StorageException(path + " is no data directory of Parley: it has no file '" + IDENTITY + "'", e);
        } catch (IOException e) {
            throw new StorageException(file + " cannot be read (" + e + "); see to its owner and permissions", e);
        }
        List<String> lines = text.lines().toList();
        Matcher header = HEADER.matcher(lines.isEmpty() ? "" : lines.getFirst());
        if (!header.matches()) {
            throw refused(path, "does not begin with " + KIND + VERSION, "restore it from a copy");
        }
        if (Integer.parseInt(header.group(1)) != VERSION) {
            throw refused(
                    path,
                    "is of version " + header.group(1) + ", and this Parley knows version " + VERSION,
                    "use the Parley that wrote it; for a newer version, a newer Parley");
        }
        int end = text.lastIndexOf("sha256 ");
        if (lines.size() != 6
                || end < 0
                || !text.substring(end).equals("sha256 " + checksum(text.substring(0, end)) + "\n")) {
            throw refused(path, "does not have its checksum", "restore it from a copy: it is damaged");
        }
        return lines;
    }

    private static String value(Path path, List<String> lines, int line, String label) {
        if (!lines.get(line).startsWith(label)) {
            throw refused(path, "lacks the line '" + label.strip() + "'", "restore it from a copy");
        }
        return lines.get(line).substring(label.length());
    }

    private static String checksum(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static StorageException refused(Path path, String what, String remedy) {
        return new StorageException(path.resolve(IDENTITY) + " " + what + "; " + remedy, null);
    }

    public Path path() {
        return path;
    }

    Path database() {
        return database(path);
    }

    static Path database(Path path) {
        return path.resolve(DATABASE);
    }

    /** Lets others use it. */
    @Override
    public void close() {
        try {
            if (lock != null && lock.isValid()) {
                lock.release();
            }
            lockFile.close();
        } catch (IOException e) {
            throw new StorageException("the lock of data directory " + path + " cannot be released (" + e + ")", e);
        }
    }
}
