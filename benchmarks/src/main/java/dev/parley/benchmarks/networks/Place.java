package dev.parley.benchmarks.networks;

import com.typesafe.config.ConfigFactory;
import dev.parley.LocalCluster;
import dev.parley.Membership;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.CertificateAuthority;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.NativeCrypto;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.logging.LogContext;
import dev.parley.network.BindAddress;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.network.PeerNetwork;
import dev.parley.network.links.LinkNetwork;
import dev.parley.network.links.LinksSettings;
import dev.parley.network.secure.ChainTerms;
import dev.parley.network.secure.LinkIdentity;
import dev.parley.testkit.cluster.LoneClusterNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one of two processes has of a network.
 *
 * @param end what closes it, with all that it needed
 */
record Place(PeerNetwork network, Runnable end, PeerCodec codec) implements AutoCloseable {
    private static final int UNBOUNDED = Integer.MAX_VALUE;
    private static final SigningDomain DOMAIN = new SigningDomain("networks", 0);
    private static final int MEMBERS = 4;
    private static final long WAITING_BYTES = 32 << 20;

    /** Which network, and as it is set up. */
    enum Kind {
        LINKS,
        CLUSTER,
        CLUSTER_TLS
    }

    /** @param folder with what {@link #certificates} wrote */
    static Place open(Kind kind, int index, List<Integer> ports, Path folder) {
        NativeCrypto.install();
        Ed25519 scheme = Ed25519.fastest();
        List<KeyPair> keys = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            byte[] secret = new byte[Ed25519.SECRET_BYTES];
            secret[0] = (byte) (i + 1);
            keys.add(KeyPair.of(secret));
        }
        ValidatorSet validators =
                ValidatorSet.of(scheme, keys.stream().map(KeyPair::publicKey).toList());
        ValidatorId self = new ValidatorId(index);
        PeerCodec codec = new Membership(DOMAIN, validators, List.of())
                .peerCodec(LocalCluster.protocol(ConfigFactory.load()), scheme);
        LinkIdentity identity = new LinkIdentity(
                self,
                validators,
                DOMAIN,
                ChainTerms.of(DOMAIN, validators, "none", Map.of()),
                scheme,
                keys.get(index).signer(scheme));
        List<PeerAddress> addresses =
                ports.stream().map(port -> new PeerAddress("127.0.0.1", port)).toList();
        if (kind == Kind.LINKS) {
            LinksSettings settings = new LinksSettings(
                    addresses,
                    BindAddress.SAME,
                    null,
                    PeerCodec.MAX_FRAME_BYTES,
                    WAITING_BYTES,
                    WAITING_BYTES,
                    UNBOUNDED);
            PeerNetwork links = LinkNetwork.start(settings, identity, keys.get(index), codec, LogContext.none());
            return new Place(links, links::close, codec);
        }
        LoneClusterNetwork cluster = LoneClusterNetwork.start(
                addresses,
                Map.of(
                        "parley.network.cluster.outstanding-small-bytes",
                        WAITING_BYTES,
                        "parley.network.cluster.tls.enabled",
                        kind == Kind.CLUSTER_TLS,
                        "parley.network.cluster.tls.key-file",
                        folder.resolve("key" + index).toString(),
                        "parley.network.cluster.tls.certificate-file",
                        folder.resolve("certificate" + index).toString(),
                        "parley.network.cluster.tls.authority-file",
                        folder.resolve("authority").toString()),
                identity,
                codec);
        return new Place(cluster.network(), cluster::close, codec);
    }

    /** For the first two. */
    static void certificates(Path folder) throws IOException {
        Files.createDirectories(folder);
        CertificateAuthority authority = CertificateAuthority.create(Duration.ofDays(1), new SecureRandom());
        authority.save(folder.resolve("authority"));
        for (int i = 0; i < 2; i++) {
            authority.issue(folder.resolve("key" + i), folder.resolve("certificate" + i));
        }
    }

    /** A message with a content of so many bytes. */
    static PeerMessage message(int bytes) {
        return new PeerMessage.Commands(
                List.of(new Command(new CommandId(new ClientId(1, 1), 1), Command.DEFAULT_LANE, 1, new byte[bytes])));
    }

    @Override
    public void close() {
        end.run();
    }
}
