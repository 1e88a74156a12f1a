package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class FoundGoodTest {
    private static final int MAX = 4;

    /** Each has the same hash. */
    private record Colliding(int value) {
        @Override
        public int hashCode() {
            return 1;
        }
    }

    private final FoundGood<Colliding> good = new FoundGood<>(MAX);

    @Test
    void what_has_the_same_hash_has_a_place_of_its_own() {
        for (int i = 0; i < MAX; i++) {
            good.add(new Colliding(i));
        }
        for (int i = 0; i < MAX; i++) {
            assertThat(good.contains(new Colliding(i))).isTrue();
        }
        assertThat(good.contains(new Colliding(MAX))).isFalse();
    }

    @Test
    void what_was_used_longest_ago_is_forgotten_first() {
        for (int i = 0; i < MAX; i++) {
            good.add(new Colliding(i));
        }
        assertThat(good.contains(new Colliding(0))).isTrue();

        good.add(new Colliding(MAX));

        assertThat(good.contains(new Colliding(0))).isTrue();
        assertThat(good.contains(new Colliding(1))).isFalse();
    }

    @Test
    void there_is_room_for_one_at_least() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FoundGood<>(0))
                .withMessageContaining("0");
    }
}
