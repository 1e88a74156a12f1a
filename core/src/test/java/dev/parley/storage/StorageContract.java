package dev.parley.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.NoProtocol;
import dev.parley.log.CommandBatch;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Storage} does. */
abstract class StorageContract {
    private Storage storage;

    /** Opens it anew, with all that was written; the one before is not used any more. */
    abstract Storage open();

    @BeforeEach
    void begin() {
        storage = open();
    }

    @AfterEach
    void end() {
        storage.close();
    }

    private void reopen() {
        storage.close();
        storage = open();
    }

    @Test
    void an_empty_one_has_nothing() {
        assertThat(storage.load().records()).isEmpty();
        assertThat(storage.load().lastDecided()).isNull();
        assertThat(storage.firstHeight()).isOne();
        assertThat(storage.lastHeight()).isZero();
        assertThat(storage.read(1, 10, 1000)).isEmpty();
        assertThat(storage.snapshot()).isNull();
    }

    @Test
    void records_come_back_in_the_order_in_which_their_keys_were_first_written() {
        storage.write(List.of(TestLog.put(2, "b", 1), TestLog.put(1, "z", 2), TestLog.put(2, "a", 3)));
        reopen();
        storage.write(List.of(
                TestLog.put(2, "b", 4),
                TestLog.put(0, "c", 5),
                new Storage.Write.Remove(TestLog.key(1, "z")),
                new Storage.Write.Remove(TestLog.key(9, "never"))));
        storage.write(List.of(TestLog.put(1, "z", 6)));
        reopen();
        assertThat(storage.load().records())
                .containsExactly(
                        new NoProtocol.Note(4), new NoProtocol.Note(3), new NoProtocol.Note(5), new NoProtocol.Note(6));
    }

    @Test
    void blocks_are_read_within_bounds() {
        for (long height = 1; height <= 10; height++) {
            storage.write(List.of(TestLog.append(height, 1000)));
        }
        reopen();
        assertThat(storage.lastHeight()).isEqualTo(10);
        assertThat(heights(storage.read(3, 4, Long.MAX_VALUE))).containsExactly(3L, 4L, 5L, 6L);
        assertThat(heights(storage.read(9, 4, Long.MAX_VALUE))).containsExactly(9L, 10L);
        assertThat(heights(storage.read(3, 10, 1))).containsExactly(3L);
        assertThat(heights(storage.read(3, 10, 1500))).containsExactly(3L, 4L);
        assertThat(storage.read(11, 4, Long.MAX_VALUE)).isEmpty();
        assertThat(storage.read(0, 4, Long.MAX_VALUE)).isEmpty();
        DecidedBlock read = storage.read(7, 1, 1).getFirst();
        DecidedBlock written = TestLog.block(7, 1000, 1);
        assertThat(read).usingRecursiveComparison().ignoringFields("payload").isEqualTo(written);
        assertThat(((CommandBatch) read.payload()).digest()).isEqualTo(((CommandBatch) written.payload()).digest());
        assertThat(Objects.requireNonNull(storage.load().lastDecided()).height())
                .isEqualTo(10);
    }

    @Test
    void a_better_certificate_takes_the_place_of_the_first() {
        storage.write(List.of(TestLog.append(1), TestLog.append(2)));
        storage.write(List.of(new Storage.Write.Certify(1, new NoProtocol.Proof(9))));
        reopen();
        assertThat(storage.read(1, 2, 1000))
                .extracting(DecidedBlock::certificate)
                .containsExactly(new NoProtocol.Proof(9), new NoProtocol.Proof(1));
    }

    @Test
    void the_log_has_no_gaps() {
        storage.write(List.of(TestLog.append(1)));
        assertThatThrownBy(() -> storage.write(List.of(TestLog.put(1, "a", 1), TestLog.append(3))))
                .hasMessage("block 3 cannot follow a log of height 1");
    }

    @Test
    void the_newest_snapshot_is_kept_whole() {
        for (long height = 1; height <= 3; height++) {
            storage.write(List.of(TestLog.append(height)));
        }
        byte[] first = new byte[100];
        byte[] second = new byte[3_000_000];
        new Random(1).nextBytes(second);
        storage.save(TestLog.snapshot(2, first));
        reopen();
        assertThat(Objects.requireNonNull(storage.snapshot()).content()).isEqualTo(first);
        storage.save(TestLog.snapshot(3, second));
        reopen();
        Snapshot newest = Objects.requireNonNull(storage.snapshot());
        assertThat(newest.height()).isEqualTo(3);
        assertThat(newest.content()).isEqualTo(second);
    }

