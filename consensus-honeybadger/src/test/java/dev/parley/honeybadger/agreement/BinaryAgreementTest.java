package dev.parley.honeybadger.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.honeybadger.agreement.AgreementMessage.Aux;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.CoinShare;
import dev.parley.honeybadger.agreement.AgreementMessage.Conf;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.coin.Share;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryAgreementTest {
    private static Cluster run(int n, int inputs, boolean patterned, AgreementRules rules, long seed) {
        Random random = new Random(seed);
        Cluster cluster = new Cluster(n, true, patterned, rules, seed);
        for (int i = 0; i < cluster.correct; i++) {
            cluster.input(i, inputs == 2 ? random.nextBoolean() : inputs == 1);
        }
        cluster.runRandomly(random, 30 * n);
        if (cluster.violations.isEmpty()) {
            cluster.checkAllDecided();
        }
        return cluster;
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 7, 10})
    void correct_validators_decide_one_input_under_any_schedule_and_any_lies(int n) {
        int most = 0;
        for (long seed = 0; seed < 300; seed++) {
            Cluster cluster = run(n, (int) (seed % 3), seed % 2 == 0, AgreementRules.PAPER, seed);
            assertThat(cluster.violations).as("seed %d", seed).isEmpty();
            most = Math.max(
                    most,
                    cluster.agreements.stream()
                            .mapToInt(BinaryAgreement::round)
                            .max()
                            .orElseThrow());
        }
        assertThat(most).isBetween(1, 40);
    }

    @Test
    void all_inputs_true_are_decided_in_the_first_round_without_a_share() {
        Cluster cluster = new Cluster(4, false, true, AgreementRules.PAPER, 1);
        for (int i = 0; i < 4; i++) {
            cluster.input(i, true);
        }
        cluster.runRandomly(new Random(1), 0);
        cluster.checkAllDecided();
        assertThat(cluster.violations).isEmpty();
        assertThat(cluster.shares).isZero();
        assertThat(cluster.agreements).allMatch(each -> each.round() == 0);
    }

    @Test
    void two_terms_let_a_late_validator_decide_and_a_third_lets_it_be_dropped() {
        Cluster cluster = new Cluster(4, false, true, AgreementRules.PAPER, 1);
        cluster.inputs.add(true);
        cluster.deliver(1, 0, new Term(true));
        assertThat(cluster.agreements.getFirst().decision()).isNull();
        cluster.deliver(2, 0, new Term(true));
        assertThat(cluster.agreements.getFirst().decision()).isTrue();
        assertThat(cluster.agreements.getFirst().isDone()).isTrue();
        assertThat(cluster.network).extracting(Cluster.Packet::message).contains(new Term(true));
    }

    @Test
    void of_two_contradictory_messages_the_first_counts_but_both_bvals_are_legal() {
        Cluster cluster = new Cluster(4, true, true, AgreementRules.PAPER, 1);
        cluster.deliver(3, 0, new Bval(0, true));
        cluster.deliver(3, 0, new Bval(0, false));
        cluster.deliver(3, 0, new Aux(0, true));
        cluster.deliver(3, 0, new Conf(0, BoolSet.TRUE));
        assertThat(cluster.refusals).isEmpty();
        cluster.deliver(3, 0, new Aux(0, false));
        cluster.deliver(3, 0, new Conf(0, BoolSet.BOTH));
        assertThat(cluster.refusals).containsExactly(Reason.CONFLICT, Reason.CONFLICT);
    }

    @Test
    void what_is_said_beyond_the_window_is_refused() {
        Cluster cluster = new Cluster(4, true, true, AgreementRules.PAPER, 1);
        cluster.deliver(3, 0, new Aux(BinaryAgreement.WINDOW, true));
        assertThat(cluster.refusals).isEmpty();
        cluster.deliver(3, 0, new Aux(BinaryAgreement.WINDOW + 1, true));
        cluster.deliver(3, 0, new Bval(Integer.MAX_VALUE, true));
        assertThat(cluster.refusals).containsExactly(Reason.OUT_OF_WINDOW, Reason.OUT_OF_WINDOW);
    }

    @Test
    void messages_have_one_binary_form_and_bounds() throws MalformedException {
        for (AgreementMessage message : List.of(
                new Bval(3, true),
                new Aux(0, false),
                new Conf(Integer.MAX_VALUE, BoolSet.BOTH),
                new CoinShare(1, new Share(new byte[] {1, 2})),
                new Term(true))) {
            BinaryWriter out = new BinaryWriter();
            message.write(out);
            BinaryReader in = new BinaryReader(out.toByteArray());
            assertThat(AgreementMessage.read(in)).isEqualTo(message);
            in.end();
        }
    }

    private static void noticed(AgreementRules rules) {
        for (long seed = 0; seed < 3_000; seed++) {
            if (!run(seed % 2 == 0 ? 4 : 7, (int) (seed % 3), seed % 4 < 2, rules, seed)
                    .violations
                    .isEmpty()) {
                return;
            }
        }
        throw new AssertionError("nothing noticed");
    }

    @Test
    void relaying_what_one_peer_said_is_noticed() {
        noticed(new AgreementRules() {
            @Override
            public int bvalRelay(int n, int f) {
                return 1;
            }
        });
    }

    @Test
    void never_relaying_is_noticed() {
        noticed(new AgreementRules() {
            @Override
            public int bvalRelay(int n, int f) {
                return n + 1;
            }
        });
    }

    @Test
    void values_that_others_need_not_hear_of_are_noticed() {
        noticed(new AgreementRules() {
            @Override
            public int binValues(int n, int f) {
                return f + 1;
            }

            @Override
            public int bvalRelay(int n, int f) {
                return n + 1;
            }
        });
    }

    @Test
    void quorums_that_need_not_meet_are_noticed() {
        noticed(new AgreementRules() {
            @Override
            public int auxQuorum(int n, int f) {
                return f + 1;
            }
        });
    }

    @Test
    void believing_one_term_is_noticed() {
        noticed(new AgreementRules() {
            @Override
            public int termQuorum(int n, int f) {
                return 1;
            }
        });
    }

    @Test
    void a_coin_without_conf_is_noticed() {
        noticed(new AgreementRules() {
            @Override
            public boolean confBeforeCoin() {
                return false;
            }
        });
    }

    @Test
    void shares_that_leave_before_conf_are_noticed() {
        noticed(new AgreementRules() {
            @Override
            public boolean releasesCoinEarly() {
                return true;
            }
        });
    }

    @Test
    void unverified_shares_are_noticed() {
        noticed(new AgreementRules() {
            @Override
            public boolean verifiesShares() {
                return false;
            }
        });
    }

    @Test
    void losing_early_shares_is_noticed() {
        noticed(new AgreementRules() {
            @Override
            public boolean keepsEarlyShares() {
                return false;
            }
        });
    }
}
