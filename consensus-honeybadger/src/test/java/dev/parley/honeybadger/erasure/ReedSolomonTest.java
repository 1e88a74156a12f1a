package dev.parley.honeybadger.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReedSolomonTest {
    private final Random random = new Random(1);

    private byte[] data(int length) {
        byte[] data = new byte[length];
        random.nextBytes(data);
        return data;
    }

    private static void recovers(ReedSolomon code, byte[] data, byte[] @Nullable [] shards) {
        byte[] decoded = code.decode(shards);
        assertThat(decoded).hasSize(code.shardBytes(data.length) * code.dataShards());
        assertThat(Arrays.copyOf(decoded, data.length)).isEqualTo(data);
        for (int i = data.length; i < decoded.length; i++) {
            assertThat(decoded[i]).isZero();
        }
    }

    @Test
    void recovers_from_every_large_enough_subset_of_up_to_seven_shards() {
        for (int total = 1; total <= 7; total++) {
            for (int needed = 1; needed <= total; needed++) {
                ReedSolomon code = new ReedSolomon(needed, total);
                byte[] data = data(3 * needed + 1);
                byte[][] shards = code.encode(data);
                for (int subset = 0; subset < 1 << total; subset++) {
                    if (Integer.bitCount(subset) < needed) {
                        continue;
                    }
                    byte[] @Nullable [] some = new byte[total][];
                    for (int i = 0; i < total; i++) {
                        some[i] = (subset >> i & 1) == 1 ? shards[i] : null;
                    }
                    recovers(code, data, some);
                }
            }
        }
    }

    @Test
    void recovers_from_random_subsets_of_many_shards() {
        for (int run = 0; run < 60; run++) {
            int total = run == 0 ? ReedSolomon.MAX_SHARDS : 8 + random.nextInt(100);
            int needed = 1 + random.nextInt(total);
            ReedSolomon code = new ReedSolomon(needed, total);
            byte[] data = data(random.nextInt(2_000));
            byte[] @Nullable [] shards = code.encode(data);
            for (int lost = 0; lost < total - needed; ) {
                int i = random.nextInt(total);
                if (shards[i] != null) {
                    shards[i] = null;
                    lost++;
                }
            }
            recovers(code, data, shards);
        }
    }

    @Test
    void begins_with_the_data_itself() {
        byte[][] shards = new ReedSolomon(2, 4).encode(new byte[] {1, 2, 3});
        assertThat(shards[0]).containsExactly(1, 2);
        assertThat(shards[1]).containsExactly(3, 0);
    }

    @Test
    void recovers_data_of_every_length_down_to_none() {
        ReedSolomon code = new ReedSolomon(5, 9);
        for (int length = 0; length < 40; length++) {
            byte[] data = data(length);
            byte[] @Nullable [] shards = code.encode(data);
            assertThat(shards.length).isEqualTo(9);
            Arrays.fill(shards, 1, 5, null);
            recovers(code, data, shards);
        }
    }

    @Test
    void repeats_the_scaled_data_if_one_shard_holds_it_all() {
        ReedSolomon code = new ReedSolomon(1, 5);
        byte[] data = data(10);
        for (int i = 0; i < 5; i++) {
            byte[] @Nullable [] one = new byte[5][];
            one[i] = code.encode(data)[i];
            recovers(code, data, one);
        }
    }

    @Test
    void refuses_more_shards_than_the_field_has_room_for_and_says_why() {
        assertThatThrownBy(() -> new ReedSolomon(86, 256))
                .hasMessageContaining("at most 255")
                .hasMessageContaining("GF(2^8)");
        assertThatThrownBy(() -> new ReedSolomon(0, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ReedSolomon(5, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_too_few_shards_and_unequal_ones() {
        ReedSolomon code = new ReedSolomon(2, 3);
        byte[] @Nullable [] one = {null, {1}, null};
        assertThatThrownBy(() -> code.decode(one)).hasMessage("2 shards are needed, not 1");
        byte[] @Nullable [] unequal = {{1, 2}, {1}, null};
        assertThatThrownBy(() -> code.decode(unequal)).hasMessageContaining("of 2 and of 1 bytes");
        byte[] @Nullable [] places = {{1}, {1}};
        assertThatThrownBy(() -> code.decode(places)).hasMessageContaining("places for 3");
    }
}
