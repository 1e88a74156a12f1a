package dev.parley.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crypto.Ed25519;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.SignatureScheme;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ValidatorSetTest {
    private final IdealSignatures scheme = new IdealSignatures();

    @Test
    void quorums_hold_for_each_size_from_4_to_200() {
        List<PublicKey> keys = keys(scheme, 200);
        for (int n = 4; n <= 200; n++) {
            ValidatorSet set = ValidatorSet.of(scheme, keys.subList(0, n));

            assertThat(set.totalPower()).isEqualTo(n);
            assertQuorums(set);
        }
    }

    @Test
    void quorums_of_small_sets_are_as_in_the_literature() {
        assertThat(quorums(4)).containsExactly(1L, 3L, 2L);
        assertThat(quorums(5)).containsExactly(1L, 4L, 2L);
        assertThat(quorums(6)).containsExactly(1L, 5L, 2L);
        assertThat(quorums(7)).containsExactly(2L, 5L, 3L);
        assertThat(quorums(100)).containsExactly(33L, 67L, 34L);
    }

    @Property
    void quorums_hold_for_any_powers(
            @ForAll @Size(min = 7, max = 20) List<@LongRange(min = 50, max = 100) Long> powers) {
        assertQuorums(ValidatorSet.of(
                scheme,
                keys(scheme, powers.size()),
                powers.stream().mapToLong(Long::longValue).toArray()));
    }

    /** The set itself and not its arithmetic: two sets of validators with a quorum each, drawn from all pairs of subsets. */
    @Test
    void any_two_quorums_share_more_than_may_be_faulty() {
        long[] powers = {1, 2, 2, 3, 3, 3, 1};
        ValidatorSet set = ValidatorSet.of(scheme, keys(scheme, 7), powers);
        for (int one = 0; one < 1 << 7; one++) {
            for (int other = 0; other < 1 << 7; other++) {
                if (set.powerOf(members(one)) >= set.quorumPower()
                        && set.powerOf(members(other)) >= set.quorumPower()) {
                    assertThat(set.powerOf(members(one & other))).isGreaterThan(set.faultyPower());
                }
            }
        }
    }

    @Test
    void the_largest_total_power_does_not_overflow() {
        long quarter = ValidatorSet.MAX_TOTAL_POWER / 4;
        ValidatorSet set = ValidatorSet.of(scheme, keys(scheme, 4), new long[] {quarter, quarter, quarter, quarter});

        assertThat(set.totalPower()).isEqualTo(ValidatorSet.MAX_TOTAL_POWER);
        assertQuorums(set);
        assertThat(set.powerOf(members(0b1111))).isEqualTo(ValidatorSet.MAX_TOTAL_POWER);
    }

    @Test
    void refuses_powers_whose_sum_passes_the_bound() {
        long quarter = ValidatorSet.MAX_TOTAL_POWER / 4;
        assertRefused("the power of validator 3", quarter, quarter, quarter, quarter + 1);
        assertRefused("the power of validator 1", 1, Long.MAX_VALUE, 1, 1);
        assertRefused("the power of validator 3", quarter, quarter, quarter, Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void refuses_a_power_below_1(long power) {
        assertRefused("the power of validator 2 is " + power, 1, 1, power, 1, 1);
    }

    @Test
    void refuses_a_validator_that_is_more_than_the_faults_allow() {
        assertRefused("validator 1 has power 2 of 5", 1, 2, 1, 1);
        assertRefused("validator 3 has power 100", 1, 1, 1, 100);
        assertRefused("validator 0 has power 3", 3, 2, 2, 2);
        assertThat(ValidatorSet.of(scheme, keys(scheme, 4), new long[] {2, 2, 2, 2})
                        .faultyPower())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void refuses_fewer_than_four(int n) {
        assertThatThrownBy(() -> ValidatorSet.of(scheme, keys(scheme, n)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("n = " + n)
                .hasMessageContaining("add validators");
    }

    @Test
    void refuses_more_than_the_bound() {
        assertThat(ValidatorSet.of(scheme, keys(scheme, ValidatorSet.MAX_VALIDATORS))
                        .size())
                .isEqualTo(ValidatorSet.MAX_VALIDATORS);
        assertThatThrownBy(() -> ValidatorSet.of(scheme, keys(scheme, ValidatorSet.MAX_VALIDATORS + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_two_validators_with_one_key() {
        List<PublicKey> keys = keys(scheme, 5);
        keys.set(4, keys.get(1));

        assertThatThrownBy(() -> ValidatorSet.of(scheme, keys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("validators 1 and 4 have one key");
    }

    @Test
    void refuses_another_number_of_powers_than_of_keys() {
        assertThatThrownBy(() -> ValidatorSet.of(scheme, keys(scheme, 4), new long[] {1, 1, 1, 1, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 keys but 5 powers");
    }

    @Test
    void refuses_the_identity_and_keys_of_the_wrong_length() {
        byte[] identity = new byte[32];
        identity[0] = 1;
        assertThat(List.of(identity, new byte[32], new byte[0], new byte[31], new byte[33]))
                .allSatisfy(unsafe -> {
                    Ed25519 ed25519 = Ed25519.pureJava();
                    List<PublicKey> keys = keys(ed25519, 4);
                    keys.set(2, new PublicKey(unsafe));
                    assertThatThrownBy(() -> ValidatorSet.of(ed25519, keys))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("the key of validator 2 is refused");
                });
    }

    @Test
    void counts_each_validator_once() {
        ValidatorSet set = ValidatorSet.of(scheme, keys(scheme, 4));
        ValidatorId v0 = new ValidatorId(0);

        assertThat(set.powerOf(List.of(v0, v0, v0))).isEqualTo(1);
        assertThat(set.powerOf(List.of())).isZero();
    }

    @Test
    void tells_members_from_others() {
        List<PublicKey> keys = keys(scheme, 4);
        ValidatorSet set = ValidatorSet.of(scheme, keys);

        assertThat(set.contains(new ValidatorId(3))).isTrue();
        assertThat(set.contains(new ValidatorId(4))).isFalse();
        assertThat(set.key(new ValidatorId(3))).isEqualTo(keys.get(3));
        assertThatThrownBy(() -> set.power(new ValidatorId(4))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new ValidatorId(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertQuorums(ValidatorSet set) {
        long total = set.totalPower();
        long f = set.faultyPower();
        long q = set.quorumPower();
        long w = set.weakQuorumPower();

        assertThat(3 * f).as("3f < T").isLessThan(total);
        assertThat(3 * (f + 1)).as("f is the largest such").isGreaterThanOrEqualTo(total);
        assertThat(2 * q - total).as("two quorums meet in more than f").isGreaterThan(f);
        assertThat(q).as("the correct ones alone are a quorum").isLessThanOrEqualTo(total - f);
        assertThat(3 * (q - 1))
                .as("q is more than two thirds, and no more than that needs")
                .isLessThanOrEqualTo(2 * total);
        assertThat(3 * q).isGreaterThan(2 * total);
        assertThat(w).as("a weak quorum holds a correct one").isEqualTo(f + 1);
    }

    private List<Long> quorums(int n) {
        ValidatorSet set = ValidatorSet.of(scheme, keys(scheme, n));
        return List.of(set.faultyPower(), set.quorumPower(), set.weakQuorumPower());
    }

    private void assertRefused(String complaint, long... powers) {
        assertThatThrownBy(() -> ValidatorSet.of(scheme, keys(scheme, powers.length), powers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint);
    }

    private static List<ValidatorId> members(int bits) {
        return IntStream.range(0, 31)
                .filter(i -> (bits >> i & 1) == 1)
                .mapToObj(ValidatorId::new)
                .toList();
    }

    private static List<PublicKey> keys(SignatureScheme scheme, int n) {
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            byte[] secret = Arrays.copyOf(ByteBuffer.allocate(4).putInt(i).array(), 32);
            keys.add(scheme.signer(secret).publicKey());
        }
        return keys;
    }
}
