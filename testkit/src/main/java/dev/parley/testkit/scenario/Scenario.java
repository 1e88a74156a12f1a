package dev.parley.testkit.scenario;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.Adversary;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.Scheduler;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One scenario: what happens to a cluster, whatever its protocol, and beside it the transcript that each protocol is to give. The lines are
 *
 * <pre>
 * cluster 4                          first: how many validators
 * byzantine 0 equivocating-leader    before anything happens
 * prune 8 2                          before anything happens: a snapshot at each eighth height, two blocks below the newest kept
 * submit "a" to 1                    a client brings a command; to v0 unless said otherwise
 * partition 0 1 | 2 3                groups that cannot reach each other
 * cut 0 1                            what v0 sends to v1 is lost
 * heal
 * adversary delays leaders           by 4 s what the leader says; where nobody leads, one drawn validator
 * adversary rests
 * adversary coin                     one that the protocol knows: the network and its validators are in its hand
 * adversary reports                  what came of it
 * planted no-conf                    before anything happens: correct validators run the protocol with this planted bug
 * crash 2
 * restart 2
 * run until height 3                 by all correct validators that are up, within a minute
 * run for 500ms
 * 20 times submit "a"                one after the other, each when all have decided the one before
 * quietly run for 5s                 what happens meanwhile is not told
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

    /** Why this protocol cannot play it: the first behaviour, bug or adversary that the protocol does not have; empty if it can. */
    public Optional<String> unfit(ProtocolUnderTest protocol) {
        Set<String> behaviours = names(protocol.behaviours(), Behaviour::name);
        Set<String> bugs = names(protocol.bugs(), PlantedBug::name);
        Set<String> adversaries = names(protocol.adversaries(), Adversary::name);
        return script.lines()
                .map(line -> line.strip().split("\\s+"))
                .flatMap(words -> switch (words.length + words[0]) {
                    case "3byzantine" -> missing("behaviour", words[2], behaviours);
                    case "2planted" -> missing("planted bug", words[1], bugs);
                    case "2adversary" ->
                        words[1].equals("rests") || words[1].equals("reports")
                                ? Stream.empty()
                                : missing("adversary", words[1], adversaries);
                    default -> Stream.empty();
                })
                .map(lack -> protocol.name() + " has no " + lack)
                .findFirst();
    }

    private static <T> Set<String> names(List<T> all, Function<T, String> name) {
        return all.stream().map(name).collect(Collectors.toSet());
    }

    private static Stream<String> missing(String kind, String name, Set<String> known) {
        return known.contains(name) ? Stream.empty() : Stream.of(kind + " " + name);
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
        @Nullable PlantedBug planted = null;
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
            } else if (words[0].equals("planted")) {
                planted = protocol.bug(words[1]);
            } else {
                if (play == null) {
                    if (head.length != 2) {
                        throw new IllegalArgumentException("a scenario begins with: cluster <validators>");
                    }
                    play = new Play(protocol, planted, Integer.parseInt(head[1]), byzantine);
                }
                play.command(line);
            }
        }
        return play == null ? "" : play.transcript.toString();
    }

    /** One play of it. */
    private static final class Play {
        private static final SimulatedCluster.Listener NOBODY = (micros, validator, observation) -> {};

        private final ProtocolUnderTest protocol;
        private final SimulatedCluster cluster;
        private final Transcript transcript;
        private Scheduler scheduler = Scheduler.PUNCTUAL;

        Play(ProtocolUnderTest protocol, @Nullable PlantedBug planted, int size, Map<Integer, List<String>> byzantine) {
            this.protocol = protocol;
            Map<Integer, List<Behaviour>> behaviours = new TreeMap<>();
            byzantine.forEach((validator, names) -> behaviours.put(
                    validator, names.stream().map(protocol::behaviour).toList()));
            ConsensusProtocol run = planted == null ? protocol.protocol() : planted.broken();
            this.cluster = new SimulatedCluster(protocol, run, size, behaviours, Swarm.CALM, new RandomStream(SEED));
            if (planted != null) {
                cluster.forgive();
            }
            this.transcript = new Transcript(run, protocol.hasLeaders());
        }

        void command(String line) {
            transcript.command(cluster.now(), line);
            String loud = line.replaceFirst("^quietly\\s+", "");
            cluster.listen(loud.equals(line) ? transcript : NOBODY);
            String[] words = loud.split("\\s+");
            if (words.length > 2 && words[1].equals("times")) {
                String repeated = loud.replaceFirst("^\\d+\\s+times\\s+", "");
                for (int i = Integer.parseInt(words[0]); i > 0; i--) {
                    act(repeated, repeated.split("\\s+"));
                    cluster.runUntilHeight(cluster.lowestHeight() + 1, LIMIT);
                }
            } else {
                act(loud, words);
            }
        }

        private void act(String line, String[] words) {
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
                    String what = line.replaceFirst("^adversary\\s+", "");
                    if (what.equals("reports")) {
                        transcript.report(cluster.now(), scheduler.report());
                    } else {
                        scheduler = switch (what) {
                            case "delays leaders" -> new LeaderDelay(cluster, new RandomStream(SEED));
                            case "rests" -> Scheduler.PUNCTUAL;
                            default -> protocol.adversary(what).scheduler().apply(cluster);
                        };
                        cluster.schedule(scheduler);
                    }
                }
                case "prune" -> cluster.prune(Long.parseLong(words[1]), Long.parseLong(words[2]));
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
    }

    private static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
    }
}
