package dev.parley.testkit.scenario;

import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.SimulatedCluster;
import dev.parley.testkit.sim.Swarm;
import dev.parley.testkit.synchrony.LeaderDelay;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One scenario: what happens to a cluster, whatever its protocol, and beside it the transcript that each protocol is to give. The lines are
 *
 * <pre>
 * cluster 4                          first: how many validators
 * byzantine 0 equivocating-leader    before anything happens
 * submit "a" to 1                    a client brings a command; to v0 unless said otherwise
 * partition 0 1 | 2 3                groups that cannot reach each other
 * cut 0 1                            what v0 sends to v1 is lost
 * heal
 * adversary delays leaders           by 4 s what the leader says; where nobody leads, one drawn validator
 * adversary rests
 * crash 2
 * restart 2
 * run until height 3                 by all correct validators that are up, within a minute
 * run for 500ms
 * # why
 * </pre>
 *
 * <p>What protocol P gives for {@code NAME.scenario} is kept in the same folder in {@code NAME.P.transcript}.
 *
 * <p>Everything goes by a calm network of 1 ms and disks that sync at once, so a transcript shows the protocol and nothing else.
 */
public final class Scenario {
    private static final String SUFFIX = ".scenario";
    private static final long SEED = 1;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final String script;
    private final Function<ProtocolUnderTest, Optional<String>> kept;

    private Scenario(String script, Function<ProtocolUnderTest, Optional<String>> kept) {
        this.script = script;
        this.kept = kept;
    }

    /** The scenarios that come with the test kit, as listed in {@code scenarios/index}. */
    public static List<String> names() {
        return resource("index").lines().toList();
    }

    /** @param name one of {@link #names} */
    public static Scenario named(String name) {
        return new Scenario(resource(name + SUFFIX), protocol -> find(transcript(name, protocol)));
    }

    /** @param file with its transcripts, if there are any, beside it */
    public static Scenario read(Path file) throws IOException {
        String name = String.valueOf(file.getFileName()).replace(SUFFIX, "");
        return new Scenario(Files.readString(file), protocol -> find(file.resolveSibling(transcript(name, protocol))));
    }

    /** The name of the file that keeps what this protocol gives. */
    static String transcript(String name, ProtocolUnderTest protocol) {
        return name + "." + protocol.name() + ".transcript";
    }

    private static Optional<String> find(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> find(String resource) {
        try (InputStream in = Scenario.class.getResourceAsStream("/dev/parley/testkit/scenarios/" + resource)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String resource(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("there is no scenario file " + name));
    }

    /** The transcript that is kept for this protocol; empty if none is. */
    public Optional<String> kept(ProtocolUnderTest protocol) {
        return kept.apply(protocol);
    }

    /** Why this protocol cannot play it: the first behaviour that the protocol does not have; empty if it can. */
    public Optional<String> unfit(ProtocolUnderTest protocol) {
        Set<String> known = protocol.behaviours().stream().map(Behaviour::name).collect(Collectors.toSet());
        return script.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length == 3 && words[0].equals("byzantine") && !known.contains(words[2]))
                .map(words -> protocol.name() + " has no behaviour " + words[2])
                .findFirst();
    }

    /**
     * The transcript that this protocol gives.
     *
     * @throws IllegalArgumentException that names the line that is not understood, or says why the protocol is {@linkplain #unfit unfit}
     * @throws dev.parley.testkit.check.Violation if a property does not hold, or a height is not reached
     */
    public String play(ProtocolUnderTest protocol) {
        unfit(protocol).ifPresent(why -> {
            throw new IllegalArgumentException(why);
        });
        Map<Integer, List<String>> byzantine = new TreeMap<>();
        Play play = null;
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
                if (play == null) {
                    if (head.length != 2) {
                        throw new IllegalArgumentException("a scenario begins with: cluster <validators>");
                    }
                    play = start(Integer.parseInt(head[1]), protocol, byzantine);
                }
                play.transcript().command(play.cluster().now(), line);
                act(play.cluster(), line, words);
            }
        }
        return play == null ? "" : play.transcript().toString();
    }

    private record Play(SimulatedCluster cluster, Transcript transcript) {}

    private static Play start(int size, ProtocolUnderTest protocol, Map<Integer, List<String>> byzantine) {
        Map<Integer, List<Behaviour>> behaviours = new TreeMap<>();
        byzantine.forEach((validator, names) -> behaviours.put(
                validator, names.stream().map(protocol::behaviour).toList()));
        SimulatedCluster cluster = new SimulatedCluster(
                protocol, protocol.protocol(), size, behaviours, Swarm.CALM, new RandomStream(SEED));
        Transcript transcript = new Transcript(protocol.protocol(), protocol.hasLeaders());
        cluster.listen(transcript);
        return new Play(cluster, transcript);
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
            case "adversary" -> {
                switch (String.join(" ", words)) {
                    case "adversary delays leaders" -> cluster.delay(new LeaderDelay(cluster, new RandomStream(SEED)));
                    case "adversary rests" -> cluster.delay((from, to, message) -> 0);
                    default -> throw new IllegalArgumentException("not understood: " + line);
                }
            }
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
