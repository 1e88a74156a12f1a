package dev.parley.storage;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.Payload;
import dev.parley.consensus.PayloadDecoder;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Restored;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.MerkleTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
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
 * A validator's disk in a {@link DataDirectory}, by RocksDB. Column families:
 *
 * <pre>
 * default       where the log begins
 * records       the protocol's records: what was voted, locked, said
 * blocks        the log by height, without certificates and large payloads
 * payloads      large payloads of records and of the log by {@linkplain PayloadNumbers number}, each once
 * certificates  the log's certificates by height, as better ones may come
 * snapshots     the newest snapshots in chunks, each with its manifest behind them
 * </pre>
 *
 * <p>A batch is one write to the log of the database, synced. Each value ends with a CRC-32C over its key and itself, so that what is damaged,
 * or is another's, is noticed when it is read. Reading is thread-safe, and so is closing.
 */
public final class RocksStorage implements Storage {
    private static final byte[] FIRST_HEIGHT = "first-height".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKSUM_BYTES = 4;
    /** What a buffer for a certificate begins with. */
    private static final int CERTIFICATE_BYTES = 1024;
    /** Past the index of every chunk: the manifest, written last. */
    private static final int MANIFEST = -1;

    private static final long WRITE_BUFFER_BYTES = 32L << 20;
    private static final long LOG_BYTES = 256L << 20;

    private enum Family {
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

    private final MessageCodec codec;
    private final PayloadDecoder payloads;
    private final long keepBlocks;
    private final ColumnFamilyOptions familyOptions;
    private final DBOptions options;
    private final WriteOptions synced;
    private final Statistics statistics;
    private final RocksDB database;
    private final Map<Family, ColumnFamilyHandle> families = new HashMap<>();
    /** Held for reading by whoever uses the database, which must not be closed meanwhile. */
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();

    /** By key: when it was first written, by a count of such. */
    private final Map<RecordKey, Long> order = new HashMap<>();

    private long lastOrder;
    private final PayloadNumbers numbers = new PayloadNumbers();
    private volatile long firstHeight;
    private volatile long lastHeight;

    /** A snapshot that is whole, and the hashes of its chunks. */
    private record Kept(SnapshotManifest manifest, List<Digest> chunks, MerkleTree tree) {
        private Kept(SnapshotManifest manifest, List<Digest> chunks) {
            this(manifest, chunks, SnapshotManifest.tree(chunks));
        }
    }

    /** The newest first, at most {@link #MAX_SNAPSHOTS}. */
    private volatile List<Kept> snapshots = List.of();

    private final SnapshotsInUse inUse = new SnapshotsInUse();
    /** Held by whoever changes the snapshots. */
    private final Object snapshotLock = new Object();

    private boolean closed;

    /**
     * Opens the validator's own directory, for this chain and protocol. One that was never {@linkplain DataDirectory#found founded} is
     * {@linkplain Storage#isRecovering recovering}.
     *
     * @throws StorageException as {@link DataDirectory#open} and the constructor
     */
    public static RocksStorage open(
            Path directory, ConsensusProtocol protocol, ConsensusSetup setup, StorageSettings settings) {
        return new RocksStorage(
                DataDirectory.open(directory, DataDirectory.Identity.of(protocol, setup)),
                protocol.createCodec(setup),
                setup.payloads(),
                settings.keepBlocks());
    }

    /**
     * Opens what the directory holds, or begins.
     *
     * @param directory closed with the storage
     * @param keepBlocks so many blocks below the newest snapshot are kept for peers and readers; older ones are pruned
     * @throws StorageException if it is damaged; nothing has changed then
     */
    public RocksStorage(DataDirectory directory, MessageCodec codec, PayloadDecoder payloads, long keepBlocks) {
        this(directory.path(), directory, codec, payloads, keepBlocks);
    }

