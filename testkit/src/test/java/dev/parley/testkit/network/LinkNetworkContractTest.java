package dev.parley.testkit.network;

import dev.parley.logging.LogContext;
import dev.parley.network.BindAddress;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerNetwork;
import dev.parley.network.links.LinkNetwork;
import dev.parley.network.links.LinksSettings;
import dev.parley.testkit.contract.PeerNetworkContract;
import java.util.List;

class LinkNetworkContractTest extends PeerNetworkContract {
    private static final int LARGE_BYTES = 32 << 20;
    /** The contract floods. */
    private static final int FRAMES_PER_SECOND = 1_000_000;

    @Override
    protected PeerNetwork open(int validator, List<PeerAddress> addresses, int bindPort) {
        LinksSettings settings = new LinksSettings(
                addresses,
                new BindAddress("127.0.0.1", bindPort),
                null,
                PeerCodec.MAX_FRAME_BYTES,
                SMALL_BYTES,
                LARGE_BYTES,
                FRAMES_PER_SECOND);
        return LinkNetwork.start(settings, identity(validator), key(validator), codec, LogContext.none());
    }

    @Override
    protected void close(int validator, PeerNetwork network) {
        network.close();
    }
}
