package dev.parley.testkit.cluster;

import com.typesafe.config.Config;
import dev.parley.LocalCluster;
import dev.parley.Membership;
import dev.parley.ParleyNode;
import dev.parley.app.Application;
import dev.parley.client.Receipt;
import dev.parley.client.remote.ClusterClient;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Ed25519;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.validator.ValidatorNode.StateAt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A cluster of processes on this machine, with proxies between them, in a temporary directory. */
final class ProcessDriver<C, R> implements Driver<C, R> {
    private static final String NETWORK = "parley.test.network";
    private static final long STEP_NANOS = 10_000_000;
    /** They live for seconds: what costs least to start is fastest. */
    private static final List<String> JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m");

    private static final Pattern STATE = Pattern.compile("height (\\d+) state ([0-9a-f]{64})");

    private final Class<?> applicationMaker;
    private final String again;
    private final Path directory;
    private final ProcessCluster processes;
    private final ReportServer reports;
    private final List<NodeProcess> nodes;
    private final ActorSystem<Void> system;
    private final LiveClients<C, R> clients;
    private final ClusterClient<C, R> logs;
    private final long begun = System.nanoTime();
    private boolean filesStay;

    ProcessDriver(
            Class<?> applicationMaker,
            Application<C, R, ?> application,
            ProtocolUnderTest underTest,
            int size,
            String config,
            Witness<C, R> witness,
            String again) {
        this.applicationMaker = applicationMaker;
        this.again = again;
        try {
            directory = Files.createTempDirectory("parley-cluster");
            processes = ProcessCluster.layOut(
                    ClusterLayout.of(underTest.name(), size)
                            .network(System.getProperty(NETWORK, "links"))
                            .shared(config),
                    directory);
            reports = new ReportServer(witness, this::elapsed);
        } catch (IOException e) {
            throw new ClusterException("a cluster cannot be laid out in a temporary directory: " + e.getMessage(), e);
        }
        nodes = processes.nodes();
        Config shared = ClusterLayout.shared(directory);
        watch(underTest, shared, witness.watchtower());
        system = ActorSystem.create(Behaviors.empty(), "parley-test");
        logs = ParleyNode.client(shared, application.commands(), application.results(), 0);
        clients = new LiveClients<>(
                first -> ParleyNode.client(shared, application.commands(), application.results(), first), witness);
    }

    private static void watch(ProtocolUnderTest underTest, Config shared, Watchtower watchtower) {
        Ed25519 scheme = Ed25519.fastest();
        Membership membership = Membership.of(shared, scheme);
        watchtower.watch(
                underTest,
                LocalCluster.protocol(shared),
                Membership.reader(membership.domain(), membership.validators(), scheme));
    }

    @Override
    public void start() {
        for (int i = 0; i < nodes.size(); i++) {
            restart(i);
        }
        try {
            for (NodeProcess node : nodes) {
                node.awaitReady();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted before all validators had started", e);
        }
        for (int i = 0; i < nodes.size(); i++) {
            clients.follow(logs.log(i), system);
        }
    }

    @Override
    public CompletionStage<Receipt<R>> submit(int first, C command) {
        return clients.preferring(first).submit(command);
    }

    @Override
    public void step() {
        clients.readOn();
        LockSupport.parkNanos(STEP_NANOS);
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Override
    public void kill(int validator) {
        nodes.get(validator).destroy();
    }

    @Override
    public void powerOff(int validator) {
        throw new UnsupportedOperationException(
                World.PROCESSES.lacks(Capability.POWER_LOSS).orElse(""));
    }

    @Override
    public void restart(int validator) {
        restart(validator, List.of());
    }

    @Override
    public void restart(int validator, List<Behaviour> behaviours) {
        List<String> words = new ArrayList<>(List.of(
                nodes.get(validator).directory().toString(),
                applicationMaker.getName(),
                Integer.toString(reports.port())));
        behaviours.forEach(behaviour -> words.add(NodeMain.word(behaviour)));
        try {
            processes.start(validator, JVM, NodeMain.class, words);
        } catch (IOException e) {
            throw new ClusterException("v" + validator + " cannot be started: " + e.getMessage(), e);
        }
    }

    @Override
    public void pause(int validator) {
        signal(validator, "STOP");
    }

    @Override
    public void resume(int validator) {
        signal(validator, "CONT");
    }

    private void signal(int validator, String name) {
        try {
            nodes.get(validator).signal(name);
        } catch (IOException e) {
            throw new ClusterException("v" + validator + " cannot be sent " + name + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted before v" + validator + " was sent " + name, e);
        }
    }

    @Override
    public void cut(int from, int to) {
        processes.cut(from, to);
    }

    @Override
    public void delay(int from, int to, Duration by) {
        processes.delay(from, to, by);
    }

    @Override
    public void heal() {
        processes.heal();
    }

    @Override
    public long height(int validator) {
        return clients.height(validator);
    }

    @Override
    public Optional<StateAt> state(int validator) {
        try {
            return nodes.get(validator)
                    .state()
                    .map(STATE::matcher)
                    .filter(Matcher::find)
                    .map(found -> new StateAt(
                            Long.parseLong(found.group(1)),
                            Digest.of(HexFormat.of().parseHex(found.group(2)))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public String status(int validator) {
        try {
            return nodes.get(validator)
                    .status()
                    .map(Object::toString)
                    .orElse(nodes.get(validator).process().isPresent() ? "does not answer" : "has ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "was not asked";
        }
    }

    @Override
    public List<String> logTail(int validator) {
        return nodes.get(validator).tail();
    }

    @Override
    public void keepFiles() {
        filesStay = true;
    }

    @Override
    public String again() {
        return again + "; its files stay in " + directory;
    }

    @Override
    public void close() {
        clients.close();
        logs.close();
        processes.close();
        reports.close();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        if (!filesStay) {
            ClusterLayout.discard(directory);
        }
    }
}
