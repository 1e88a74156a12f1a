package dev.parley.testkit.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerNetwork;
import dev.parley.network.cluster.ClusterNetwork;
import dev.parley.network.cluster.ClusterSettings;
import dev.parley.network.secure.LinkIdentity;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;

/** A validator's {@link ClusterNetwork} and an actor system that serves nothing else: to test and measure the network without a node. */
public record LoneClusterNetwork(PeerNetwork network, ActorSystem<?> system) implements AutoCloseable {
    /** @param further settings, by their whole names */
    public static LoneClusterNetwork start(
            List<PeerAddress> addresses, Map<String, ?> further, LinkIdentity identity, PeerCodec codec) {
        Config config = ConfigFactory.parseMap(further)
                .withFallback(ConfigFactory.parseMap(Map.of(
                        "parley.network.cluster.addresses",
                        addresses.stream().map(PeerAddress::toString).toList(),
                        "parley.network.cluster.membership",
                        "off",
                        "pekko.loglevel",
                        "ERROR")))
                .withFallback(ConfigFactory.load());
        ClusterSettings settings = ClusterSettings.of(config);
        ActorSystem<?> system = ClusterNetwork.createSystem(settings, identity.self(), config);
        return new LoneClusterNetwork(ClusterNetwork.start(system, settings, identity, codec), system);
    }

    @Override
    public void close() {
        network.close();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
