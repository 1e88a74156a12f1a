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
import dev.parley.storage.RocksDatabase.Changes;
import dev.parley.storage.RocksDatabase.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A validator's disk in a {@link DataDirectory}, by RocksDB. Its families of keys and values:
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
 * <p>A batch is one write to the log of the database, synced; what is damaged is noticed when it is read, by checksums. Reading is thread-safe,
 * and so is closing.
 */
public final class RocksStorage implements Storage {
    private static final byte[] FIRST_HEIGHT = "first-height".getBytes(StandardCharsets.US_ASCII);
    /** What a buffer for a certificate begins with. */
    private static final int CERTIFICATE_BYTES = 1024;

    /** Null where nothing is written. */
    private final @Nullable DataDirectory directory;

    private final MessageCodec codec;
    private final PayloadDecoder payloads;
    private final long keepBlocks;
    private final RocksDatabase database;

    /** By key: when it was first written, by a count of such. */
    private final Map<RecordKey, Long> order = new HashMap<>();

    private long lastOrder;
    private final PayloadNumbers numbers = new PayloadNumbers();
    private volatile long firstHeight;
    private volatile long lastHeight;
    private final RocksSnapshots snapshots;
    /** Held by whoever changes the snapshots. */
    private final Object snapshotLock = new Object();

    /**
     * What is kept of a block by itself; the payload follows unless it stands apart.
     *
     * @param number the highest payload's that the log speaks of up to this block, which is its own if it stands apart
     */
    private record BlockHead(BlockId id, BlockId parent, ValidatorId proposer, long view, long number, boolean apart) {
        private void write(BinaryWriter out) {
            id.write(out);
            parent.write(out);
            out.i32(proposer.index()).i64(view).i64(number).bool(apart);
        }

