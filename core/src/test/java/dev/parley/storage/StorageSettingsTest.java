package dev.parley.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StorageSettingsTest {
    private static final StorageSettings SETTINGS = new StorageSettings(1, 1, 10, 1000, 64);

    /** Of blocks of 30 bytes. */
    private static List<Long> due(long until, long lastSnapshotBytes) {
        return LongStream.rangeClosed(1, until)
                .filter(height -> SETTINGS.isSnapshotDue(height, height * 30, 30, lastSnapshotBytes))
                .boxed()
                .toList();
    }

    @Test
    void a_snapshot_is_due_at_multiples_of_blocks_and_of_bytes() {
        assertThat(due(70, 0)).containsExactly(10L, 20L, 30L, 34L, 40L, 50L, 60L, 67L, 70L);
    }

    @Test
    void larger_snapshots_are_further_apart_and_all_at_places_where_small_ones_are_too() {
        assertThat(due(70, 1000)).isEqualTo(due(70, 0));
        assertThat(due(70, 1001)).containsExactly(20L, 40L, 60L, 67L);
        assertThat(due(1000, 5000)).isNotEmpty().isSubsetOf(due(1000, 1001));
    }

    @Test
    void no_distance_is_so_long_that_doubling_it_makes_it_short() {
        StorageSettings byBytes = new StorageSettings(1, 1, Long.MAX_VALUE, 1, 64);
        assertThat(byBytes.isSnapshotDue(2, 0, 0, Integer.MAX_VALUE)).isFalse();
    }
}
