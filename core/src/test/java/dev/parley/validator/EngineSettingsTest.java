package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
    private static Config rate(String value) {
        return ConfigFactory.parseString("parley.validator.catch-up-bytes-per-second = " + value)
                .withFallback(ConfigFactory.load());
    }

    @Test
    void a_negative_rate_of_catching_up_is_named_with_what_it_may_be() {
        assertThatThrownBy(() -> EngineSettings.of(rate("-1")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("catch-up-bytes-per-second")
                .hasMessageContaining("negative number: -1");
        assertThat(EngineSettings.of(rate("0")).catchUpBytesPerSecond()).isZero();
        assertThat(EngineSettings.of(rate("1 MiB")).catchUpBytesPerSecond()).isEqualTo(1 << 20);
    }
}
