package dev.parley.storage;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;
import org.rocksdb.Status;
import org.rocksdb.TickerType;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Keys and values in families, by RocksDB. Each value ends with a CRC-32C over its key and itself, so that what is damaged, or is another's, is
 * noticed when it is read: every method that reads throws a {@link StorageException} then, and every one that writes an {@link
 * UncheckedIOException} if the disk refuses. Thread-safe; closing waits for whoever reads or writes.
 */
final class RocksDatabase implements AutoCloseable {
    private static final int CHECKSUM_BYTES = 4;
    private static final long WRITE_BUFFER_BYTES = 32L << 20;
    private static final long LOG_BYTES = 256L << 20;

    enum Family {
        DEFAULT("default"),
        RECORDS("records"),
        BLOCKS("blocks"),
        PAYLOADS("payloads"),
        CERTIFICATES("certificates"),
        SNAPSHOTS("snapshots");

        private final String title;

        Family(String title) {
            this.title = title;
        }
    }

    private final Path path;
    /** Null where nothing is written. */
    private final @Nullable DataDirectory directory;

    private final ColumnFamilyOptions familyOptions;
    private final DBOptions options;
    private final WriteOptions synced;
    private final Statistics statistics;
    private final RocksDB database;
    private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);
    /** Held for reading by whoever uses the database, which must not be closed meanwhile. */
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();

    private boolean closed;

    /**
     * Opens what is there, or begins.
     *
     * @param path where the database lies
     * @param directory whose that is, closed with it; null to read only
     * @throws StorageException if it is damaged; nothing has changed then
     */
    RocksDatabase(Path path, @Nullable DataDirectory directory) {
        RocksLibrary.load();
        this.path = path;
        this.directory = directory;
        this.statistics = new Statistics();
        // What is stored is hashes, signatures and commands, most of it hard to compress; the processor is what is
        // short.
        this.familyOptions = new ColumnFamilyOptions()
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(WRITE_BUFFER_BYTES);
        // What a damaged database has forgotten to have would else be made anew and empty: votes among it.
        boolean fresh = isUnwritten(DataDirectory.database(path));
        // What is cut short at the end is the write that was under way when the power failed; see TornLog for the rest.
        this.options = new DBOptions()
                .setCreateIfMissing(fresh)
                .setCreateMissingColumnFamilies(fresh)
                .setParanoidChecks(true)
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setMaxTotalWalSize(LOG_BYTES)
                .setStatistics(statistics)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(4);
        statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
        this.synced = new WriteOptions().setSync(true);
        this.database = openDatabase();
    }

    private RocksDB openDatabase() {
        try {
            return openFamilies();
        } catch (RocksDBException refused) {
            try {
                if (isTorn(refused)) {
                    // All that is whole, which is all that was acknowledged.
                    options.setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery);
                    return openFamilies();
                }
                throw refused;
            } catch (RocksDBException | IOException e) {
                closeOptions();
                unlock();
                throw damaged("cannot be opened: " + e.getMessage(), e);
            }
        }
    }

    /** Whether nothing was ever written there, though making it may have begun: what is missing is then not lost. */
    private static boolean isUnwritten(Path database) {
        if (!Files.exists(database)) {
            return true;
        }
        try (Stream<Path> files = Files.list(database)) {
            return files.noneMatch(file -> file.toString().endsWith(".sst")
                    || (file.toString().endsWith(".log") && file.toFile().length() > 0));
        } catch (IOException e) {
            throw new StorageException("database " + database + " cannot be read (" + e + "); see to the disk", e);
        }
    }

    private boolean isTorn(RocksDBException refused) throws IOException {
        Status status = refused.getStatus();
        return status != null
                && status.getCode() == Status.Code.Corruption
                && TornLog.isAtTheEnd(DataDirectory.database(path));
    }

    private RocksDB openFamilies() throws RocksDBException {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (Family family : Family.values()) {
            descriptors.add(
                    new ColumnFamilyDescriptor(family.title.getBytes(StandardCharsets.US_ASCII), familyOptions));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        String database = DataDirectory.database(path).toString();
        RocksDB opened = directory == null
                ? RocksDB.openReadOnly(options, database, descriptors, handles)
                : RocksDB.open(options, database, descriptors, handles);
        for (int i = 0; i < handles.size(); i++) {
            families.put(Family.values()[i], handles.get(i));
        }
        return opened;
    }

    // Writing

    /** For a value of about so many bytes. */
    static BinaryWriter buffer(int bytes) {
        return new BinaryWriter(bytes + CHECKSUM_BYTES);
    }

    /** Begins what becomes one synced write, or none if it is closed before. For one thread, which closes it. */
    Changes change() {
        enter();
        return new Changes();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws RocksDBException;
    }

    /** What is written together: all of it, or after a crash nothing. */
    final class Changes implements AutoCloseable {
        private final WriteBatch batch = new WriteBatch();

        private Changes() {}

        /** @param value as {@link #buffer}; not to be used any more */
        void put(Family family, byte[] key, BinaryWriter value) {
            int length = value.size();
            byte[] bytes = value.i32(0).toByteArray();
            int checksum = checksum(key, bytes, length);
            for (int i = 0; i < CHECKSUM_BYTES; i++) {
                bytes[length + i] = (byte) (checksum >>> (24 - 8 * i));
            }
            carryOut(() -> batch.put(family(family), key, bytes));
        }

        void delete(Family family, byte[] key) {
            carryOut(() -> batch.delete(family(family), key));
        }

        /** @param end the first that stays */
        void deleteRange(Family family, byte[] from, byte[] end) {
            carryOut(() -> batch.deleteRange(family(family), from, end));
        }

        /** All of it is durable when this returns. */
        void write() {
            carryOut(() -> database.write(synced, batch));
        }

        private void carryOut(Step step) {
            try {
                step.run();
            } catch (RocksDBException e) {
                throw unwritten(e);
            }
        }

        @Override
        public void close() {
            batch.close();
            leave();
        }
    }

    // Reading

    /** Null if there is none. */
    @Nullable BinaryReader get(Family family, byte[] key) {
        enter();
        try {
            byte @Nullable [] value = database.get(family(family), key);
            return value == null ? null : value(family, key, value);
        } catch (RocksDBException e) {
            throw damaged("cannot be read: " + e.getMessage(), e);
        } finally {
            leave();
        }
    }

    /** Takes a key and its value. */
    @FunctionalInterface
    interface Visitor {
        void visit(BinaryReader key, BinaryReader value) throws MalformedException;
    }

    /** Visits all of a family by key. */
    void each(Family family, Visitor visitor) {
        enter();
        try (RocksIterator all = database.newIterator(family(family))) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                visitor.visit(new BinaryReader(all.key()), value(family, all.key(), all.value()));
            }
            all.status();
        } catch (RocksDBException | MalformedException e) {
            throw damaged("holds a value among its " + family.title + " that cannot be read: " + e.getMessage(), e);
        } finally {
            leave();
        }
    }

    /** The last key of a family that is not above a bound, or of all without one; null if there is none. */
    byte @Nullable [] lastKey(Family family, byte @Nullable [] bound) {
        enter();
        try (RocksIterator keys = database.newIterator(family(family))) {
            if (bound == null) {
                keys.seekToLast();
            } else {
                keys.seekForPrev(bound);
            }
            keys.status();
            return keys.isValid() ? keys.key() : null;
        } catch (RocksDBException e) {
            throw damaged("has " + family.title + " whose end cannot be found: " + e.getMessage(), e);
        } finally {
            leave();
        }
    }

    private BinaryReader value(Family family, byte[] key, byte[] value) {
        int length = value.length - CHECKSUM_BYTES;
        int claimed = 0;
        for (int i = Math.max(0, length); i < value.length; i++) {
            claimed = claimed << 8 | (value[i] & 0xff);
        }
        if (length < 0 || claimed != checksum(key, value, length)) {
            throw damaged("holds a value among its " + family.title + " that does not have its checksum", null);
        }
        return new BinaryReader(value, 0, length);
    }

    private static int checksum(byte[] key, byte[] value, int length) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(value, 0, length);
        return (int) crc.getValue();
    }

    /** How often the log of writes was made durable since this was opened. */
    long syncs() {
        return statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
    }

    /** How many bytes went into the log of writes since this was opened. */
    long loggedBytes() {
        return statistics.getTickerCount(TickerType.WAL_FILE_BYTES);
    }

    // Closing

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                families.values().forEach(ColumnFamilyHandle::close);
                database.close();
                closeOptions();
                unlock();
            }
        } finally {
            open.writeLock().unlock();
        }
    }

    private void unlock() {
        if (directory != null) {
            directory.close();
        }
    }

    private void closeOptions() {
        synced.close();
        options.close();
        familyOptions.close();
        statistics.close();
    }

    private void enter() {
        open.readLock().lock();
        if (closed) {
            open.readLock().unlock();
            throw new IllegalStateException("the storage in " + path + " is closed");
        }
    }

    private void leave() {
        open.readLock().unlock();
    }

    private ColumnFamilyHandle family(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalStateException("no column family " + family);
        }
        return handle;
    }

    // Errors

    StorageException damaged(String what, @Nullable Exception cause) {
        return new StorageException(
                "data directory " + path + " " + what
                        + "; restore it from a copy; docs/operations.md says what to do where there is none",
                cause);
    }

    private UncheckedIOException unwritten(RocksDBException cause) {
        return new UncheckedIOException(
                "data directory " + path + " cannot be written (" + cause.getMessage()
                        + "); see to the disk, then start the validator again",
                new IOException(cause));
    }
}
