package dev.parley.honeybadger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.parley.consensus.ConsensusProtocolProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HoneyBadgerProviderTest {
    @Test
    void is_found_by_name_and_defaults_agree_with_reference_conf() {
        ConsensusProtocolProvider provider = ServiceLoader.load(ConsensusProtocolProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals("honeybadger"))
                .findFirst()
                .orElseThrow();
        HoneyBadgerProtocol protocol = (HoneyBadgerProtocol) provider.create(ConfigFactory.load());
        assertThat(protocol.settings()).isEqualTo(HoneyBadgerSettings.DEFAULTS);
        assertThat(protocol.name()).isEqualTo("honeybadger");
    }

    @ParameterizedTest
    @CsvSource({
        "batch, 0",
        "batch, -1",
        "batch, 1000001",
        "max-proposal-bytes, 1023",
        "max-proposal-bytes, 33 MiB",
        "max-proposal-bytes, 5 GiB"
    })
    void refuses_a_setting_out_of_its_bounds_and_names_it(String name, String value) {
        assertThatThrownBy(() -> HoneyBadgerSettings.from(
                        ConfigFactory.parseString("parley.consensus.honeybadger." + name + " = " + value)
                                .withFallback(ConfigFactory.load())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name);
    }
}
