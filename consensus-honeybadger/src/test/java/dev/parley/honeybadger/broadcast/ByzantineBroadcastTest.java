package dev.parley.honeybadger.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Echo;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Val;
import dev.parley.honeybadger.broadcast.ReliableBroadcast.Outcome;
import dev.parley.honeybadger.erasure.ReedSolomon;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Validity, agreement and totality in hundreds of orders, and that every rule is needed for them. */
class ByzantineBroadcastTest {
    private static final int SEEDS = 300;
    private static final int[] SIZES = {4, 5, 6, 7, 10};
    private static final Digest JUNK = Digest.sha256(new byte[] {9});

    /** Fills its shards to the last byte with n = 4, so that a wrong shard can change a value and leave it a value. */
    private static byte[] value(int seed) {
        byte[] value = new byte[60];
        new Random(seed).nextBytes(value);
        return value;
    }

    private static @Nullable String correctSender(int n, long seed, BroadcastRules rules) {
        int f = (n - 1) / 3;
        BroadcastNetwork network = new BroadcastNetwork(n, f, new ValidatorId(0), seed, rules);
        byte[] value = value(1);
        List<Shard> shards = BroadcastNetwork.shards(n, value);
        List<Shard> others = BroadcastNetwork.shards(n, value(2));
        Random random = new Random(seed);
        network.propose(value);
        for (int peer = n - f; peer < n; peer++) {
            for (int to = 0; to < n - f; to++) {
                switch (random.nextInt(4)) {
                    case 0 -> network.inject(peer, to, new Echo(shards.get(peer)));
                    case 1 -> network.inject(peer, to, new Echo(others.get(peer)));
                    case 2 -> network.inject(peer, to, new Echo(shards.get(to)));
                    default -> {}
                }
                network.inject(
                        peer,
                        to,
                        new Ready(
                                random.nextBoolean() ? JUNK : others.getFirst().root()));
            }
        }
        network.run(
                random.nextBoolean()
                        ? List.of()
                        : List.of(JUNK, shards.getFirst().root()));
        return network.violation(value);
    }

    /** The sender and its friends tell everyone a random mixture of two stories. */
    private static BroadcastNetwork faultySender(
            int n, long seed, BroadcastRules rules, List<Shard> one, List<Shard> other, int secondVals) {
        int f = (n - 1) / 3;
        BroadcastNetwork network = new BroadcastNetwork(n, f, new ValidatorId(n - 1), seed, rules);
        Random random = new Random(seed);
        int liking = random.nextInt(1, 10);
        for (int to = 0; to < n - f; to++) {
            boolean first = random.nextInt(10) < liking;
            if (random.nextInt(8) != 0) {
                network.inject(n - 1, to, new Val((first ? one : other).get(to)));
            }
            if (random.nextInt(100) < secondVals) {
                network.inject(n - 1, to, new Val((first ? other : one).get(to)));
            }
            for (int peer = n - f; peer < n; peer++) {
                int story = random.nextInt(5);
                if (story < 4) {
                    network.inject(peer, to, new Echo((story < 2 ? one : other).get(peer)));
                }
                int end = random.nextInt(5);
                if (end < 4) {
                    network.inject(
                            peer,
                            to,
                            new Ready((end < 2 ? one : other).get(peer).root()));
                }
            }
        }
        network.run(
                random.nextBoolean()
                        ? List.of()
                        : List.of(one.getFirst().root(), other.getFirst().root()));
        return network;
    }

    private static BroadcastNetwork equivocatingSender(int n, long seed, BroadcastRules rules) {
        return faultySender(
                n, seed, rules, BroadcastNetwork.shards(n, value(1)), BroadcastNetwork.shards(n, value(2)), 50);
    }

    /** One shard is not what the code makes of the others; the root is over all as they are. */
    private static List<Shard> inconsistent(int n, int wrong) {
        int needed = n - 2 * ((n - 1) / 3);
        byte[] data = new byte[64];
        System.arraycopy(value(3), 0, data, 4, 60);
        data[3] = 60;
        byte[][] shards = new ReedSolomon(needed, n).encode(data);
        shards[wrong][shards[wrong].length - 1] ^= 1;
        return Sharding.prove(shards);
    }

