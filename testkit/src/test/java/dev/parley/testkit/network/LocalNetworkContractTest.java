package dev.parley.testkit.network;

import dev.parley.network.LocalNetwork;
import dev.parley.network.Network;
import dev.parley.testkit.contract.NetworkContract;

class LocalNetworkContractTest extends NetworkContract {
    private final LocalNetwork network = new LocalNetwork();

    @Override
    protected Network open(int validator) {
        return network;
    }

    @Override
    protected void close(int validator) {
        // There is nothing in the process but its link, which another takes the place of.
    }
}