        private static BlockHead read(BinaryReader in) throws MalformedException {
            return new BlockHead(
                    BlockId.read(in), BlockId.read(in), ValidatorId.read(in), in.i64(), in.i64(), in.bool());
        }
    }

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
        this.directory = directory;
        this.codec = codec;
        this.payloads = payloads;
        this.keepBlocks = keepBlocks;
        this.database = new RocksDatabase(path, directory);
        try {
            database.each(Family.RECORDS, this::foundRecord);
            firstHeight = findFirstHeight();
            lastHeight = findLastHeight();
            numbers.useInLog(lastNumberUpTo(lastHeight));
            snapshots = new RocksSnapshots(database);
            if (directory != null) {
                // From now on an absent database is a lost one.
                directory.begun();
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void foundRecord(BinaryReader key, BinaryReader value) throws MalformedException {
        RecordKey name = new RecordKey(key.i32(), Digest.read(key));
        long first = value.i64();
        order.put(name, first);
        lastOrder = Math.max(lastOrder, first);
        numbers.found(name, value.i64());
    }

    private long findFirstHeight() {
        BinaryReader in = database.get(Family.DEFAULT, FIRST_HEIGHT);
        try {
            return in == null ? 1 : in.i64();
        } catch (MalformedException e) {
            throw database.damaged("does not say where its log begins: " + e.getMessage(), e);
        }
    }

    private long findLastHeight() {
        byte[] last = database.lastKey(Family.BLOCKS, null);
        try {
            return last == null ? firstHeight - 1 : new BinaryReader(last).i64();
        } catch (MalformedException e) {
            throw database.damaged("has a log whose end cannot be found: " + e.getMessage(), e);
        }
    }

    /** {@link PayloadNumbers#NONE} for a height that is not in the log yet. */
    private long lastNumberUpTo(long height) {
        BinaryReader in = database.get(Family.BLOCKS, key(height));
        try {
            return in == null ? PayloadNumbers.NONE : BlockHead.read(in).number();
        } catch (MalformedException e) {
            throw unreadable(height, e);
        }
    }

    // Writing

    @Override
    public void write(List<Write> batch) {
        long last = lastHeight;
        // Until the batch is whole: the log may still speak of what the record spoke of.
        Set<RecordKey> removed = new HashSet<>();
        try (Changes changes = database.change()) {
            for (Write write : batch) {
                switch (write) {
                    case Write.Put(RecordKey key, ConsensusRecord record) -> {
                        removed.remove(key);
                        put(changes, key, record);
                    }
                    case Write.Remove(RecordKey key) -> {
                        removed.add(key);
                        order.remove(key);
                        changes.delete(Family.RECORDS, key(key));
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
            changes.write();
            lastHeight = last;
            removed.forEach(numbers::forget);
            numbers.written();
        }
    }

    private void put(Changes changes, RecordKey key, ConsensusRecord record) {
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
            numbers.use(key, number, payload.digest());
        } else {
            numbers.forget(key);
        }
        BinaryWriter value = RocksDatabase.buffer(16 + length);
        value.i64(order.computeIfAbsent(key, k -> ++lastOrder)).i64(number).raw(whole, 0, length);
        changes.put(Family.RECORDS, key(key), value);
    }

    /** The number, above that of another, under which a payload stands, or stands from now on. */
    private long number(Changes changes, Payload payload, long above, Consumer<BinaryWriter> content) {
        long known = numbers.ofRecords(payload);
        if (known > above) {
            return known;
        }
        long number = numbers.next();
        BinaryWriter out = RocksDatabase.buffer(payload.sizeBytes());
        content.accept(out);
        changes.put(Family.PAYLOADS, key(number), out);
        return number;
    }

    private void append(Changes changes, DecidedBlock block) {
        Payload payload = block.payload();
        boolean apart = PayloadNumbers.standsApart(payload);
        if (apart) {
            numbers.useInLog(number(changes, payload, numbers.lastOfLog(), payload::write));
        }
        BinaryWriter out = RocksDatabase.buffer(128 + (apart ? 0 : payload.sizeBytes()));
        new BlockHead(block.id(), block.parent(), block.proposer(), block.view(), numbers.lastOfLog(), apart)
                .write(out);
        if (!apart) {
            payload.write(out);
        }
        changes.put(Family.BLOCKS, key(block.height()), out);
        certify(changes, block.height(), block.certificate());
    }

    private void certify(Changes changes, long height, Certificate certificate) {
        BinaryWriter out = RocksDatabase.buffer(CERTIFICATE_BYTES);
        codec.writeCertificate(certificate, out);
        changes.put(Family.CERTIFICATES, key(height), out);
    }

    // Reading

    @Override
    public Restored load() {
        TreeMap<Long, ConsensusRecord> records = new TreeMap<>();
        database.each(Family.RECORDS, (key, value) -> {
            long first = value.i64();
            BinaryReader in = whole(value.i64(), value);
            records.put(first, codec.readRecord(in));
            in.end();
        });
        return new Restored(List.copyOf(records.values()), lastHeight == 0 ? null : block(lastHeight));
    }

    /** A record as the protocol wrote it: with its payload, if that stands apart. */
    private BinaryReader whole(long number, BinaryReader head) throws MalformedException {
        if (number == PayloadNumbers.NONE) {
            return head;
        }
        BinaryReader payload = database.get(Family.PAYLOADS, key(number));
        if (payload == null) {
            throw database.damaged("lacks payload " + number + ", of which a record speaks", null);
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
            BinaryReader in = database.get(Family.BLOCKS, key(height));
            BinaryReader proof = database.get(Family.CERTIFICATES, key(height));
            if (in == null || proof == null) {
                return gone(height, "block " + height);
            }
            BlockHead head = BlockHead.read(in);
            BinaryReader content = head.apart() ? database.get(Family.PAYLOADS, key(head.number())) : in;
            if (content == null) {
                return gone(height, "the payload of block " + height);
            }
            Payload payload = payloads.read(content);
            content.end();
            in.end();
            Certificate certificate = codec.readCertificate(proof);
            proof.end();
            return new DecidedBlock(
                    height, head.id(), head.parent(), head.proposer(), head.view(), payload, certificate);
        } catch (MalformedException e) {
            throw unreadable(height, e);
        }
    }

    /** Pruned between the look at the first height and now, or else lost. */
    private @Nullable DecidedBlock gone(long height, String what) {
        if (height < firstHeight) {
            return null;
        }
        throw database.damaged("lacks " + what + " of the heights " + firstHeight + " to " + lastHeight, null);
    }

    private StorageException unreadable(long height, MalformedException cause) {
        return database.damaged("holds a block " + height + " that cannot be read: " + cause.getMessage(), cause);
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
        return database.syncs();
    }

    /** How many bytes went into the log of writes since this was opened. */
    public long loggedBytes() {
        return database.loggedBytes();
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
        return snapshots.newest();
    }

    @Override
    public List<SnapshotManifest> snapshots() {
        return snapshots.manifests().stream()
                .filter(manifest -> manifest.height() >= firstHeight && manifest.height() <= lastHeight)
                .toList();
    }

    @Override
    public @Nullable SnapshotChunk chunk(SnapshotManifest manifest, int index) {
        return snapshots.chunk(manifest, index);
    }

    @Override
    public void save(Snapshot snapshot) {
        long height = snapshot.height();
        synchronized (snapshotLock) {
            if (!snapshots.isNewer(height)) {
                return;
            }
            // Begun first: the storage does not close before all is written.
            try (Changes last = database.change()) {
                snapshots.saveChunks(snapshot);
                RocksSnapshots.Next next = snapshots.add(last, snapshot);
                // The block of each snapshot stays: whoever goes on from it needs that.
                long first = Math.max(firstHeight, Math.min(next.oldest(), height + 1 - keepBlocks));
                if (first > firstHeight) {
                    beginAt(last, first, lastNumberUpTo(first));
                }
                // Readers hear of it before it happens: they never look for what is gone.
                firstHeight = first;
                last.write();
                next.written();
            }
        }
    }

    /** A crash before the last write leaves chunks that no manifest speaks of. */
    @Override
    public void install(Snapshot snapshot, DecidedBlock block) {
        synchronized (snapshotLock) {
            snapshot.requireFits(block, lastHeight);
            try (Changes last = database.change()) {
                snapshots.saveChunks(snapshot);
                RocksSnapshots.Next next = snapshots.replace(last, snapshot);
                append(last, block);
                beginAt(last, block.height(), numbers.lastOfLog());
                // Readers hear of it before it happens: they never look for what is gone.
                firstHeight = block.height();
                last.write();
                lastHeight = block.height();
                next.written();
            }
        }
    }

    /** @param number the highest that the log speaks of up to {@code first}, and with it */
    private void beginAt(Changes changes, long first, long number) {
        changes.put(Family.DEFAULT, FIRST_HEIGHT, RocksDatabase.buffer(8).i64(first));
        changes.deleteRange(Family.BLOCKS, key(0), key(first));
        changes.deleteRange(Family.CERTIFICATES, key(0), key(first));
        changes.deleteRange(Family.PAYLOADS, key(0), key(Math.min(number, numbers.oldestOfRecords())));
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

    @Override
    public void close() {
        database.close();
    }

    private static byte[] key(RecordKey key) {
        BinaryWriter out = new BinaryWriter(4 + Digest.BYTES).i32(key.kind());
        key.name().write(out);
        return out.toByteArray();
    }

    /** Of a height, or of a payload's number. */
    private static byte[] key(long number) {
        return new BinaryWriter(8).i64(number).toByteArray();
    }
}
