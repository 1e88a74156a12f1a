package dev.parley.network.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.PeerAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinksSettingsTest {
    private static final ValidatorId V1 = new ValidatorId(1);

    private static Config links(String hocon) {
        return ConfigFactory.parseString("parley.network.links { " + hocon + " }")
                .withFallback(ConfigFactory.parseString("parley.network.links.addresses = [\"a:1\", \"b:2\"]"))
                .withFallback(ConfigFactory.load());
    }

    @Test
    void a_validator_listens_at_its_address_unless_it_is_told_otherwise() {
        assertThat(LinksSettings.of(links("")).listensAt(V1)).isEqualTo(new PeerAddress("b", 2));
        assertThat(LinksSettings.of(links("bind-port = 9")).listensAt(V1)).isEqualTo(new PeerAddress("b", 9));
        assertThat(LinksSettings.of(links("bind-host = c")).listensAt(V1)).isEqualTo(new PeerAddress("c", 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "addresses = [\"a\"] | parley.network.links.addresses | is no host:port",
                "addresses = [\"a:1\", \"a:1\"] | parley.network.links.addresses | for validators 0 and 1",
                "bind-port = 70000 | parley.network.links.bind-port | not 70000",
                "max-frame-bytes = 1 KiB | parley.network.links.max-frame-bytes | 1 MiB to 32 MiB",
                "outstanding-small-bytes = 1 | parley.network.links.outstanding-small-bytes | 1 MiB or more",
                "outstanding-large-bytes = 1 | parley.network.links.outstanding-large-bytes | 1 MiB or more",
                "outstanding-large-bytes = 32 MiB | parley.network.links.outstanding-large-bytes | more than max-frame-bytes"
            })
    void what_is_wrong_is_named_with_what_to_do(String hocon, String name, String what) {
        assertThatThrownBy(() -> LinksSettings.of(links(hocon)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(what);
    }
}
