package dev.parley.testkit.cluster;

import com.typesafe.config.Config;
import dev.parley.LocalCluster;
import dev.parley.ParleyNode;
import dev.parley.admin.AdminServer;
import dev.parley.admin.AdminSettings;
import dev.parley.admin.NodeMetrics;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.crypto.NativeCrypto;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Behaviours;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One validator's process of a test, started with its directory, the class that makes the application, the port on which the test listens, and behaviours. Ends
 * when the test does.
 */
final class NodeMain {
    private static final String CLASS = "class:";

    private NodeMain() {}

    public static void main(String[] words) throws Exception {
        NativeCrypto.install();
        Path directory = Path.of(words[0]);
        Config config = ClusterLayout.node(directory);
        int validator = config.getInt("parley.node.validator");
        int size = config.getConfigList("parley.validators").size();
        ProtocolUnderTest underTest = ProtocolUnderTest.named(config.getString("parley.consensus.protocol"));
        List<Behaviour> behaviours = new ArrayList<>();
        for (int i = 3; i < words.length; i++) {
            behaviours.add(behaviour(underTest, words[i]));
        }
        ConsensusProtocol protocol = LocalCluster.protocol(config);
        ReportWriter reports = new ReportWriter(Integer.parseInt(words[2]), validator, protocol);
        Thread.ofPlatform().daemon().name("parley-parent").start(() -> {
            reports.awaitEnd();
            Runtime.getRuntime().halt(1);
        });
        ParleyNode.Builder<?, ?, ?> node =
                ParleyNode.of(config, Named.application(words[1])).observer(reports);
        if (behaviours.isEmpty()) {
            WatchedNode watched = new WatchedNode(size, reports);
            node.correct(watched::around).network(watched::around);
        } else {
            node.byzantine(Behaviours.composed(behaviours, validator));
        }
        run(node, config);
    }

    private static void run(ParleyNode.Builder<?, ?, ?> builder, Config config) throws Exception {
        NodeMetrics metrics = new NodeMetrics();
        try (ParleyNode node = builder.observer(metrics).start();
                AdminServer admin = AdminServer.start(node, AdminSettings.of(config), metrics, null)) {
            System.out.println(
                    node.self() + " takes clients at " + node.clientAddress() + " and operators at " + admin.address());
            System.out.println(node.self() + " has stopped: "
                    + node.stopped().toCompletableFuture().join());
        }
        // Whatever other thread there is: who has stopped is gone.
        System.exit(1);
    }

    /** How a behaviour is named on the command line. */
    static String word(Behaviour behaviour) {
        Class<?> type = behaviour.getClass();
        return type.isRecord() || type.getName().startsWith("dev.parley.") ? behaviour.name() : CLASS + type.getName();
    }

    private static Behaviour behaviour(ProtocolUnderTest underTest, String word) {
        return word.startsWith(CLASS)
                ? (Behaviour) Named.object(word.substring(CLASS.length()))
                : underTest.behaviour(word);
    }
}
