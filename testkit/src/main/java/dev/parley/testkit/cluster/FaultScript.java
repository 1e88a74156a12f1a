package dev.parley.testkit.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A script of faults, as {@link Cluster#play} says. Immutable. */
final class FaultScript {
    private static final Pattern AT = Pattern.compile("at\\s+(\\S+)\\s+(.*)");
    private static final Pattern SUBMIT = Pattern.compile("submit\\s+\"(.*)\"(?:\\s+to\\s+(\\d+))?");
    private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s)");

    /** Does one line. */
    private interface Action {
        <C, R> void act(Cluster<C, R> cluster, Function<String, C> commands);
    }

    private record Line(@Nullable Duration at, Action action) {}

    private final List<Line> lines;

    private FaultScript(List<Line> lines) {
        this.lines = lines;
    }

    /** @throws IllegalArgumentException that names the first line that is not understood */
    static FaultScript parse(String script) {
        List<Line> lines = new ArrayList<>();
        for (String line : script.lines().map(String::strip).toList()) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    Matcher at = AT.matcher(line);
                    lines.add(
                            at.matches()
                                    ? new Line(duration(at.group(1)), action(at.group(2)))
                                    : new Line(null, action(line)));
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw new IllegalArgumentException("not understood: " + line, e);
                }
            }
        }
        return new FaultScript(lines);
    }

    <C, R> void play(Cluster<C, R> cluster, Function<String, C> commands) {
        Duration begun = cluster.elapsed();
        for (Line line : lines) {
            Duration at = line.at();
            if (at != null) {
                Duration left = begun.plus(at).minus(cluster.elapsed());
                if (left.isPositive()) {
                    cluster.runFor(left);
                }
            }
            line.action().act(cluster, commands);
        }
    }

    private static Action action(String line) {
        String[] words = line.split("\\s+");
        return switch (words[0]) {
            case "kill", "crash" -> one(words, Cluster::kill);
            case "restart" -> one(words, Cluster::restart);
            case "pause" -> one(words, Cluster::pause);
            case "resume" -> one(words, Cluster::resume);
            case "heal" -> faults(Cluster::heal);
            case "cut" -> {
                int from = number(words[1]);
                int to = number(words[2]);
                yield faults(cluster -> cluster.cut(from, to));
            }
            case "partition" -> {
                int[] group = Arrays.stream(words)
                        .skip(1)
                        .takeWhile(word -> !word.equals("|"))
                        .mapToInt(FaultScript::number)
                        .toArray();
                yield faults(cluster -> cluster.partition(group));
            }
            case "delay" -> {
                int from = number(words[1]);
                int to = number(words[2]);
                Duration by = duration(words[3]);
                yield faults(cluster -> cluster.delay(from, to, by));
            }
            case "byzantine" -> {
                String[] names = Arrays.copyOfRange(words, 2, words.length);
                yield one(words, (cluster, validator) -> cluster.byzantine(validator, names));
            }
            case "run" -> run(words);
            case "submit" -> submit(line);
            default -> throw new IllegalArgumentException(line);
        };
    }

    private static Action run(String[] words) {
        if (words[1].equals("for")) {
            Duration duration = duration(words[2]);
            return faults(cluster -> cluster.runFor(duration));
        }
        if (words[1].equals("until") && words[2].equals("height")) {
            long height = number(words[3]);
            return faults(cluster -> cluster.awaitHeight(height));
        }
        throw new IllegalArgumentException(String.join(" ", words));
    }

    private static Action submit(String line) {
        Matcher matcher = SUBMIT.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(line);
        }
        String text = matcher.group(1);
        int to = matcher.group(2) == null ? 0 : number(matcher.group(2));
        return new Action() {
            @Override
            public <C, R> void act(Cluster<C, R> cluster, Function<String, C> commands) {
                var unused = cluster.send(to, commands.apply(text));
            }
        };
    }

    /** Does something to whatever cluster. */
    private interface Breaking {
        void act(Cluster<?, ?> cluster);
    }

    /** Does something to one validator of whatever cluster. */
    private interface BreakingOne {
        void act(Cluster<?, ?> cluster, int validator);
    }

    private static Action one(String[] words, BreakingOne breaking) {
        int validator = number(words[1]);
        return faults(cluster -> breaking.act(cluster, validator));
    }

    private static Action faults(Breaking breaking) {
        return new Action() {
            @Override
            public <C, R> void act(Cluster<C, R> cluster, Function<String, C> commands) {
                breaking.act(cluster);
            }
        };
    }

    private static int number(String word) {
        return Integer.parseInt(word);
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        long amount = Long.parseLong(matcher.group(1));
        return matcher.group(2).equals("ms") ? Duration.ofMillis(amount) : Duration.ofSeconds(amount);
    }
}
