package dev.parley.testkit.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Processes of a cluster that is laid out for them on this machine, and somebody who ends them with this process however that ends. Proxies between
 * them, where there are any, cut links and delay what they carry. Wants Linux. Not thread-safe, but for its links.
 */
public final class ProcessCluster implements AutoCloseable {
    private final List<NodeProcess> nodes;
    private final Reaper reaper;
    private final @Nullable LinkProxies proxies;
    private final AheadOfTime code;
    /** Whether the first of them keeps its code for clusters to come. */
    private final boolean keeping;

    private ProcessCluster(List<NodeProcess> nodes, Reaper reaper, @Nullable LinkProxies proxies) throws IOException {
        this(nodes, reaper, proxies, AheadOfTime.whileThisRuns());
    }

    ProcessCluster(List<NodeProcess> nodes, Reaper reaper, @Nullable LinkProxies proxies, AheadOfTime code) {
        this.nodes = nodes;
        this.reaper = reaper;
        this.proxies = proxies;
        this.code = code;
        this.keeping = code.begins();
    }

    /**
     * Lays out a cluster whose validators reach each other directly, each at an {@linkplain ClusterLayout#hostsOfTheirOwn address of its own}: for
     * measurements. Nothing runs yet.
     *
     * @param directory made if it is not there; no cluster is in it
     * @throws IOException if it cannot be written
     */
    public static ProcessCluster layOutDirectly(ClusterLayout layout, Path directory) throws IOException {
        layout.hostsOfTheirOwn().write(directory);
        return new ProcessCluster(NodeProcess.of(directory), new Reaper(directory), null);
    }

    /**
     * Lays out a cluster with proxies between its validators. Nothing runs yet.
     *
     * @param directory made if it is not there; no cluster is in it
     * @throws IOException if it cannot be written
     */
    public static ProcessCluster layOut(ClusterLayout layout, Path directory) throws IOException {
        LinkProxies proxies = new LinkProxies(layout.validators());
        try {
            List<ClusterLayout.Ports> ports = layout.behind(proxies.ports()).write(directory);
            proxies.forward(ports.stream().map(ClusterLayout.Ports::network).toList());
            return new ProcessCluster(NodeProcess.of(directory), new Reaper(directory), proxies);
        } catch (IOException | RuntimeException e) {
            proxies.close();
            throw e;
        }
    }

    /** By index. */
    public List<NodeProcess> nodes() {
        return nodes;
    }

    /**
     * Starts a validator that does not run. Its process ends with this one at the latest.
     *
     * @param jvmOptions beside those that Parley needs; of two that contradict each other the later one counts
     * @param main the class whose {@code main} runs a validator
     * @param arguments for it
     */
    public void start(int validator, List<String> jvmOptions, Class<?> main, List<String> arguments)
            throws IOException {
        NodeProcess node = nodes.get(validator);
        node.start(jvmOptions, main, arguments, code, keeping && validator == 0);
        node.process().ifPresent(process -> reaper.watch(process.pid()));
    }

    /**
     * Holds back what one validator sends to another, until {@link #heal}.
     *
     * @throws IllegalStateException if there are no proxies
     */
    public void cut(int from, int to) {
        proxies().cut(from, to);
    }

    /**
     * Lets what one validator sends to another take so much longer, until {@link #heal}.
     *
     * @throws IllegalStateException if there are no proxies
     */
    public void delay(int from, int to, Duration by) {
        proxies().delay(from, to, by);
    }

    /**
     * Parts one validator from all others, until {@link #heal}.
     *
     * @throws IllegalStateException if there are no proxies
     */
    public void isolate(int validator) {
        for (int other = 0; other < nodes.size(); other++) {
            if (other != validator) {
                cut(validator, other);
                cut(other, validator);
            }
        }
    }

    /** @throws IllegalStateException if there are no proxies */
    public void heal() {
        proxies().heal();
    }

    private LinkProxies proxies() {
        if (proxies == null) {
            throw new IllegalStateException("the validators reach each other directly");
        }
        return proxies;
    }

    /** Ends all processes, as a crash would, or that which keeps its code in order. */
    @Override
    public void close() {
        nodes.reversed().forEach(node -> node.end(code));
        reaper.close();
        if (proxies != null) {
            proxies.close();
        }
    }
}
