package dev.parley.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandPayloads;
import dev.parley.storage.DataDirectory.Identity;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class RocksStorageTest extends StorageContract {
    private static final Identity V2 = new Identity("mine", "test", new ValidatorId(2), "ab12");
    private static final int CUTS = Integer.getInteger("parley.storage.cuts", 50);

    @TempDir
    Path folder;

    @Override
    Storage open() {
        return open(folder.resolve("data"), 1_000_000);
    }

    private static RocksStorage open(Path path, long keepBlocks) {
        return new RocksStorage(DataDirectory.open(path, V2), new NoProtocol(), CommandPayloads.INSTANCE, keepBlocks);
    }

    /** A process that is killed deletes nothing: 16 MB each time. */
    @Test
    void the_native_library_leaves_no_file() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        assumeThat(maps).as("what is loaded, as Linux tells it").exists();
        open(folder.resolve("loaded"), 1).close();

        assertThat(Files.readAllLines(maps).stream().filter(line -> line.contains("rocksdbjni")))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("(deleted)"));
    }

    @Test
    void blocks_below_the_snapshot_are_pruned_by_the_policy() {
        Path path = folder.resolve("pruned");
        try (RocksStorage storage = open(path, 3)) {
            for (long height = 1; height <= 10; height++) {
                storage.write(List.of(TestLog.append(height)));
            }
            storage.save(TestLog.snapshot(8, new byte[1]));
            assertThat(storage.firstHeight()).isEqualTo(6);
        }
        try (RocksStorage storage = open(path, 3)) {
            assertThat(storage.firstHeight()).isEqualTo(6);
            assertThat(storage.read(5, 1, 1)).isEmpty();
            assertThat(heights(storage.read(6, 100, Long.MAX_VALUE))).containsExactly(6L, 7L, 8L, 9L, 10L);
            storage.write(List.of(new Storage.Write.Certify(2, new NoProtocol.Proof(3)), TestLog.append(11)));
        }
        try (RocksStorage storage = open(path, 3)) {
            assertThat(storage.lastHeight()).isEqualTo(11);
        }
    }

    @Test
    void a_large_payload_is_written_once_however_many_speak_of_it() {
        int bytes = 100_000;
        CommandBatch payload = TestLog.payload(5, bytes);
        try (RocksStorage storage = open(folder.resolve("once"), 1)) {
            storage.write(List.of(TestLog.undecided("view 1", 1, payload)));
            storage.write(List.of(TestLog.undecided("view 2", 2, payload)));
            storage.write(List.of(
                    new Storage.Write.Remove(TestLog.key(2, "view 1")),
                    new Storage.Write.Remove(TestLog.key(2, "view 2")),
                    new Storage.Write.Append(TestLog.block(1, payload, 1))));
            assertThat(storage.loggedBytes()).isBetween((long) bytes, bytes * 11L / 10);
        }
    }

    @Test
    void a_payload_goes_when_neither_the_log_nor_a_record_speaks_of_it() {
        Path path = folder.resolve("unspoken");
        try (RocksStorage storage = open(path, 0)) {
            storage.write(List.of(TestLog.undecided("lost", 1, TestLog.payload(101, 2_000))));
            storage.write(List.of(TestLog.undecided("held", 2, TestLog.payload(102, 2_000))));
            for (long height = 1; height <= 5; height++) {
                storage.write(List.of(TestLog.append(height, 2_000)));
            }
            storage.write(List.of(new Storage.Write.Remove(TestLog.key(2, "lost"))));
            storage.save(TestLog.snapshot(3, new byte[1]));
            storage.save(TestLog.snapshot(4, new byte[1]));
        }
        // That of the record, and all of the log, which is younger: one bound, below the oldest.
        assertThat(payloads(path)).isEqualTo(6);
        try (RocksStorage storage = open(path, 0)) {
            assertThat(storage.load().records())
                    .containsExactly(new NoProtocol.Undecided(2, TestLog.payload(102, 2_000)));
            // A record and a block whose payload is small, each in its own place.
            storage.write(List.of(TestLog.undecided("held", 3, TestLog.payload(103, 10)), TestLog.append(6, 10)));
            storage.write(List.of(TestLog.append(7, 2_000)));
            storage.save(TestLog.snapshot(5, new byte[1]));
            storage.save(TestLog.snapshot(6, new byte[1]));
        }
        assertThat(payloads(path)).isEqualTo(2);
        try (RocksStorage storage = open(path, 0)) {
            storage.write(List.of(TestLog.append(8, 10), TestLog.append(9, 2_000)));
            storage.save(TestLog.snapshot(8, new byte[1]));
            storage.save(TestLog.snapshot(9, new byte[1]));
            assertThat(heights(storage.read(8, 10, Long.MAX_VALUE))).containsExactly(8L, 9L);
        }
        assertThat(payloads(path)).isEqualTo(2);
    }

    @Test
    void a_record_that_is_removed_and_written_again_keeps_its_payload() {
        Path path = folder.resolve("again");
        Storage.Write record = TestLog.undecided("block", 1, TestLog.payload(101, 2_000));
        try (RocksStorage storage = open(path, 0)) {
            storage.write(List.of(record));
            storage.write(List.of(new Storage.Write.Remove(TestLog.key(2, "block")), record));
            for (long height = 1; height <= 4; height++) {
                storage.write(List.of(TestLog.append(height, 2_000)));
            }
            storage.save(TestLog.snapshot(4, new byte[1]));
            assertThat(storage.firstHeight()).isEqualTo(4);
            assertThat(storage.load().records()).hasSize(1);
        }
    }

    private static int payloads(Path path) {
        AtomicInteger count = new AtomicInteger();
        try (RocksDatabase database = new RocksDatabase(path, null)) {
            database.each(RocksDatabase.Family.PAYLOADS, (number, payload) -> count.incrementAndGet());
        }
        return count.get();
    }

    /** Whatever is voted for, decided, forgotten and pruned, in whatever order, and however often it starts again. */
    @RepeatedTest(20)
    void the_disk_holds_what_memory_would(RepetitionInfo repetition) {
        Path path = folder.resolve("as-memory");
        Random random = new Random(repetition.getCurrentRepetition());
        MemoryStorage memory = new MemoryStorage(Long.MAX_VALUE, 2);
        RocksStorage disk = open(path, 2);
        try {
            for (int step = 0; step < 80; step++) {
                long last = memory.lastHeight();
                long snapshot = last - random.nextInt(3);
                switch (random.nextInt(12)) {
                    case 0 -> {
                        disk.close();
                        disk = open(path, 2);
                    }
                    case 1 -> {
                        if (snapshot >= memory.firstHeight()) {
                            memory.save(TestLog.snapshot(snapshot, new byte[10]));
                            disk.save(TestLog.snapshot(snapshot, new byte[10]));
                        }
                    }
                    case 2 -> {
                        if (random.nextInt(4) == 0) {
                            DecidedBlock block = TestLog.block(last + 5, drawPayload(random), 1);
                            memory.install(TestLog.snapshot(last + 5, new byte[20]), block);
                            disk.install(TestLog.snapshot(last + 5, new byte[20]), block);
                        }
                    }
                    default -> {
                        List<Storage.Write> batch = drawBatch(last, random);
                        memory.write(batch);
                        disk.write(batch);
                    }
                }
                assertThat(disk.load().records()).isEqualTo(memory.load().records());
                assertThat(disk.firstHeight()).isEqualTo(memory.firstHeight());
                assertThat(disk.read(disk.firstHeight(), 100, Long.MAX_VALUE))
                        .usingRecursiveComparison()
                        .withEqualsForType((a, b) -> a.digest().equals(b.digest()), CommandBatch.class)
                        .isEqualTo(memory.read(memory.firstHeight(), 100, Long.MAX_VALUE));
            }
        } finally {
            disk.close();
        }
    }

    /** Few names and payloads, so that they come again. */
    private static List<Storage.Write> drawBatch(long last, Random random) {
        List<Storage.Write> batch = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String name = "block " + random.nextInt(4);
            batch.add(
                    switch (random.nextInt(4)) {
                        case 0 -> new Storage.Write.Remove(TestLog.key(2, name));
                        case 1 -> new Storage.Write.Append(TestLog.block(++last, drawPayload(random), 1));
                        default -> TestLog.undecided(name, random.nextInt(3), drawPayload(random));
                    });
        }
        return batch;
    }

    private static CommandBatch drawPayload(Random random) {
        int number = 1 + random.nextInt(5);
        return TestLog.payload(number, number == 1 ? 10 : 2_000);
    }

    @Test
    void a_snapshot_that_was_not_finished_is_none() {
        try (RocksStorage storage = open(folder.resolve("snapshots"), 10)) {
            storage.save(TestLog.snapshot(2, new byte[10]));
            assertThat(storage.snapshot()).isNotNull();
        }
        // Pieces of a later one without its manifest: as a power failure in the middle of save leaves them.
        DataDirectory directory = DataDirectory.open(folder.resolve("snapshots"), V2);
        try (RocksDatabase database = new RocksDatabase(directory.path(), directory)) {
            new RocksSnapshots(database).saveChunks(TestLog.snapshot(5, new byte[100]));
        }
        try (RocksStorage storage = open(folder.resolve("snapshots"), 10)) {
            assertThat(Objects.requireNonNull(storage.snapshot()).height()).isEqualTo(2);
        }
    }

    @Test
    void a_value_that_stands_under_the_key_of_another_is_noticed() throws RocksDBException {
        Path path = folder.resolve("moved");
        try (RocksStorage storage = open(path, 10)) {
            storage.write(List.of(TestLog.append(1), TestLog.append(2)));
        }
        String database = DataDirectory.database(path).toString();
        List<ColumnFamilyHandle> families = new ArrayList<>();
        try (Options options = new Options();
                DBOptions all = new DBOptions()) {
            List<byte[]> names = RocksDB.listColumnFamilies(options, database);
            List<ColumnFamilyDescriptor> descriptors =
                    names.stream().map(ColumnFamilyDescriptor::new).toList();
            try (RocksDB opened = RocksDB.open(all, database, descriptors, families)) {
                int place = names.stream()
                        .map(name -> new String(name, StandardCharsets.US_ASCII))
                        .toList()
                        .indexOf("blocks");
                ColumnFamilyHandle blocks = families.get(place);
                opened.put(blocks, height(1), Objects.requireNonNull(opened.get(blocks, height(2))));
                families.forEach(ColumnFamilyHandle::close);
            }
        }
        try (RocksStorage storage = open(path, 10)) {
            assertThat(storage.read(2, 1, 1)).hasSize(1);
            assertThatThrownBy(() -> storage.read(1, 1, 1))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("blocks that does not have its checksum");
        }
    }

    private static byte[] height(long height) {
        return new BinaryWriter(8).i64(height).toByteArray();
    }

    @Test
    void a_chunk_of_another_snapshot_is_noticed() {
        Path path = folder.resolve("chunks");
        try (RocksStorage storage = open(path, 10)) {
            storage.write(List.of(TestLog.append(1)));
            storage.save(TestLog.snapshot(1, new byte[10]));
        }
        DataDirectory directory = DataDirectory.open(path, V2);
        try (RocksDatabase database = new RocksDatabase(directory.path(), directory)) {
            new RocksSnapshots(database).saveChunks(TestLog.snapshot(1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
        }
        try (RocksStorage storage = open(path, 10)) {
            assertThatThrownBy(storage::snapshot)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("a snapshot of height 1 whose hash is another");
        }
    }

    /**
     * The power fails at any byte of a write: everything that was acknowledged before is there, and of the write that was under way all or
     * nothing. {@code -Dparley.storage.cuts=1000} for more of them.
     */
    @Test
    void a_power_failure_loses_nothing_that_was_acknowledged() throws IOException {
        Random random = new Random(7);
        Path live = folder.resolve("live");
        long acknowledged = 0;
        int halves = 0;
        for (int cut = 0; cut < CUTS; cut++) {
            if (cut % 10 == 0) {
                delete(live);
                acknowledged = 0;
            }
            long before;
            long after;
            try (RocksStorage storage = open(live, 1_000_000)) {
                assertThat(storage.lastHeight()).isEqualTo(acknowledged);
                for (int i = random.nextInt(4); i >= 0; i--) {
                    acknowledged++;
                    storage.write(batch(acknowledged, random));
                }
                before = logBytes(live);
                storage.write(batch(acknowledged + 1, random));
                after = logBytes(live);
            }
            long at = before + (long) (random.nextDouble() * (after - before + 1));
            halves += at > before && at < after ? 1 : 0;
            tear(log(live), at, after, random);
            try (RocksStorage restarted = open(live, 1_000_000)) {
                long last = restarted.lastHeight();
                assertThat(last).isBetween(acknowledged, acknowledged + 1);
                assertThat(restarted.load().records())
                        .extracting(record -> ((NoProtocol.Undecided) record).number())
                        .containsExactly(last);
                assertThat(restarted.read(1, 100, Long.MAX_VALUE)).hasSize((int) last);
                acknowledged = last;
            }
        }
        assertThat(halves).isGreaterThan(CUTS / 2);
    }

    /** The power fails at any byte while a snapshot of others takes the place of the log: the old state or the new one, whole. */
    @Test
    void a_power_failure_while_a_snapshot_is_installed_leaves_the_old_or_the_new() throws IOException {
        Random random = new Random(11);
        Path live = folder.resolve("installed");
        int olds = 0;
        int news = 0;
        for (int cut = 0; cut < CUTS; cut++) {
            delete(live);
            byte[] old = new byte[500 + random.nextInt(3_000)];
            byte[] state = new byte[1 + random.nextInt(10_000)];
            random.nextBytes(old);
            random.nextBytes(state);
            long before;
            long after;
            try (RocksStorage storage = open(live, 1_000_000)) {
                storage.write(batch(1, random));
                storage.write(batch(2, random));
                storage.save(TestLog.snapshot(2, old));
                before = logBytes(live);
                storage.install(TestLog.snapshot(40, state), TestLog.block(40, random.nextInt(5_000), 1));
                after = logBytes(live);
            }
            // The last write is what counts: every other cut is in its last bytes.
            long from = random.nextBoolean() ? before : Math.max(before, after - 400);
            long at = cut % 8 == 0 ? after : from + (long) (random.nextDouble() * (after - from + 1));
            tear(log(live), at, after, random);
            try (RocksStorage restarted = open(live, 1_000_000)) {
                assertThat(restarted.load().records())
                        .extracting(record -> ((NoProtocol.Undecided) record).number())
                        .containsExactly(2L);
                boolean isNew = restarted.lastHeight() == 40;
                news += isNew ? 1 : 0;
                olds += isNew ? 0 : 1;
                assertThat(restarted.lastHeight()).isEqualTo(isNew ? 40 : 2);
                assertThat(restarted.firstHeight()).isEqualTo(isNew ? 40 : 1);
                assertThat(heights(restarted.read(restarted.firstHeight(), 10, Long.MAX_VALUE)))
                        .isEqualTo(isNew ? List.of(40L) : List.of(1L, 2L));
                assertThat(Objects.requireNonNull(restarted.snapshot()).content())
                        .isEqualTo(isNew ? state : old);
                assertThat(restarted.snapshots()).hasSize(1);
                if (!isNew) {
                    restarted.install(TestLog.snapshot(41, state), TestLog.block(41, 10, 1));
                    assertThat(Objects.requireNonNull(restarted.snapshot()).content())
                            .isEqualTo(state);
                }
            }
        }
        assertThat(olds).isGreaterThan(CUTS / 3);
        assertThat(news).isPositive();
    }

    private static List<Storage.Write> batch(long height, Random random) {
        CommandBatch payload = TestLog.payload(height, random.nextInt(5_000));
        return List.of(
                TestLog.undecided("block", height, payload),
                new Storage.Write.Append(TestLog.block(height, payload, 1)));
    }

    /** The database's log of writes is the newest file of that kind. */
    private static Path log(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("db"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static long logBytes(Path data) throws IOException {
        return Files.size(log(data));
    }

    /** What was beyond is gone, or is whatever the disk had there. */
    private static void tear(Path log, long at, long end, Random random) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            if (random.nextBoolean()) {
                file.setLength(at);
            } else {
                file.seek(at);
                file.write(new byte[(int) (end - at)]);
            }
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void damage_before_the_end_is_refused_and_stays_as_it_is() throws IOException {
        Path path = folder.resolve("damaged");
        try (RocksStorage storage = open(path, 10)) {
            for (long height = 1; height <= 20; height++) {
                storage.write(List.of(TestLog.append(height, 2_000)));
            }
        }
        Path log = log(path);
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            file.seek(10_000);
            int was = file.read();
            file.seek(10_000);
            file.write(was ^ 0xff);
        }
        byte[] before = Files.readAllBytes(log);
        assertThatThrownBy(() -> open(path, 10))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("data directory " + path)
                .hasMessageContaining("restore it from a copy");
        assertThat(Files.readAllBytes(log)).isEqualTo(before);
    }

    /** Made anew they would be empty, and the validator would have forgotten its votes without a word. */
    @Test
    void column_families_that_a_cut_manifest_has_forgotten_are_not_made_anew() throws IOException {
        Path path = folder.resolve("cut");
        try (RocksStorage storage = open(path, 10)) {
            storage.write(List.of(TestLog.append(1, 2_000)));
        }
        Path manifest;
        try (Stream<Path> files = Files.list(path.resolve("db"))) {
            manifest = files.filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                    .findFirst()
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(manifest.toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertThatThrownBy(() -> open(path, 10))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("data directory " + path)
                .hasMessageContaining("restore it from a copy");
    }

    @Test
    void one_flipped_byte_in_a_block_or_a_snapshot_is_noticed_when_it_is_read() throws IOException {
        Path path = folder.resolve("flipped");
        byte[] state = new byte[50_000];
        new Random(3).nextBytes(state);
        try (RocksStorage storage = open(path, 1_000)) {
            storage.write(List.of(TestLog.append(1, 20_000)));
            storage.save(TestLog.snapshot(1, state));
        }
        open(path, 1_000).close();
        List<Path> tables;
        try (Stream<Path> files = Files.list(path.resolve("db"))) {
            tables = files.filter(file -> file.toString().endsWith(".sst"))
                    .filter(file -> file.toFile().length() > 15_000)
                    .toList();
        }
        assertThat(tables).isNotEmpty();
        int noticed = 0;
        for (Path table : tables) {
            try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
                file.seek(7_000);
                int was = file.read();
                file.seek(7_000);
                file.write(was ^ 1);
            }
            try (RocksStorage storage = open(path, 1_000)) {
                storage.read(1, 1, 1);
                storage.snapshot();
            } catch (StorageException e) {
                noticed++;
                assertThat(e).hasMessageContaining("data directory " + path);
            }
        }
        assertThat(noticed).isEqualTo(tables.size());
    }

    @Test
    void a_directory_of_somebody_else_is_refused() {
        Path path = folder.resolve("mine");
        open(path, 1).close();
        assertRefused(
                path, new Identity("other", "test", V2.validator(), "ab12"), "is of chain 'mine' and not of 'other'");
        assertRefused(
                path, new Identity("mine", "other", V2.validator(), "ab12"), "is of protocol test and not of other");
        assertRefused(
                path, new Identity("mine", "test", new ValidatorId(3), "ab12"), "is of validator v2 and not of v3");
        assertRefused(path, new Identity("mine", "test", V2.validator(), "cd34"), "is of key ab12 and not of cd34");
        assertThat(DataDirectory.identify(path)).isEqualTo(V2);
    }

    private static void assertRefused(Path path, Identity identity, String why) {
        assertThatThrownBy(() -> DataDirectory.open(path, identity))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(why)
                .hasMessageContaining(path.toString());
    }

    @Test
    void a_damaged_or_a_newer_identity_is_refused_and_not_overwritten() throws IOException {
        Path path = folder.resolve("identity");
        open(path, 1).close();
        Path file = path.resolve("identity");
        String good = Files.readString(file);
        List<String> bad = new ArrayList<>();
        bad.add(good.replace("chain mine", "chain mind"));
        bad.add(good.substring(0, good.length() / 2));
        bad.add("");
        for (String text : bad) {
            Files.writeString(file, text);
            assertRefused(path, V2, file.toString());
            assertThat(file).hasContent(text);
        }
        for (int other : List.of(2, 4)) {
            Files.writeString(file, good.replace("parley-data-v3", "parley-data-v" + other));
            assertRefused(
                    path,
                    V2,
                    "is of version " + other + ", and this Parley knows version 3; use the Parley that wrote it");
        }
        Files.writeString(file, good);
        open(path, 1).close();
    }

    @Test
    void a_directory_with_other_files_is_refused() throws IOException {
        Path path = Files.createDirectories(folder.resolve("photos"));
        Files.writeString(path.resolve("holiday.jpg"), "sea");
        assertRefused(path, V2, "holds holiday.jpg and is no data directory of Parley; name an empty one");
        assertThat(path.resolve("identity")).doesNotExist();
    }

    @Test
    void a_directory_that_was_founded_has_signed_nothing_and_one_that_was_not_may_have() throws IOException {
        Path founded = folder.resolve("founded");
        assertThat(DataDirectory.exists(founded)).isFalse();
        DataDirectory.found(founded, V2);
        assertThat(DataDirectory.exists(founded)).isTrue();
        assertThat(DataDirectory.hasStarted(founded)).isFalse();
        for (int life = 0; life < 2; life++) {
            try (RocksStorage storage = open(founded, 1)) {
                assertThat(storage.isRecovering()).isFalse();
            }
        }
        assertThatThrownBy(() -> DataDirectory.found(founded, V2))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("is never founded again");
        Path lost = folder.resolve("lost");
        for (int life = 0; life < 2; life++) {
            try (RocksStorage storage = open(lost, 1)) {
                assertThat(storage.isRecovering())
                        .as("until it is told otherwise")
                        .isTrue();
            }
        }
        try (RocksStorage storage = open(lost, 1)) {
            storage.recovered();
            assertThat(storage.isRecovering()).isFalse();
        }
        try (RocksStorage storage = open(lost, 1)) {
            assertThat(storage.isRecovering()).isFalse();
        }
    }

    @Test
    void a_directory_without_its_database_has_lost_what_was_signed() throws IOException {
        Path path = folder.resolve("emptied");
        DataDirectory.found(path, V2);
        DataDirectory.open(path, V2).close();
        try (RocksStorage storage = open(path, 1)) {
            assertThat(storage.isRecovering()).as("it was never opened before").isFalse();
        }
        delete(path.resolve("db"));
        try (RocksStorage storage = open(path, 1)) {
            assertThat(storage.isRecovering()).isTrue();
        }
    }

    @Test
    void two_do_not_use_one_directory() {
        Path path = folder.resolve("shared");
        try (RocksStorage first = open(path, 1)) {
            assertThat(first.lastHeight()).isZero();
            assertRefused(
                    path, V2, "is in use by process " + ProcessHandle.current().pid());
        }
        open(path, 1).close();
    }

    @Test
    void each_write_is_synced() {
        try (RocksStorage storage = open(folder.resolve("synced"), 1)) {
            for (long height = 1; height <= 5; height++) {
                long before = storage.syncs();
                storage.write(List.of(TestLog.append(height)));
                assertThat(storage.syncs()).isGreaterThan(before);
            }
        }
    }

    @Test
    void what_is_closed_is_closed() {
        RocksStorage storage = open(folder.resolve("closed"), 1);
        storage.close();
        storage.close();
        assertThatThrownBy(() -> storage.write(List.of(TestLog.append(1))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }
}
