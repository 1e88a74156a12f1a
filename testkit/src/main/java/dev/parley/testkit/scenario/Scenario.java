package dev.parley.testkit.scenario;

import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.SimulatedCluster;
import dev.parley.testkit.sim.Swarm;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One scenario: its lines, and the transcript that it is to give. The lines are
 *
 * <pre>
 * cluster 4 hotstuff                 first: how many validators, which protocol
 * byzantine 0 equivocating-leader    before anything happens
 * submit "a" to 1                    a client brings a command; to v0 unless said otherwise
 * partition 0 1 | 2 3                groups that cannot reach each other
 * cut 0 1                            what v0 sends to v1 is lost
 * heal
 * crash 2
 * restart 2
 * run until height 3                 by all correct validators that are up, within a minute
 * run for 500ms
 * # why
 * </pre>
 *
 * <p>Everything goes by a calm network of 1 ms and disks that sync at once, so a transcript shows the protocol and nothing else.
 */
public final class Scenario {
    private static final String SEPARATOR = "----\n";
    private static final long SEED = 1;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final String script;
    private final String expected;

    private Scenario(String script, String expected) {
        this.script = script;
        this.expected = expected;
    }

    /** @param text of a whole file; without {@code ----} nothing is expected yet */
    public static Scenario parse(String text) {
        int at = text.indexOf(SEPARATOR);
        return at < 0
                ? new Scenario(text, "")
                : new Scenario(text.substring(0, at), text.substring(at + SEPARATOR.length()));
    }

    /** The scenarios that come with the test kit, as listed in {@code scenarios/index}. */
    public static List<String> names() {
        return resource("index").lines().toList();
    }

    /** @param name one of {@link #names} */
    public static Scenario named(String name) {
        return parse(resource(name + ".scenario"));
    }

    private static String resource(String name) {
        try (InputStream in = Scenario.class.getResourceAsStream("/dev/parley/testkit/scenarios/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no scenario file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the transcript in the file is one of this protocol. */
    public boolean isFor(ProtocolUnderTest protocol) {
        return script.lines()
                .map(line -> line.strip().split("\\s+"))
                .anyMatch(words -> words.length == 3 && words[0].equals("cluster") && words[2].equals(protocol.name()));
    }

    /** The transcript in the file. */
    public String expected() {
        return expected;
    }

    /** The file with another transcript. */
    public String with(String transcript) {
        return script + SEPARATOR + transcript;
    }

    /** The transcript that the protocol named in the file gives. */
    public String run() {
        return run(null);
    }

    /**
     * @param protocol takes the place of the one that the file names, null for none
     * @throws IllegalArgumentException that names the line that is not understood
     * @throws dev.parley.testkit.check.Violation if a property does not hold, or a height is not reached
     */
    public String run(@Nullable ProtocolUnderTest protocol) {
        Transcript transcript = new Transcript();
        Map<Integer, List<String>> byzantine = new TreeMap<>();
        SimulatedCluster cluster = null;
        String[] head = new String[0];
        for (String line : script.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("\\s+");
            if (words[0].equals("cluster")) {
                head = words;
            } else if (words[0].equals("byzantine")) {
                byzantine
                        .computeIfAbsent(Integer.parseInt(words[1]), v -> new ArrayList<>())
                        .add(words[2]);
            } else {
                if (cluster == null) {
                    if (head.length != 3) {
                        throw new IllegalArgumentException("a scenario begins with: cluster <validators> <protocol>");
                    }
                    cluster = start(
                            Integer.parseInt(head[1]),
                            protocol == null ? ProtocolUnderTest.named(head[2]) : protocol,
                            byzantine);
                    cluster.listen(transcript);
                }
                transcript.command(cluster.now(), line);
                act(cluster, line, words);
            }
        }
        return transcript.toString();
    }

    private static SimulatedCluster start(int size, ProtocolUnderTest protocol, Map<Integer, List<String>> byzantine) {
        Map<Integer, List<Behaviour>> behaviours = new TreeMap<>();
        byzantine.forEach((validator, names) -> behaviours.put(
                validator, names.stream().map(protocol::behaviour).toList()));
        return new SimulatedCluster(
                protocol, protocol.protocol(), size, behaviours, Swarm.CALM, new RandomStream(SEED));
    }

    private static void act(SimulatedCluster cluster, String line, String[] words) {
        switch (words[0]) {
            case "submit" -> {
                int open = line.indexOf('"');
                int close = line.lastIndexOf('"');
                if (open < 0 || close <= open) {
                    throw new IllegalArgumentException("submit takes a command in quotes: " + line);
                }
                int to = words[words.length - 2].equals("to") ? Integer.parseInt(words[words.length - 1]) : 0;
                cluster.submit(to, line.substring(open + 1, close).getBytes(StandardCharsets.UTF_8));
            }
            case "partition" -> {
                long group = 0;
                for (int i = 1; i < words.length && !words[i].equals("|"); i++) {
                    group |= 1L << Integer.parseInt(words[i]);
                }
                cluster.partition(group);
            }
            case "cut" -> cluster.cut(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "heal" -> cluster.heal();
            case "crash" -> cluster.crash(Integer.parseInt(words[1]));
            case "restart" -> cluster.restart(Integer.parseInt(words[1]));
            case "run" -> {
                if (words[1].equals("until")) {
                    cluster.runUntilHeight(Long.parseLong(words[3]), LIMIT);
                } else {
                    cluster.runFor(duration(words[2]));
                }
            }
            default -> throw new IllegalArgumentException("not understood: " + line);
        }
    }

    private static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
    }
}
