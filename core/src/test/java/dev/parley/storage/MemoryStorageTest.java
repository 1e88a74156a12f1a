package dev.parley.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryStorageTest extends StorageContract {
    private final MemoryStorage memory = new MemoryStorage(Long.MAX_VALUE);

    @Override
    Storage open() {
        return memory;
    }

    @Test
    void prunes_the_oldest_blocks_over_its_bound() {
        MemoryStorage small = new MemoryStorage(10_000);
        for (long height = 1; height <= 5_000; height++) {
            small.write(List.of(TestLog.append(height, 1_000)));
        }
        assertThat(small.lastHeight()).isEqualTo(5_000);
        assertThat(small.firstHeight()).isBetween(4_990L, 5_000L);
        assertThat(heights(small.read(small.firstHeight(), 100, Long.MAX_VALUE)))
                .startsWith(small.firstHeight())
                .endsWith(5_000L);
    }
}
