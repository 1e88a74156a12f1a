package dev.parley.sample.command;

import com.typesafe.config.Config;
import dev.parley.LocalCluster;
import dev.parley.Membership;
import dev.parley.app.Codec;
import dev.parley.client.ClientSettings;
import dev.parley.client.remote.ClusterClient;
import dev.parley.client.remote.RemoteSettings;
import dev.parley.crypto.Ed25519;
import dev.parley.testkit.cluster.ClusterLayout;
import java.nio.file.Path;

/** Clients of the processes that {@code parley init} laid out. */
final class StoreClients {
    private final Config config;

    /** @param config with what all processes of the cluster are told */
    StoreClients(Config config) {
        this.config = config;
    }

    /** @param cluster the directory that it was laid out in */
    static StoreClients of(Path cluster) {
        return new StoreClients(ClusterLayout.shared(cluster));
    }

    String protocol() {
        return config.getString("parley.consensus.protocol");
    }

    int validators() {
        return config.getConfigList("parley.validators").size();
    }

    /** @param preferred the index of the validator that is asked first */
    <C, R> ClusterClient<C, R> connect(Codec<C> commands, Codec<R> results, int preferred) {
        Ed25519 scheme = Ed25519.fastest();
        Membership membership = Membership.of(config, scheme);
        return ClusterClient.<C, R>builder()
                .validators(membership.validators())
                .addresses(membership.clientAddresses())
                .domain(membership.domain())
                .codecs(commands, results)
                .certificates(membership.codec(LocalCluster.protocol(config), scheme))
                .settings(ClientSettings.of(config), RemoteSettings.of(config))
                .preferring(preferred)
                .connect();
    }
}