    private RocksStorage(
            Path path,
            @Nullable DataDirectory directory,
            MessageCodec codec,
            PayloadDecoder payloads,
            long keepBlocks) {
        if (keepBlocks < 0) {
            throw new IllegalArgumentException("parley.storage.keep-blocks is 0 or more, not " + keepBlocks);
        }
        RocksLibrary.load();
        this.path = path;
        this.directory = directory;
        this.codec = codec;
        this.payloads = payloads;
        this.keepBlocks = keepBlocks;
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
        try {
            loadOrder();
            firstHeight = loadFirstHeight();
            lastHeight = loadLastHeight();
            numbers.foundInLog(lastNumberUpTo(lastHeight));
            snapshots = loadManifests();
            if (directory != null) {
                // From now on an absent database is a lost one.
                directory.begun();
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
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

    @Override
    public void write(List<Write> batch) {
        long last = lastHeight;
        // Until the batch is whole: the log may still speak of what the record spoke of.
        Set<RecordKey> removed = new HashSet<>();
        enter();
        try (WriteBatch changes = new WriteBatch()) {
            for (Write write : batch) {
                switch (write) {
                    case Write.Put(RecordKey key, ConsensusRecord record) -> {
                        removed.remove(key);
                        put(changes, key, record);
                    }
                    case Write.Remove(RecordKey key) -> {
                        removed.add(key);
                        order.remove(key);
                        changes.delete(family(Family.RECORDS), bytes(key));
                    }
                    case Write.Append(DecidedBlock block) -> {
                        if (block.height() != last + 1) {
                            throw new IllegalStateException(
                                    "block " + block.height() + " cannot follow a log of height " + last);
                        }
                        last = block.height();
                        append(changes, block);
                    }
                    case Write.Certify(long height, Certificate certificate) -> {
                        if (height >= firstHeight) {
                            certify(changes, height, certificate);
                        }
                    }
                }
            }
            database.write(synced, changes);
            lastHeight = last;
            removed.forEach(numbers::forget);
            numbers.written();
        } catch (RocksDBException e) {
            throw unwritten(e);
        } finally {
            leave();
        }
    }

    private void put(WriteBatch changes, RecordKey key, ConsensusRecord record) throws RocksDBException {
        BinaryWriter out = new BinaryWriter(record.approximateBytes());
        codec.writeRecord(record, out);
        byte[] whole = out.toByteArray();
        Payload payload = record.payload();
        long number = PayloadNumbers.NONE;
        int length = whole.length;
        if (payload != null && PayloadNumbers.standsApart(payload)) {
            int head = length - payload.sizeBytes();
            number = number(
                    changes, payload, PayloadNumbers.NONE, content -> content.raw(whole, head, whole.length - head));
            length = head;
        }
        numbers.use(key, number, payload == null ? null : payload.digest());
        BinaryWriter value = new BinaryWriter(16 + length + CHECKSUM_BYTES);
        value.i64(order.computeIfAbsent(key, k -> ++lastOrder)).i64(number).raw(whole, 0, length);
        put(changes, Family.RECORDS, bytes(key), value);
    }

    /** The number, above that of another, under which a payload stands, or stands from now on. */
    private long number(WriteBatch changes, Payload payload, long above, Consumer<BinaryWriter> content)
            throws RocksDBException {
        long known = numbers.ofRecords(payload);
        if (known > above) {
            return known;
        }
        long number = numbers.next();
        BinaryWriter out = new BinaryWriter(payload.sizeBytes() + CHECKSUM_BYTES);
        content.accept(out);
        put(changes, Family.PAYLOADS, bytes(number), out);
        return number;
    }

    private void append(WriteBatch changes, DecidedBlock block) throws RocksDBException {
        Payload payload = block.payload();
        boolean apart = PayloadNumbers.standsApart(payload);
        if (apart) {
            numbers.useInLog(number(changes, payload, numbers.lastOfLog(), payload::write));
        }
        BinaryWriter out = new BinaryWriter(128 + (apart ? 0 : payload.sizeBytes()));
        block.id().write(out);
        block.parent().write(out);
        out.i32(block.proposer().index()).i64(block.view());
        out.i64(numbers.lastOfLog()).bool(apart);
        if (!apart) {
            payload.write(out);
        }
        put(changes, Family.BLOCKS, bytes(block.height()), out);
        certify(changes, block.height(), block.certificate());
    }

    private void certify(WriteBatch changes, long height, Certificate certificate) throws RocksDBException {
        BinaryWriter out = new BinaryWriter(CERTIFICATE_BYTES);
        codec.writeCertificate(certificate, out);
        put(changes, Family.CERTIFICATES, bytes(height), out);
    }

    private void put(WriteBatch changes, Family family, byte[] key, BinaryWriter value) throws RocksDBException {
        int length = value.size();
        byte[] bytes = value.i32(0).toByteArray();
        int checksum = checksum(key, bytes, length);
        for (int i = 0; i < CHECKSUM_BYTES; i++) {
            bytes[length + i] = (byte) (checksum >>> (24 - 8 * i));
        }
        changes.put(family(family), key, bytes);
    }

    // Reading

    @Override
    public Restored load() {
        TreeMap<Long, ConsensusRecord> records = new TreeMap<>();
        enter();
        try (RocksIterator all = database.newIterator(family(Family.RECORDS))) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                BinaryReader value = value(Family.RECORDS, all.key(), all.value());
                try {
                    long first = value.i64();
                    BinaryReader in = whole(value.i64(), value);
                    records.put(first, codec.readRecord(in));
                    in.end();
                } catch (MalformedException e) {
                    throw damaged("holds a record that cannot be read: " + e.getMessage(), e);
                }
            }
            all.status();
        } catch (RocksDBException e) {
            throw damaged("cannot be read: " + e.getMessage(), e);
        } finally {
            leave();
        }
        return new Restored(List.copyOf(records.values()), lastHeight == 0 ? null : block(lastHeight));
    }

    /** A record as the protocol wrote it: with its payload, if that stands apart. */
    private BinaryReader whole(long number, BinaryReader head) throws MalformedException {
        if (number == PayloadNumbers.NONE) {
            return head;
        }
        BinaryReader payload = get(Family.PAYLOADS, bytes(number));
        if (payload == null) {
            throw damaged("lacks payload " + number + ", of which a record speaks", null);
        }
        return new BinaryReader(new BinaryWriter(head.remaining() + payload.remaining())
                .raw(head.raw(head.remaining()))
                .raw(payload.raw(payload.remaining()))
                .toByteArray());
    }

    @Override
    public List<DecidedBlock> read(long fromHeight, int maxBlocks, long maxBytes) {
        List<DecidedBlock> found = new ArrayList<>();
        long size = 0;
        for (long height = fromHeight; found.size() < maxBlocks && size < maxBytes; height++) {
            DecidedBlock block = block(height);
            if (block == null) {
                break;
            }
            found.add(block);
            size += block.payload().sizeBytes();
        }
        return found;
    }

    private @Nullable DecidedBlock block(long height) {
        if (height < firstHeight || height > lastHeight) {
            return null;
        }
        try {
            BinaryReader in = get(Family.BLOCKS, bytes(height));
            BinaryReader proof = get(Family.CERTIFICATES, bytes(height));
            if (in == null || proof == null) {
                return gone(height, "block " + height);
            }
            BlockId id = BlockId.read(in);
            BlockId parent = BlockId.read(in);
            ValidatorId proposer = ValidatorId.read(in);
            long view = in.i64();
            long number = in.i64();
            BinaryReader content = in.bool() ? get(Family.PAYLOADS, bytes(number)) : in;
            if (content == null) {
                return gone(height, "the payload of block " + height);
            }
            Payload payload = payloads.read(content);
            content.end();
            in.end();
            Certificate certificate = codec.readCertificate(proof);
            proof.end();
            return new DecidedBlock(height, id, parent, proposer, view, payload, certificate);
        } catch (MalformedException e) {
            throw damaged("holds a block " + height + " that cannot be read: " + e.getMessage(), e);
        }
    }

    /** Pruned between the look at the first height and now, or else lost. */
    private @Nullable DecidedBlock gone(long height, String what) {
        if (height < firstHeight) {
            return null;
        }
        throw damaged("lacks " + what + " of the heights " + firstHeight + " to " + lastHeight, null);
    }

    @Override
    public long firstHeight() {
        return firstHeight;
    }

    @Override
    public long lastHeight() {
        return lastHeight;
    }

    /** How often the log of writes was made durable since this was opened. */
    public long syncs() {
        return statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
    }

    /** How many bytes went into the log of writes since this was opened. */
    public long loggedBytes() {
        return statistics.getTickerCount(TickerType.WAL_FILE_BYTES);
    }

    /**
     * What a data directory holds. Changes nothing, and may be asked while a validator uses it.
     *
     * @throws StorageException if it is none, or is damaged
     */
    public static DataReport inspect(Path directory) {
        DataDirectory.Identity identity = DataDirectory.identify(directory);
        try (RocksStorage storage = new RocksStorage(directory, null, UnreadCodec.INSTANCE, UnreadCodec.INSTANCE, 0)) {
            TreeMap<Integer, Integer> records = new TreeMap<>();
            storage.order.keySet().forEach(key -> records.merge(key.kind(), 1, Integer::sum));
            Snapshot snapshot = storage.snapshot();
            return new DataReport(
                    identity,
                    storage.firstHeight,
                    storage.lastHeight,
                    snapshot == null ? 0 : snapshot.height(),
                    snapshot == null ? 0 : snapshot.content().length,
                    records);
        }
    }

    // Snapshots

    @Override
    public @Nullable Snapshot snapshot() {
        List<Kept> all = snapshots;
        if (all.isEmpty()) {
            return null;
        }
        SnapshotManifest manifest = all.getFirst().manifest();
        byte[] content = new byte[manifest.length()];
        for (int i = 0; i < manifest.chunks(); i++) {
            byte[] bytes = chunkBytes(all.getFirst(), i);
            if (bytes == null) {
                throw damaged("lacks a chunk of the snapshot of height " + manifest.height(), null);
            }
            System.arraycopy(bytes, 0, content, i * manifest.chunkBytes(), bytes.length);
        }
        return Snapshot.of(manifest.height(), manifest.block(), content, manifest.chunkBytes());
    }

    @Override
    public List<SnapshotManifest> snapshots() {
        return snapshots.stream()
                .map(Kept::manifest)
                .filter(manifest -> manifest.height() >= firstHeight && manifest.height() <= lastHeight)
                .toList();
    }

    @Override
    public @Nullable SnapshotChunk chunk(SnapshotManifest manifest, int index) {
        for (Kept kept : snapshots) {
            if (kept.manifest().equals(manifest) && index >= 0 && index < manifest.chunks()) {
                inUse.asked(manifest.height());
                byte[] bytes = chunkBytes(kept, index);
                return bytes == null
                        ? null
                        : new SnapshotChunk(index, kept.tree().path(index), bytes);
            }
        }
        return null;
    }

    /** Null if the snapshot has gone meanwhile. */
    private byte @Nullable [] chunkBytes(Kept kept, int index) {
        SnapshotManifest manifest = kept.manifest();
        try {
            BinaryReader in = get(Family.SNAPSHOTS, piece(manifest.height(), index));
            if (in == null) {
                return null;
            }
            byte[] bytes = in.raw(manifest.chunkLength(index));
            in.end();
            if (!Digest.sha256(bytes).equals(kept.chunks().get(index))) {
                throw damaged("holds a snapshot of height " + manifest.height() + " whose hash is another", null);
            }
            return bytes;
        } catch (MalformedException e) {
            throw damaged(
                    "holds a snapshot of height " + manifest.height() + " that cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void save(Snapshot snapshot) {
        long height = snapshot.height();
        synchronized (snapshotLock) {
            enter();
            try (WriteBatch last = new WriteBatch()) {
                if (!snapshots.isEmpty() && snapshots.getFirst().manifest().height() >= height) {
                    return;
                }
                saveChunks(snapshot);
                List<Kept> after = new ArrayList<>(List.of(putManifest(last, snapshot)));
                after.addAll(inUse.staying(snapshots, kept -> kept.manifest().height()));
                // What is between those that stay: others, and what is left of those that never were whole.
                long oldest = height;
                for (Kept kept : after.subList(1, after.size())) {
                    long stays = kept.manifest().height();
                    last.deleteRange(family(Family.SNAPSHOTS), bytes(stays + 1), bytes(oldest));
                    oldest = stays;
                }
                last.deleteRange(family(Family.SNAPSHOTS), bytes(0), bytes(oldest));
                // The block of each snapshot stays: whoever goes on from it needs that.
                long first = Math.max(firstHeight, Math.min(oldest, height + 1 - keepBlocks));
                if (first > firstHeight) {
                    beginAt(last, first, lastNumberUpTo(first));
                }
                // Readers hear of it before it happens: they never look for what is gone.
                firstHeight = first;
                database.write(synced, last);
                snapshots = List.copyOf(after);
            } catch (RocksDBException e) {
                throw unwritten(e);
            } finally {
                leave();
            }
        }
    }

    /** A crash before the last write leaves chunks that no manifest speaks of. */
    @Override
    public void install(Snapshot snapshot, DecidedBlock block) {
        synchronized (snapshotLock) {
            snapshot.requireFits(block, lastHeight);
            enter();
            try (WriteBatch last = new WriteBatch()) {
                saveChunks(snapshot);
                Kept kept = putManifest(last, snapshot);
                last.deleteRange(family(Family.SNAPSHOTS), bytes(0), bytes(snapshot.height()));
                append(last, block);
                beginAt(last, block.height(), numbers.lastOfLog());
                // Readers hear of it before it happens: they never look for what is gone.
                firstHeight = block.height();
                database.write(synced, last);
                lastHeight = block.height();
                snapshots = List.of(kept);
            } catch (RocksDBException e) {
                throw unwritten(e);
            } finally {
                leave();
            }
        }
    }

    /** @param number the highest that the log speaks of up to {@code first}, and with it */
    private void beginAt(WriteBatch changes, long first, long number) throws RocksDBException {
        put(changes, Family.DEFAULT, FIRST_HEIGHT, new BinaryWriter().i64(first));
        changes.deleteRange(family(Family.BLOCKS), bytes(0), bytes(first));
        changes.deleteRange(family(Family.CERTIFICATES), bytes(0), bytes(first));
        changes.deleteRange(family(Family.PAYLOADS), bytes(0), bytes(Math.min(number, numbers.oldestOfRecords())));
    }

    /** {@link PayloadNumbers#NONE} for a height that is not in the log yet. */
    private long lastNumberUpTo(long height) {
        BinaryReader in = get(Family.BLOCKS, bytes(height));
        if (in == null) {
            return PayloadNumbers.NONE;
        }
        try {
            BlockId.read(in);
            BlockId.read(in);
            ValidatorId.read(in);
            in.i64();
            return in.i64();
        } catch (MalformedException e) {
            throw damaged("holds a block " + height + " that cannot be read: " + e.getMessage(), e);
        }
    }

    private void saveChunks(Snapshot snapshot) {
        for (int i = 0; i < snapshot.manifest().chunks(); i++) {
            saveChunk(snapshot.height(), i, snapshot.chunkBytes(i));
        }
    }

    private Kept putManifest(WriteBatch changes, Snapshot snapshot) throws RocksDBException {
        BinaryWriter out = new BinaryWriter();
        snapshot.manifest().write(out);
        snapshot.chunkHashes().forEach(hash -> hash.write(out));
        put(changes, Family.SNAPSHOTS, piece(snapshot.height(), MANIFEST), out);
        return new Kept(snapshot.manifest(), snapshot.chunkHashes());
    }

    /** Part of {@link #save}: without its manifest it is nothing. */
    void saveChunk(long height, int index, byte[] bytes) {
        enter();
        try (WriteBatch chunk = new WriteBatch()) {
            BinaryWriter out = new BinaryWriter(bytes.length + CHECKSUM_BYTES).raw(bytes);
            put(chunk, Family.SNAPSHOTS, piece(height, index), out);
            database.write(synced, chunk);
        } catch (RocksDBException e) {
            throw unwritten(e);
        } finally {
            leave();
        }
    }

    @Override
    public boolean isRecovering() {
        return directory != null && directory.isRecovering();
    }

    @Override
    public void recovered() {
        if (directory != null) {
            directory.recovered();
        }
    }

    @Override
    public boolean blocks() {
        return true;
    }

    // Opening and closing

    private void loadOrder() {
        try (RocksIterator all = database.newIterator(family(Family.RECORDS))) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                BinaryReader key = new BinaryReader(all.key());
                BinaryReader value = value(Family.RECORDS, all.key(), all.value());
                RecordKey name = new RecordKey(key.i32(), Digest.read(key));
                long first = value.i64();
                order.put(name, first);
                lastOrder = Math.max(lastOrder, first);
                numbers.found(name, value.i64());
            }
            all.status();
        } catch (MalformedException | RocksDBException e) {
            throw damaged("has records that cannot be read: " + e.getMessage(), e);
        }
    }

    private long loadFirstHeight() {
        BinaryReader in = get(Family.DEFAULT, FIRST_HEIGHT);
        try {
            return in == null ? 1 : in.i64();
        } catch (MalformedException e) {
            throw damaged("does not say where its log begins: " + e.getMessage(), e);
        }
    }

    private long loadLastHeight() {
        try (RocksIterator blocks = database.newIterator(family(Family.BLOCKS))) {
            blocks.seekToLast();
            blocks.status();
            return blocks.isValid() ? new BinaryReader(blocks.key()).i64() : firstHeight - 1;
        } catch (MalformedException | RocksDBException e) {
            throw damaged("has a log whose end cannot be found: " + e.getMessage(), e);
        }
    }

    private List<Kept> loadManifests() {
        List<Kept> found = new ArrayList<>();
        try (RocksIterator pieces = database.newIterator(family(Family.SNAPSHOTS))) {
            pieces.seekToLast();
            while (pieces.isValid() && found.size() < MAX_SNAPSHOTS) {
                BinaryReader key = new BinaryReader(pieces.key());
                long height = key.i64();
                if (key.i32() == MANIFEST) {
                    found.add(readManifest(value(Family.SNAPSHOTS, pieces.key(), pieces.value())));
                }
                // Past all chunks: a key without an index goes before those that have one.
                pieces.seekForPrev(bytes(height));
            }
            pieces.status();
            return List.copyOf(found);
        } catch (MalformedException | RocksDBException e) {
            throw damaged("has snapshots that cannot be found: " + e.getMessage(), e);
        }
    }

    private static Kept readManifest(BinaryReader in) throws MalformedException {
        SnapshotManifest manifest = SnapshotManifest.read(in);
        List<Digest> chunks = new ArrayList<>();
        for (int i = 0; i < manifest.chunks(); i++) {
            chunks.add(Digest.read(in));
        }
        in.end();
        Kept kept = new Kept(manifest, List.copyOf(chunks));
        if (!kept.tree().root().equals(manifest.root())) {
            throw new MalformedException("the hashes of its chunks do not lead to its root");
        }
        return kept;
    }

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

    // Bytes

    private @Nullable BinaryReader get(Family family, byte[] key) {
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

    private ColumnFamilyHandle family(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalStateException("no column family " + family);
        }
        return handle;
    }

    private static byte[] bytes(RecordKey key) {
        BinaryWriter out = new BinaryWriter(4 + Digest.BYTES).i32(key.kind());
        key.name().write(out);
        return out.toByteArray();
    }

    private static byte[] bytes(long height) {
        return new BinaryWriter(8).i64(height).toByteArray();
    }

    private static byte[] piece(long height, int index) {
        return new BinaryWriter(12).i64(height).i32(index).toByteArray();
    }

    private StorageException damaged(String what, @Nullable Exception cause) {
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
