package dev.parley.sample.command;

import com.typesafe.config.ConfigUtil;
import dev.parley.LocalCluster;
import dev.parley.crypto.KeyDirectory;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Behaviours;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all commands that run validators have in common. */
final class ClusterOptions {
    private static final int MAX_VALIDATORS = 63;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            defaultValue = "hotstuff",
            description = "The consensus protocol: ${DEFAULT-VALUE}.")
    private String protocol = "hotstuff";

    @Option(
            names = "--validators",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many validators, 4 to 63: ${DEFAULT-VALUE}.")
    private int validators = 4;

    @Option(
            names = "--byzantine",
            paramLabel = "ID=BEHAVIOUR",
            description = "Makes validator ID misbehave, at most a third of all; may be given several times.")
    private List<String> byzantine = new ArrayList<>();

    private final Supplier<SortedSet<String>> protocols;

    /** For commands that run validators with threads and real keys. */
    static final class Keys {
        @Option(
                names = "--keys",
                paramLabel = "DIR",
                description = "The validators' keys, as 'parley keys' made them; new ones unless given.")
        private @Nullable Path directory;

        @Option(
                names = "--chain-id",
                paramLabel = "NAME",
                defaultValue = "parley",
                description = "The chain that the keys were made for: ${DEFAULT-VALUE}.")
        private String chainId = "parley";

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description =
                        "Where each validator keeps its log and its votes, to go on from at the next start. Takes --keys."
                                + " In memory unless given.")
        private @Nullable Path data;

        <C, R, S> LocalCluster.Builder<C, R, S> applyTo(LocalCluster.Builder<C, R, S> builder) {
            LocalCluster.Builder<C, R, S> told = builder.config("parley.chain-id = " + ConfigUtil.quoteString(chainId));
            if (directory != null) {
                told = told.keys(new KeyDirectory(directory));
            }
            if (data != null) {
                if (directory == null) {
                    throw new UsageException(
                            "--data takes --keys too: with new keys at each start nobody is who it was;"
                                    + " parley keys --dir DIR makes some");
                }
                told = told.data(data);
            }
            return told;
        }
    }

    /** @param protocols the names that {@code --protocol} may have */
    ClusterOptions(Supplier<SortedSet<String>> protocols) {
        this.protocols = protocols;
    }

    String protocol() {
        return protocol;
    }

    int validators() {
        return validators;
    }

    /** f = ⌊(n − 1) / 3⌋: all have power 1. */
    int mayFail() {
        return (validators - 1) / 3;
    }

    boolean namesByzantine() {
        return !byzantine.isEmpty();
    }

    /** @throws UsageException if there is no such protocol, or not so many validators can run */
    void requireSound() {
        SortedSet<String> known = protocols.get();
        if (!known.contains(protocol)) {
            throw new UsageException("there is no protocol '" + protocol + "'; there is " + String.join(", ", known));
        }
        if (validators < 4) {
            throw new UsageException("n = " + validators
                    + " validators bear no Byzantine fault: n >= 3f + 1 with f >= 1 needs at least 4");
        }
        if (validators > MAX_VALIDATORS) {
            throw new UsageException(
                    "n = " + validators + " validators are more than one process runs well: at most " + MAX_VALIDATORS);
        }
    }

    /**
     * The behaviours that were asked for, by validator, each in the order in which it is to be put around the core.
     *
     * @throws UsageException for a form other than ID=BEHAVIOUR, an unknown validator or behaviour, or too many validators
     */
    Map<Integer, List<Behaviour>> behaviours() {
        requireSound();
        Map<Integer, List<Behaviour>> chosen = new TreeMap<>();
        for (String word : byzantine) {
            int equals = word.indexOf('=');
            if (equals < 1 || equals == word.length() - 1) {
                throw new UsageException("--byzantine is ID=BEHAVIOUR, such as 3=silent, not '" + word + "'");
            }
            int id = validator(word.substring(0, equals));
            chosen.computeIfAbsent(id, i -> new ArrayList<>())
                    .add(Protocols.behaviour(protocol, word.substring(equals + 1)));
        }
        if (chosen.size() > mayFail()) {
            throw new UsageException(chosen.size() + " Byzantine validators are more than the " + mayFail()
                    + " that n = " + validators + " can bear; add validators or make fewer misbehave");
        }
        return chosen;
    }

    /** The behaviours' names as the simulator wants them. */
    static Map<Integer, List<String>> names(Map<Integer, List<Behaviour>> behaviours) {
        Map<Integer, List<String>> names = new TreeMap<>();
        behaviours.forEach((id, chosen) ->
                names.put(id, chosen.stream().map(Behaviour::name).toList()));
        return names;
    }

    /** The protocol and the behaviours, told to a cluster that is to be. */
    <C, R, S> LocalCluster.Builder<C, R, S> applyTo(
            LocalCluster.Builder<C, R, S> builder, Map<Integer, List<Behaviour>> behaviours, long seed) {
        LocalCluster.Builder<C, R, S> told = builder.protocol(protocol);
        for (Map.Entry<Integer, List<Behaviour>> faulty : behaviours.entrySet()) {
            told = told.byzantine(faulty.getKey(), Behaviours.composed(faulty.getValue(), seed + faulty.getKey()));
        }
        return told;
    }

    private int validator(String text) {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0 && id < validators) {
                return id;
            }
        } catch (NumberFormatException e) {
            throw new UsageException("--byzantine is ID=BEHAVIOUR with a number before the '=', not '" + text + "'");
        }
        throw new UsageException("there is no validator " + text + ": they are 0 to " + (validators - 1));
    }
}
