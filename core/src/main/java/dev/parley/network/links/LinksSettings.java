package dev.parley.network.links;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.network.BindAddress;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerCodec;
import dev.parley.network.secure.Channel;
import dev.parley.network.secure.Frame;
import dev.parley.network.secure.SendWindow;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a validator with links of its own can be told; part {@code parley.network.links} of the configuration.
 *
 * @param addresses where each validator is reached, by index; the same at all validators
 * @param bind where this one listens
 * @param outboundHost the address from which it dials, or null for any
 * @param maxFrameBytes no frame may be larger
 * @param smallBytes what may wait for one peer, or be on its way and not acknowledged, in small frames
 * @param largeBytes the same in large ones
 * @param framesPerSecond how many frames of one peer are taken in a second
 */
public record LinksSettings(
        List<PeerAddress> addresses,
        BindAddress bind,
        @Nullable String outboundHost,
        int maxFrameBytes,
        long smallBytes,
        long largeBytes,
        int framesPerSecond) {
    private static final String PATH = "parley.network.links.";
    private static final int MIN_MAX_FRAME = 1 << 20;
    private static final int MIN_FRAMES_PER_SECOND = 1000;
    private static final int SMALL_UNDER_WAY = 4096;
    private static final int LARGE_UNDER_WAY = 256;
    /** To one peer, at the most. */
    static final int FRAMES_UNDER_WAY = SMALL_UNDER_WAY + LARGE_UNDER_WAY;

    /** Nothing is lost while a connection lasts, and a new one begins where the old one ended. */
    private static final long NEVER_MILLIS = Long.MAX_VALUE / 4;

    public LinksSettings {
        addresses = List.copyOf(addresses);
    }

    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static LinksSettings of(Config config) {
        Config links = config.getConfig("parley.network.links");
        BindAddress bind = BindAddress.of(config, PATH);
        long maxFrameBytes = links.getBytes("max-frame-bytes");
        if (maxFrameBytes < MIN_MAX_FRAME || maxFrameBytes > PeerCodec.MAX_FRAME_BYTES) {
            throw bad(links, "max-frame-bytes", "is 1 MiB to 32 MiB, not " + maxFrameBytes + " bytes");
        }
        long largeBytes = outstanding(links, "outstanding-large-bytes");
        if (largeBytes < maxFrameBytes + Frame.OVERHEAD_BYTES) {
            throw bad(
                    links,
                    "outstanding-large-bytes",
                    "is more than max-frame-bytes, or the largest frame could never be sent; not " + largeBytes
                            + " bytes beside frames of " + maxFrameBytes);
        }
        String outboundHost = links.getString("outbound-host");
        int framesPerSecond = links.getInt("frames-per-second");
        if (framesPerSecond < MIN_FRAMES_PER_SECOND) {
            throw bad(links, "frames-per-second", "is " + MIN_FRAMES_PER_SECOND + " or more, not " + framesPerSecond);
        }
        return new LinksSettings(
                PeerAddress.list(config, PATH + "addresses"),
                bind,
                outboundHost.isEmpty() ? null : outboundHost,
                (int) maxFrameBytes,
                outstanding(links, "outstanding-small-bytes"),
                largeBytes,
                framesPerSecond);
    }

    private static long outstanding(Config links, String name) {
        long bytes = links.getBytes(name);
        if (bytes < 1 << 20) {
            throw bad(links, name, "is 1 MiB or more, not " + bytes + " bytes");
        }
        return bytes;
    }

    private static ConfigException bad(Config links, String name, String what) {
        return new ConfigException.BadValue(links.getValue(name).origin(), PATH + name, what);
    }

    /**
     * Holds the addresses against the validator set.
     *
     * @throws IllegalArgumentException that says what to do
     */
    public void requireFor(ValidatorSet validators) {
        PeerAddress.requireOneEach(PATH + "addresses", addresses, validators);
    }

    InetSocketAddress reachedAt(ValidatorId peer) {
        PeerAddress address = addresses.get(peer.index());
        return new InetSocketAddress(address.host(), address.port());
    }

    PeerAddress listensAt(ValidatorId self) {
        return bind.listensAt(addresses.get(self.index()));
    }

    /** The setting that says where a validator listens, and what it says. */
    String whereListens(ValidatorId self) {
        return bind.whereListens(PATH, self, addresses.get(self.index()));
    }

    /** Where connections are dialled from; null for anywhere. */
    @Nullable InetSocketAddress outbound() {
        return outboundHost == null ? null : new InetSocketAddress(outboundHost, 0);
    }

    SendWindow.Limits window(Channel channel) {
        long bytes = channel == Channel.SMALL ? smallBytes : largeBytes;
        return new SendWindow.Limits(
                bytes,
                channel == Channel.SMALL ? SMALL_UNDER_WAY : LARGE_UNDER_WAY,
                bytes / 2,
                NEVER_MILLIS,
                NEVER_MILLIS);
    }
}
