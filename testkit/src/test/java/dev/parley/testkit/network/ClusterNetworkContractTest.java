package dev.parley.testkit.network;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerNetwork;
import dev.parley.network.cluster.ClusterNetwork;
import dev.parley.network.cluster.ClusterSettings;
import dev.parley.testkit.contract.PeerNetworkContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;

class ClusterNetworkContractTest extends PeerNetworkContract {
    private final Map<Integer, ActorSystem<?>> systems = new HashMap<>();

    @Override
    protected PeerNetwork open(int validator, List<PeerAddress> addresses, int bindPort) {
        Config config = ConfigFactory.parseMap(Map.of(
                        "parley.network.cluster.addresses",
                        addresses.stream().map(PeerAddress::toString).toList(),
                        "parley.network.cluster.bind-host",
                        "127.0.0.1",
                        "parley.network.cluster.bind-port",
                        bindPort,
                        "parley.network.cluster.membership",
                        "off",
                        "parley.network.cluster.outstanding-small-bytes",
                        SMALL_BYTES,
                        "pekko.loglevel",
                        "ERROR",
                        "pekko.coordinated-shutdown.run-by-actor-system-terminate",
                        "off",
                        "pekko.cluster.jmx.enabled",
                        "off"))
                .withFallback(ConfigFactory.load());
        ClusterSettings settings = ClusterSettings.of(config);
        ActorSystem<?> system = ClusterNetwork.createSystem(settings, new ValidatorId(validator), config);
        systems.put(validator, system);
        return ClusterNetwork.start(system, settings, identity(validator), codec);
    }

    @Override
    protected void close(int validator, PeerNetwork network) {
        network.close();
        ActorSystem<?> system = systems.remove(validator);
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