    @Test
    void two_snapshots_are_kept_and_each_chunk_proves_itself() {
        for (long height = 1; height <= 9; height++) {
            storage.write(List.of(TestLog.append(height)));
        }
        byte[] content = new byte[5_000];
        new Random(2).nextBytes(content);
        storage.save(TestLog.snapshot(3, content));
        storage.save(TestLog.snapshot(6, content));
        storage.save(TestLog.snapshot(9, content));
        storage.save(TestLog.snapshot(8, new byte[1]));
        reopen();
        assertThat(storage.snapshots()).extracting(SnapshotManifest::height).containsExactly(9L, 6L);
        for (SnapshotManifest manifest : storage.snapshots()) {
            assertThat(manifest.chunks()).isEqualTo(5);
            for (int i = 0; i < 5; i++) {
                SnapshotChunk chunk = Objects.requireNonNull(storage.chunk(manifest, i));
                assertThat(manifest.proves(chunk)).isTrue();
                assertThat(chunk.bytes())
                        .isEqualTo(java.util.Arrays.copyOfRange(content, i * 1024, Math.min(5_000, i * 1024 + 1024)));
            }
            assertThat(storage.chunk(manifest, -1)).isNull();
            assertThat(storage.chunk(manifest, 5)).isNull();
        }
        assertThat(storage.chunk(TestLog.snapshot(3, content).manifest(), 0)).isNull();
    }

    @Test
    void a_snapshot_that_is_asked_for_stays_until_there_are_too_many_newer_ones() {
        int most = Storage.MAX_SNAPSHOTS;
        for (long height = 1; height <= 3L * most; height++) {
            storage.write(List.of(TestLog.append(height)));
        }
        storage.save(TestLog.snapshot(1, new byte[3000]));
        SnapshotManifest fetched = storage.snapshots().getFirst();
        for (long height = 2; height <= most; height++) {
            assertThat(storage.chunk(fetched, 1)).isNotNull();
            storage.save(TestLog.snapshot(height, new byte[1]));
        }
        assertThat(storage.snapshots())
                .extracting(SnapshotManifest::height)
                .containsExactly((long) most, most - 1L, 1L);
        assertThat(storage.firstHeight())
                .as("who has fetched it goes on from its block")
                .isOne();
        assertThat(storage.chunk(fetched, 1)).isNotNull();
        storage.save(TestLog.snapshot(most + 1, new byte[1]));
        assertThat(storage.snapshots())
                .as("whoever goes on asking: the log above it would never be pruned")
                .extracting(SnapshotManifest::height)
                .containsExactly(most + 1L, (long) most);
    }

    @Test
    void snapshots_that_nobody_asks_for_any_more_go_and_all_that_stay_outlive_a_restart() {
        for (long height = 1; height <= 20; height++) {
            storage.write(List.of(TestLog.append(height)));
        }
        storage.save(TestLog.snapshot(2, new byte[3000]));
        storage.save(TestLog.snapshot(4, new byte[1]));
        SnapshotManifest fetched = storage.snapshots().getLast();
        assertThat(storage.chunk(fetched, 0)).isNotNull();
        storage.save(TestLog.snapshot(6, new byte[1]));
        reopen();
        assertThat(storage.snapshots()).extracting(SnapshotManifest::height).containsExactly(6L, 4L, 2L);
        assertThat(storage.chunk(fetched, 2)).isNotNull();
        storage.save(TestLog.snapshot(8, new byte[1]));
        assertThat(storage.snapshots()).extracting(SnapshotManifest::height).containsExactly(8L, 6L, 2L);
        storage.save(TestLog.snapshot(10, new byte[1]));
        reopen();
        assertThat(storage.snapshots()).extracting(SnapshotManifest::height).containsExactly(10L, 8L);
        assertThat(storage.chunk(fetched, 0)).isNull();
    }

    @Test
    void a_log_goes_on_from_a_snapshot_of_others_and_keeps_the_records() {
        storage.write(List.of(TestLog.put(1, "vote", 7), TestLog.append(1), TestLog.append(2)));
        storage.save(TestLog.snapshot(2, new byte[10]));
        byte[] state = new byte[3_000];
        new Random(4).nextBytes(state);
        assertThatThrownBy(() -> storage.install(TestLog.snapshot(20, state), TestLog.block(21, 10, 1)))
                .isInstanceOf(IllegalArgumentException.class);
        storage.install(TestLog.snapshot(20, state), TestLog.block(20, 10, 1));
        for (int life = 0; life < 2; life++) {
            assertThat(storage.firstHeight()).isEqualTo(20);
            assertThat(storage.lastHeight()).isEqualTo(20);
            assertThat(heights(storage.read(20, 5, 1000))).containsExactly(20L);
            assertThat(storage.read(2, 5, 1000)).isEmpty();
            assertThat(storage.load().records()).containsExactly(new NoProtocol.Note(7));
            assertThat(Objects.requireNonNull(storage.load().lastDecided()).height())
                    .isEqualTo(20);
            assertThat(storage.snapshots()).extracting(SnapshotManifest::height).containsExactly(20L);
            assertThat(Objects.requireNonNull(storage.snapshot()).content()).isEqualTo(state);
            reopen();
        }
        storage.save(TestLog.snapshot(3, new byte[10]));
        storage.write(List.of(TestLog.append(21)));
        reopen();
        assertThat(storage.lastHeight()).isEqualTo(21);
        assertThat(storage.snapshots()).extracting(SnapshotManifest::height).containsExactly(20L);
        assertThatThrownBy(() -> storage.install(TestLog.snapshot(21, state), TestLog.block(21, 10, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static List<Long> heights(List<DecidedBlock> blocks) {
        return blocks.stream().map(DecidedBlock::height).toList();
    }
}
