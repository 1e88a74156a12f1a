package dev.parley.testkit.network;

import dev.parley.network.PeerAddress;
import dev.parley.network.PeerNetwork;
import dev.parley.testkit.cluster.LoneClusterNetwork;
import dev.parley.testkit.contract.PeerNetworkContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class ClusterNetworkContractTest extends PeerNetworkContract {
    private final Map<Integer, LoneClusterNetwork> opened = new HashMap<>();

    @Override
    protected PeerNetwork open(int validator, List<PeerAddress> addresses, int bindPort) {
        LoneClusterNetwork cluster = LoneClusterNetwork.start(
                addresses,
                Map.of(
                        "parley.network.cluster.bind-host",
                        "127.0.0.1",
                        "parley.network.cluster.bind-port",
                        bindPort,
                        "parley.network.cluster.outstanding-small-bytes",
                        SMALL_BYTES,
                        "pekko.coordinated-shutdown.run-by-actor-system-terminate",
                        "off",
                        "pekko.cluster.jmx.enabled",
                        "off"),
                identity(validator),
                codec);
        opened.put(validator, cluster);
        return cluster.network();
    }

    @Override
    protected void close(int validator, PeerNetwork network) {
        opened.remove(validator).close();
    }
}
