package dev.parley.network.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.PeerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSettingsTest {
    private static final ValidatorId V1 = new ValidatorId(1);

    @Test
    void the_defaults_are_those_of_the_reference() {
        ClusterSettings settings = settings("addresses = [\"a:1\", \"b:2\"]");
        assertThat(settings.address(V1)).isEqualTo(new PeerAddress("b", 2));
        assertThat(settings.link().largeBytes()).isEqualTo(32 << 20);
        assertThat(settings.largeFrom()).isEqualTo(64 << 10);
        assertThat(settings.tls()).isNull();
        assertThat(settings.membership()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            addresses = ["nowhere"]                 | addresses               | no host:port
            addresses = ["a:b"]                     | addresses               | port number
            addresses = ["a:0"]                     | addresses               | 1 to 65535
            addresses = ["a:1", "a:1"]              | addresses               | each needs its own
            bind-port = 70000                       | bind-port               | 65535
            large-from = 1 MiB                      | large-from              | 192 KiB
            max-frame-bytes = 64 MiB                | max-frame-bytes         | 1 MiB to 32 MiB
            inbound-bytes = 32 MiB                  | inbound-bytes           | more than max-frame-bytes
            outstanding-small-bytes = 1 KiB         | outstanding-small-bytes | 1 MiB or more
            outstanding-large-bytes = 0             | outstanding-large-bytes | 1 MiB or more
            resend-after = 0 s                      | resend-after            | 1 ms or more
            max-resend-after = 100 ms               | max-resend-after        | less than resend-after
            tick = 0 s                              | tick                    | 1 ms or more
            tls.enabled = on                        | tls.key-file            | name a PEM file
            tls { enabled = on, key-file = /no/such } | tls.key-file          | can't be read
            """)
    void what_is_wrong_is_named_with_what_to_do(String hocon, String name, String says) {
        assertThatThrownBy(() -> settings(hocon))
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining("parley.network.cluster." + name)
                .hasMessageContaining(says);
    }

    @Test
    void the_actor_system_gets_all_that_it_needs(@TempDir Path folder) throws IOException {
        Path pem = Files.createFile(folder.resolve("x.pem"));
        Config config = settings("""
                addresses = ["a:1", "b:2"], bind-host = "0.0.0.0", bind-port = 7
                tls { enabled = on, key-file = "%s", certificate-file = "%s", authority-file = "%s" }
                """.formatted(pem, pem, pem)).systemConfig(V1, ConfigFactory.load());
        Config artery = config.getConfig("pekko.remote.artery");
        assertThat(artery.getString("canonical.hostname")).isEqualTo("b");
        assertThat(artery.getInt("canonical.port")).isEqualTo(2);
        assertThat(artery.getString("bind.hostname")).isEqualTo("0.0.0.0");
        assertThat(artery.getInt("bind.port")).isEqualTo(7);
        assertThat(artery.getBoolean("untrusted-mode")).isTrue();
        assertThat(artery.getString("transport")).isEqualTo("tls-tcp");
        assertThat(artery.getString("ssl.rotating-keys-engine.key-file")).isEqualTo(pem.toString());
        assertThat(artery.getBytes("advanced.maximum-large-frame-size")).isGreaterThan(32 << 20);
        assertThat(config.getString("pekko.actor.provider")).isEqualTo("cluster");
        assertThat(config.getStringList("pekko.cluster.seed-nodes"))
                .containsExactly("pekko://parley@a:1", "pekko://parley@b:2");
        assertThat(config.getString("pekko.cluster.downing-provider-class")).isEmpty();
        assertThat(config.getBoolean("pekko.actor.allow-java-serialization")).isFalse();
    }

    @Test
    void without_membership_there_is_no_cluster() {
        Config config =
                settings("addresses = [\"a:1\", \"b:2\"], membership = off").systemConfig(V1, ConfigFactory.load());
        assertThat(config.getString("pekko.actor.provider")).isEqualTo("remote");
        assertThat(config.getStringList("pekko.remote.artery.trusted-selection-paths"))
                .isEmpty();
    }

    private static ClusterSettings settings(String hocon) {
        return ClusterSettings.of(ConfigFactory.parseString(hocon)
                .atPath("parley.network.cluster")
                .withFallback(ConfigFactory.load()));
    }
}
