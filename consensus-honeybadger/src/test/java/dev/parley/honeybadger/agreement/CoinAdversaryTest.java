package dev.parley.honeybadger.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CoinAdversaryTest {
    private static final AgreementRules OF_2014 = new AgreementRules() {
        @Override
        public boolean confBeforeCoin() {
            return false;
        }
    };

    @Test
    void who_sees_the_coin_first_keeps_the_protocol_of_2014_from_deciding_for_ever() {
        int limit = Integer.getInteger("parley.coin-adversary.rounds", 1_000);
        for (long seed = 0; seed < 5; seed++) {
            assertThat(new CoinAdversary(OF_2014, seed).rounds(limit)).isEqualTo(limit);
        }
    }

    @Test
    void with_conf_the_same_adversary_is_too_late() {
        TreeMap<Integer, Integer> distribution = new TreeMap<>();
        for (long seed = 0; seed < 1_000; seed++) {
            distribution.merge(new CoinAdversary(AgreementRules.PAPER, seed).rounds(1_000), 1, Integer::sum);
        }
        System.out.println("rounds until all decide, and in how many of 1,000 runs: " + distribution);
        assertThat(distribution.lastKey()).isLessThan(40);
        assertThat(distribution.firstKey()).isLessThan(4);
    }
}
