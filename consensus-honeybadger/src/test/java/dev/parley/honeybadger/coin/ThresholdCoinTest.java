package dev.parley.honeybadger.coin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.SigningDomain;
import dev.parley.honeybadger.Offload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThresholdCoinTest {
    private final HashedThreshold keys = new HashedThreshold(7, 1);
    private final List<ValidatorId> blamed = new ArrayList<>();

    private ThresholdCoin coin(int party, String chain, long epoch, int instance, CoinRules rules) {
        return new ThresholdCoin(
                keys.setup(party),
                new SigningDomain(chain, 0),
                epoch,
                new ValidatorId(instance),
                Offload.HERE,
                rules,
                (round, side) -> {});
    }

    private Coin.Toss toss(int party) {
        return coin(party, "a", 1, 2, CoinRules.PAPER).toss(5);
    }

    private Share share(int party) {
        return coin(party, "a", 1, 2, CoinRules.PAPER).share(5);
    }

    @Test
    void enough_right_shares_are_verified_once_and_together() {
        Coin.Toss toss = toss(0);
        toss.release();
        toss.add(new ValidatorId(4), share(4));
        assertThat(toss.value(blamed::add)).isNull();
        toss.add(new ValidatorId(6), share(6));
        assertThat(toss.value(blamed::add)).isNotNull();
        assertThat(keys.signatureChecks).isEqualTo(1);
        assertThat(keys.shareChecks).isZero();
        assertThat(blamed).isEmpty();
    }

    @Test
    void whoever_sent_a_wrong_share_is_blamed_once_and_all_get_the_same_coin() {
        Coin.Toss liars = toss(0);
        liars.release();
        liars.add(new ValidatorId(1), new Share(new byte[64]));
        liars.add(new ValidatorId(2), share(3));
        assertThat(liars.value(blamed::add)).isNull();
        liars.add(new ValidatorId(4), share(4));
        assertThat(liars.value(blamed::add)).isNull();
        liars.add(new ValidatorId(5), share(5));
        Coin.Toss others = toss(3);
        others.release();
        others.add(new ValidatorId(4), share(4));
        others.add(new ValidatorId(6), share(6));
        assertThat(liars.value(blamed::add)).isNotNull().isEqualTo(others.value(blamed::add));
        assertThat(blamed).containsExactly(new ValidatorId(1), new ValidatorId(2));
    }

    @Test
    void chain_epoch_instance_and_round_have_coins_of_their_own() {
        Set<String> statements = new HashSet<>();
        for (String chain : List.of("a", "b")) {
            for (int epoch = 0; epoch < 2; epoch++) {
                for (int instance = 0; instance < 2; instance++) {
                    for (int round = 0; round < 2; round++) {
                        statements.add(Arrays.toString(
                                coin(0, chain, epoch, instance, CoinRules.PAPER).statement(round)));
                    }
                }
            }
        }
        assertThat(statements).hasSize(16);
    }

    @Test
    void a_coin_that_is_bound_to_no_instance_is_noticed() {
        CoinRules unbound = new CoinRules() {
            @Override
            public boolean bindsInstance() {
                return false;
            }
        };
        assertThat(coin(0, "a", 1, 2, unbound).statement(5))
                .isEqualTo(coin(0, "a", 8, 3, unbound).statement(5));
    }
}
