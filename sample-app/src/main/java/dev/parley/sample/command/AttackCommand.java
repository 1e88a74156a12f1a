package dev.parley.sample.command;

import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.Config;
import dev.parley.LocalCluster;
import dev.parley.Membership;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyFile;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.NativeCrypto;
import dev.parley.network.PeerMessage;
import dev.parley.network.links.LinksSettings;
import dev.parley.network.links.PeerTls;
import dev.parley.testkit.cluster.ClusterLayout;
import dev.parley.testkit.cluster.LinkAttack;
import dev.parley.testkit.cluster.LinkAttack.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A validator's process that misbehaves below the protocol. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Speaks to the other validators with the key of one and misbehaves below the protocol: floods, replays, silence, garbage.",
            "In place of that validator's process, which must not run. For clusters on links."
        })
final class AttackCommand implements Callable<Integer> {
    /** Said before each attack. */
    static final String BEGINS = "begins";

    /** What {@code --kind} may be. */
    static final class KindNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Kind.values()).map(Kind::text).iterator();
        }
    }

    private final Screen screen;

    @Option(
            names = "--dir",
            paramLabel = "D/I",
            required = true,
            description = "The directory of the validator whose key it has.")
    private Path directory = Path.of(".");

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            completionCandidates = KindNames.class,
            description = "Which of ${COMPLETION-CANDIDATES}; all, one after the other, unless given.")
    private List<String> kinds = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long each lasts: ${DEFAULT-VALUE}.")
    private int seconds = 10;

    AttackCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Kind> chosen = kinds(kinds);
        if (seconds < 1) {
            throw new UsageException("--seconds is 1 or more, not " + seconds);
        }
        Config config = ClusterLayout.node(directory);
        if (!config.getString("parley.network.kind").equals("links")) {
            throw new UsageException(directory + " has parley.network.kind = " + config.getString("parley.network.kind")
                    + ", and this speaks links alone");
        }
        NativeCrypto.install();
        Ed25519 scheme = Ed25519.fastest();
        Membership membership = Membership.of(config, scheme);
        ValidatorId self = new ValidatorId(config.getInt("parley.node.validator"));
        KeyPair key = KeyFile.load(directory.resolve(config.getString("parley.node.key-file")));
        LinksSettings links = LinksSettings.of(config);
        LinkAttack attack = new LinkAttack(
                new PeerTls(membership.validators(), self, key),
                links.addresses(),
                InetAddress.getByName(links.outboundHost() == null ? "0.0.0.0" : links.outboundHost()),
                membership.peerCodec(LocalCluster.protocol(config), scheme).encode(new PeerMessage.Status(0)));
        List<ValidatorId> victims = IntStream.range(0, membership.validators().size())
                .mapToObj(ValidatorId::new)
                .filter(victim -> !victim.equals(self))
                .toList();
        for (Kind kind : chosen) {
            screen.line(BEGINS);
            double before = cpuSeconds();
            long done = attack.run(kind, victims, seconds * 1000L);
            screen.line(String.format(
                    Locale.ROOT,
                    "%s: %,d in %d s, for %.1f s of processor time",
                    kind.text(),
                    done,
                    seconds,
                    cpuSeconds() - before));
        }
        return 0;
    }

    private static double cpuSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }

    /** All, if none is named. */
    static List<Kind> kinds(List<String> names) {
        return names.isEmpty()
                ? List.of(Kind.values())
                : names.stream().map(AttackCommand::kind).toList();
    }

    private static Kind kind(String name) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        "there is no attack '" + name + "'; there are " + String.join(", ", new KindNames())));
    }
}
