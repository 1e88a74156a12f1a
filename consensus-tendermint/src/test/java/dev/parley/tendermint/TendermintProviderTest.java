package dev.parley.tendermint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.parley.consensus.ConsensusProtocolProvider;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.TendermintSettings.Timeout;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TendermintProviderTest {
    @Test
    void is_found_by_name_and_defaults_agree_with_reference_conf() {
        ConsensusProtocolProvider provider = ServiceLoader.load(ConsensusProtocolProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals("tendermint"))
                .findFirst()
                .orElseThrow();
        TendermintProtocol protocol = (TendermintProtocol) provider.create(ConfigFactory.load());
        assertThat(protocol.settings()).isEqualTo(TendermintSettings.DEFAULTS);
        assertThat(protocol.name()).isEqualTo("tendermint");
    }

    @ParameterizedTest
    @CsvSource({
        "timeout-propose, 0 s",
        "timeout-propose, -1 s",
        "timeout-prevote, 0 ms",
        "timeout-precommit, 900 us",
        "timeout-propose-delta, 0 s",
        "timeout-prevote-delta, 0 s",
        "timeout-precommit-delta, -5 s",
        "max-timeout, 0 s",
        "max-timeout, 999 ms",
        "max-timeout, 25 h",
        "gossip-interval, 0 s",
        "empty-block-interval, -1 s",
        "part-bytes, 0",
        "part-bytes, 1048577",
        "part-bytes, -1"
    })
    void refuses_a_setting_out_of_its_bounds_and_names_it(String name, String value) {
        assertThatThrownBy(() -> TendermintSettings.from(
                        ConfigFactory.parseString("parley.consensus.tendermint." + name + " = " + value)
                                .withFallback(ConfigFactory.load())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name);
    }

    @Test
    void a_time_out_grows_by_its_delta_up_to_the_maximum_and_does_not_overflow() {
        Timeout timeout = new Timeout(Duration.ofMillis(1000), Duration.ofMillis(500));
        Duration max = Duration.ofSeconds(30);
        assertThat(timeout.of(0, max)).hasMillis(1000);
        assertThat(timeout.of(1, max)).hasMillis(1500);
        assertThat(timeout.of(57, max)).hasMillis(29500);
        assertThat(timeout.of(58, max)).isEqualTo(max);
        Timeout day = new Timeout(Duration.ofDays(1), Duration.ofDays(1));
        assertThat(day.of(TendermintMessage.MAX_ROUND - 1, Duration.ofDays(1))).hasDays(1);
    }

    @Test
    void refuses_powers_that_are_not_positive_or_overflow() {
        for (long[] powers : new long[][] {
            {1, 1, 1, 0},
            {1, 1, -1, 1},
            {1, Long.MIN_VALUE, 1, 1},
            {1L << 59, 1L << 59, 1L << 59, 1L << 59},
            {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE},
            {1L << 58, 1L << 58, 1L << 58, (1L << 58) + 1}
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Fixture(TendermintSettings.DEFAULTS, powers))
                    .withMessageContaining("the power of validator");
        }
        long quarter = ValidatorSet.MAX_TOTAL_POWER / 4;
        Fixture largest = new Fixture(TendermintSettings.DEFAULTS, quarter, quarter, quarter, quarter);
        OneCore core = new OneCore(largest, 3);
        Block a = largest.block(0, 1);
        core.propose(largest.proposal(a));
        assertThat(OneCore.decided(core.precommits(0, a.id(), 0, 1))).isEmpty();
        assertThat(OneCore.decided(core.precommits(0, a.id(), 2))).containsExactly(a.id());
    }
}
