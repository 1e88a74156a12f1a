package dev.parley.honeybadger.subset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.SigningDomain;
import dev.parley.honeybadger.Offload;
import dev.parley.honeybadger.Outlet;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.coin.Coin;
import dev.parley.honeybadger.coin.CoinRules;
import dev.parley.honeybadger.coin.HashedThreshold;
import dev.parley.honeybadger.coin.ThresholdCoin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommonSubsetTest {
    private record Packet(int from, int to, SubsetMessage message) {}

    /** What is wrong after a run in which the last f validators lie about agreements, and broadcast nothing. */
    private static List<String> run(int n, SubsetRules rules, long seed) {
        Random random = new Random(seed);
        int f = (n - 1) / 3;
        int correct = n - f;
        HashedThreshold keys = new HashedThreshold(n, seed);
        List<CommonSubset> subsets = new ArrayList<>();
        List<Runnable> events = new ArrayList<>();
        List<Packet> network = new ArrayList<>();
        for (int i = 0; i < correct; i++) {
            int self = i;
            subsets.add(new CommonSubset(
                    new ValidatorId(i),
                    n,
                    proposer -> Coin.patterned(new ThresholdCoin(
                            keys.setup(self),
                            new SigningDomain("test", 0),
                            1,
                            proposer,
                            Offload.HERE,
                            CoinRules.PAPER,
                            (round, side) -> {})),
                    rules));
        }
        for (int to = 0; to < correct; to++) {
            for (int proposer = 0; proposer < correct; proposer++) {
                CommonSubset subset = subsets.get(to);
                ValidatorId id = new ValidatorId(proposer);
                Outlet<SubsetMessage> out = outlet(to, correct, network);
                events.add(() -> subset.delivered(id, out));
            }
        }
        int lies = 20 * n;
        while (!events.isEmpty() || !network.isEmpty()) {
            if (lies > 0 && random.nextInt(4) == 0) {
                lies--;
                int to = random.nextInt(correct);
                SubsetMessage lie = new SubsetMessage(
                        new ValidatorId(random.nextInt(n)), new Bval(random.nextInt(2), random.nextBoolean()));
                subsets.get(to)
                        .receive(new ValidatorId(correct + random.nextInt(f)), lie, outlet(to, correct, network));
            } else if (network.isEmpty() || (!events.isEmpty() && random.nextInt(n * n) == 0)) {
                events.remove(random.nextInt(events.size())).run();
            } else {
                Packet packet = network.remove(random.nextInt(network.size()));
                subsets.get(packet.to())
                        .receive(
                                new ValidatorId(packet.from()),
                                packet.message(),
                                outlet(packet.to(), correct, network));
            }
        }
        List<String> wrong = new ArrayList<>();
        List<ValidatorId> first = subsets.getFirst().decided();
        for (CommonSubset subset : subsets) {
            List<ValidatorId> decided = subset.decided();
            if (decided == null || !subset.isComplete() || !subset.isDone()) {
                wrong.add("never complete: " + decided);
            } else if (!decided.equals(first) || decided.size() < n - f) {
                wrong.add("subsets of " + first + " and " + decided);
            }
        }
        return wrong;
    }

    private static Outlet<SubsetMessage> outlet(int self, int correct, List<Packet> network) {
        return new Outlet<>() {
            @Override
            public void broadcast(SubsetMessage message) {
                for (int to = 0; to < correct; to++) {
                    if (to != self) {
                        network.add(new Packet(self, to, message));
                    }
                }
            }

            @Override
            public void send(ValidatorId to, SubsetMessage message) {
                throw new AssertionError("a subset speaks to all or none");
            }

            @Override
            public void refuse(ValidatorId culprit, Reason reason, String what) {
                assertThat(culprit.index()).as(what).isGreaterThanOrEqualTo(correct);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 7, 10})
    void all_get_the_same_subset_of_n_minus_f_or_more_and_complete_it(int n) {
        for (long seed = 0; seed < 40; seed++) {
            assertThat(run(n, SubsetRules.PAPER, seed)).as("seed %d", seed).isEmpty();
        }
    }

    private static void noticed(SubsetRules rules) {
        for (long seed = 0; seed < 500; seed++) {
            if (!run(4, rules, seed).isEmpty()) {
                return;
            }
        }
        throw new AssertionError("nothing noticed");
    }

    @Test
    void zeros_after_n_minus_2f_ones_are_noticed() {
        noticed(new SubsetRules() {
            @Override
            public int onesBeforeZeros(int n, int f) {
                return n - 2 * f;
            }
        });
    }

    @Test
    void a_one_for_a_broadcast_that_nobody_has_is_noticed() {
        noticed(new SubsetRules() {
            @Override
            public boolean inputsOneOnlyAfterDelivery() {
                return false;
            }
        });
    }

    @Test
    void messages_have_one_binary_form() throws MalformedException {
        SubsetMessage message = new SubsetMessage(new ValidatorId(3), new Term(false));
        BinaryWriter out = new BinaryWriter();
        message.write(out);
        assertThat(SubsetMessage.read(new BinaryReader(out.toByteArray()))).isEqualTo(message);
    }
}
