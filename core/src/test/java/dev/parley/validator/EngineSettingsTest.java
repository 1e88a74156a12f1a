package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
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
                .hasMessageContaining("parley.validator.catch-up-bytes-per-second")
                .hasMessageContaining("negative number: -1");
        assertThatThrownBy(() -> new EngineSettings(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        1,
                        -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 (no bound) or more, not -1");
        assertThat(EngineSettings.of(rate("0")).catchUpBytesPerSecond()).isZero();
        assertThat(EngineSettings.of(rate("1 MiB")).catchUpBytesPerSecond()).isEqualTo(1 << 20);
    }
}
