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
    void whatHasTheSameHashHasAPlaceOfItsOwn() {
        for (int i = 0; i < MAX; i++) {
            good.add(new Colliding(i));
        }
        for (int i = 0; i < MAX; i++) {
            assertThat(good.contains(new Colliding(i))).isTrue();
        }
        assertThat(good.contains(new Colliding(MAX))).isFalse();
    }

    @Test
    void whatWasUsedLongestAgoIsForgottenFirst() {
        for (int i = 0; i < MAX; i++) {
            good.add(new Colliding(i));
        }
        assertThat(good.contains(new Colliding(0))).isTrue();

        good.add(new Colliding(MAX));

        assertThat(good.contains(new Colliding(0))).isTrue();
        assertThat(good.contains(new Colliding(1))).isFalse();
    }

    @Test
    void thereIsRoomForOneAtLeast() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FoundGood<>(0))
                .withMessageContaining("0");
    }
}