    private static BroadcastNetwork inconsistentSender(int n, long seed, BroadcastRules rules) {
        List<Shard> shards = inconsistent(n, (int) (seed % n));
        return faultySender(n, seed, rules, shards, shards, 0);
    }

    private static @Nullable String anyViolation(BroadcastRules rules) {
        for (int n : SIZES) {
            for (long seed = 0; seed < SEEDS; seed++) {
                String violation = correctSender(n, seed, rules);
                if (violation == null) {
                    violation = equivocatingSender(n, seed, rules).violation(null);
                }
                if (violation == null) {
                    violation = inconsistentSender(n, seed, rules).violation(null);
                }
                if (violation != null) {
                    return violation;
                }
            }
        }
        return null;
    }

    @Test
    void what_a_correct_sender_proposes_all_deliver() {
        for (int n : SIZES) {
            for (long seed = 0; seed < SEEDS; seed++) {
                assertThat(correctSender(n, seed, BroadcastRules.PAPER))
                        .as("n %s seed %s", n, seed)
                        .isNull();
            }
        }
    }

    @Test
    void of_an_equivocating_senders_values_all_deliver_the_same_or_none_any() {
        int delivered = 0;
        int refused = 0;
        for (int n : SIZES) {
            for (long seed = 0; seed < SEEDS; seed++) {
                BroadcastNetwork network = equivocatingSender(n, seed, BroadcastRules.PAPER);
                assertThat(network.violation(null)).as("n %s seed %s", n, seed).isNull();
                delivered += network.count(Outcome.DELIVERED) > 0 ? 1 : 0;
                refused += network.refusals.getOrDefault(Reason.CONFLICT, 0);
            }
        }
        assertThat(delivered).isBetween(SEEDS / 10, SIZES.length * SEEDS - SEEDS / 10);
        assertThat(refused).isPositive();
    }

    @Test
    void inconsistent_shards_are_nothing_to_everyone() {
        int nothing = 0;
        for (int n : SIZES) {
            for (long seed = 0; seed < SEEDS; seed++) {
                BroadcastNetwork network = inconsistentSender(n, seed, BroadcastRules.PAPER);
                assertThat(network.count(Outcome.DELIVERED))
                        .as("n %s seed %s", n, seed)
                        .isZero();
                nothing += network.count(Outcome.NOTHING);
            }
        }
        assertThat(nothing).isGreaterThan(SEEDS);
    }

    @Test
    void every_rule_holds() {
        assertThat(anyViolation(BroadcastRules.PAPER)).isNull();
    }

    @Test
    void a_second_val_echoed_is_noticed() {
        assertThat(anyViolation(new BroadcastRules() {
                    @Override
                    public boolean echoesFirstValOnly() {
                        return false;
                    }
                }))
                .isNotNull();
    }

    @Test
    void ready_after_too_few_echoes_is_noticed() {
        assertThat(anyViolation(new BroadcastRules() {
                    @Override
                    public int echoesForReady(int n, int f) {
                        return n - 2 * f;
                    }
                }))
                .isNotNull();
    }

    @Test
    void a_root_that_is_not_compared_is_noticed() {
        assertThat(anyViolation(new BroadcastRules() {
                    @Override
                    public boolean comparesRoot() {
                        return false;
                    }
                }))
                .isNotNull();
    }

    @Test
    void ready_because_of_f_others_is_noticed() {
        assertThat(anyViolation(new BroadcastRules() {
                    @Override
                    public int readiesForReady(int n, int f) {
                        return f;
                    }
                }))
                .isNotNull();
    }

    @Test
    void ready_that_is_never_amplified_is_noticed() {
        assertThat(anyViolation(new BroadcastRules() {
                    @Override
                    public int readiesForReady(int n, int f) {
                        return n + 1;
                    }
                }))
                .isNotNull();
    }

    @Test
    void delivery_after_too_few_readies_is_noticed() {
        assertThat(anyViolation(new BroadcastRules() {
                    @Override
                    public int readiesForDelivery(int n, int f) {
                        return f + 1;
                    }
                }))
                .isNotNull();
    }
}
