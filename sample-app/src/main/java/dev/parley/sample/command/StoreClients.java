package dev.parley.sample.command;

import com.typesafe.config.Config;
import dev.parley.ParleyNode;
import dev.parley.app.Codec;
import dev.parley.client.remote.ClusterClient;
import dev.parley.crypto.NativeCrypto;
import dev.parley.testkit.cluster.ClusterLayout;
import java.nio.file.Path;

/** Clients of the processes that {@code parley init} laid out. */
final class StoreClients {
    private final Config config;

    /** @param config with what all processes of the cluster are told */
    StoreClients(Config config) {
        NativeCrypto.install();
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
        return ParleyNode.client(config, commands, results, preferred);
    }
}
