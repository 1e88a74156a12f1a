package dev.parley.hotstuff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.parley.consensus.ConsensusProtocolProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class HotStuffProviderTest {
    @Test
    void is_found_by_name_and_defaults_agree_with_reference_conf() {
        ConsensusProtocolProvider provider = ServiceLoader.load(ConsensusProtocolProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals("hotstuff"))
                .findFirst()
                .orElseThrow();
        HotStuffProtocol protocol = (HotStuffProtocol) provider.create(ConfigFactory.load());
        assertThat(protocol.settings()).isEqualTo(HotStuffSettings.DEFAULTS);
    }

    @Test
    void names_the_setting_its_value_and_what_it_may_be() {
        assertThatThrownBy(() -> HotStuffSettings.from(
                        ConfigFactory.parseString("parley.consensus.hotstuff.variant = four-chain")
                                .withFallback(ConfigFactory.load())))
                .hasMessageContaining("parley.consensus.hotstuff.variant")
                .hasMessageContaining("four-chain")
                .hasMessageContaining("two-chain or three-chain");
        assertThatThrownBy(() ->
                        HotStuffSettings.from(ConfigFactory.parseString("parley.consensus.hotstuff.base-timeout = 60s")
                                .withFallback(ConfigFactory.load())))
                .hasMessageContaining("base-timeout");
    }
}
