package dev.parley;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.parley.app.Application;
import dev.parley.client.ClientSettings;
import dev.parley.client.LogClient;
import dev.parley.client.ParleyClient;
import dev.parley.client.ReplicatedLog;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusProtocolProvider;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyDirectory;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.SigningDomain;
import dev.parley.crypto.threshold.KeyDealer;
import dev.parley.crypto.threshold.ThresholdDealer;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.log.ClientSignatures;
import dev.parley.log.CommandPayloads;
import dev.parley.network.LocalNetwork;
import dev.parley.network.Network;
import dev.parley.storage.DataDirectory;
import dev.parley.storage.MemoryStorage;
import dev.parley.storage.RocksStorage;
import dev.parley.storage.Storage;
import dev.parley.storage.StorageSettings;
import dev.parley.validator.NodeSettings;
import dev.parley.validator.NodeThreads;
import dev.parley.validator.Observer;
import dev.parley.validator.ValidatorNode;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Validators in one process, each with a key, a storage and a state machine of its own, joined by a {@link LocalNetwork}. For tests,
 * demonstrations, benchmarks and first steps. Thread-safe.
 *
 * <pre>{@code
 * try (var cluster = LocalCluster.of(4, Application.of(Counter::new, Add.class, Long.class, Long.class)).start()) {
 *     long sum = cluster.client().submit(new Add(5)).toCompletableFuture().join().result();
 * }
 * }</pre>
 *
 * @param <C> commands
 * @param <R> results
 * @param <S> snapshots
 */
public final class LocalCluster<C, R, S> implements AutoCloseable {
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(60);

    private final Application<C, R, S> application;
    private final Config config;
    private final Observer observer;
    /** By Byzantine validator. */
    private final Map<Integer, UnaryOperator<ConsensusProtocol>> behaviours;

    private final UnaryOperator<ConsensusProtocol> correct;
    private final ConsensusProtocol protocol;
    private final Ed25519 scheme;
    private final SigningDomain domain;
    private final List<KeyPair> keys;
    private final ValidatorSet validators;
    private final @Nullable List<ThresholdSetup> thresholds;
    private final NodeSettings settings;
    private final ClientSettings clientSettings;
    private final LocalNetwork network = new LocalNetwork();
    /** The same with what is put around it. */
    private final Network joined;

    private final BiFunction<ValidatorId, Storage, Storage> around;
    private final BiFunction<ActorSystem<?>, ValidatorId, NodeThreads> threads;

    private final @Nullable Path data;
    /** By validator; on disk, those that are open. */
    private final Map<Integer, Storage> storages = new HashMap<>();

    private final ActorSystem<Void> system;
    private final List<ValidatorNode> nodes = new ArrayList<>();
    private int incarnations;

    private LocalCluster(Builder<C, R, S> builder) {
        application = builder.application;
        observer = builder.observer;
        behaviours = new HashMap<>(builder.behaviours);
        correct = builder.correct;
        joined = builder.network.apply(network);
        around = builder.storage;
        threads = builder.threads;
        config = builder.overrides.withFallback(ConfigFactory.load()).resolve();
        protocol = protocol(config);
        keys = builder.keys.apply(builder.powers.length);
        scheme = Ed25519.fastest();
        validators =
                ValidatorSet.of(scheme, keys.stream().map(KeyPair::publicKey).toList(), builder.powers);
        Membership.requireFit(protocol, validators);
        requireHonestQuorum(behaviours.keySet());
        domain = new SigningDomain(config.getString("parley.chain-id"), 0);
        OptionalInt threshold = protocol.thresholdKeys(validators.size());
        thresholds = threshold.isEmpty()
                ? null
                : builder.dealer.deal(domain.chainId(), validators.size(), threshold.getAsInt());
        settings = NodeSettings.of(config, validators.size());
        clientSettings = ClientSettings.of(config);
        data = builder.data;
        // Logback is initialised before the actor system, whose first log calls would else race with its start.
        LoggerFactory.getLogger(LocalCluster.class)
                .info("{}, {}, signatures by {}", validators, protocol.name(), scheme.name());
        foundDirectories();
        system = ActorSystem.create(Behaviors.empty(), "parley", config);
        for (int i = 0; i < validators.size(); i++) {
            nodes.add(startNode(i));
        }
        nodes.forEach(node -> node.started().toCompletableFuture().join());
    }

    /** @param validators how many, 4 or more, of power 1 each */
    public static <C, R, S> Builder<C, R, S> of(int validators, Application<C, R, S> application) {
        if (validators < 4) {
            throw new IllegalArgumentException("n = " + validators
                    + " validators bear no Byzantine fault: n >= 3f + 1 with f >= 1 needs at least 4; add validators");
        }
        long[] powers = new long[validators];
        java.util.Arrays.fill(powers, 1);
        return of(powers, application);
    }

    /** @param powers the validators' voting powers, in the order of their indices */
    public static <C, R, S> Builder<C, R, S> of(long[] powers, Application<C, R, S> application) {
        return new Builder<>(powers.clone(), application);
    }

    /**
     * Says what a cluster is to be before it starts.
     *
     * @param <C> commands
     * @param <R> results
     * @param <S> snapshots
     */
    public static final class Builder<C, R, S> {
        private final long[] powers;
        private final Application<C, R, S> application;
        private final Map<Integer, UnaryOperator<ConsensusProtocol>> behaviours = new HashMap<>();
        private UnaryOperator<ConsensusProtocol> correct = UnaryOperator.identity();
        private UnaryOperator<Network> network = UnaryOperator.identity();
        private BiFunction<ValidatorId, Storage, Storage> storage = (validator, opened) -> opened;
        private BiFunction<ActorSystem<?>, ValidatorId, NodeThreads> threads =
                (system, validator) -> NodeThreads.of(system);
        private Config overrides = ConfigFactory.empty();
        private KeyDealer dealer =
                (chainId, size, threshold) -> ThresholdDealer.deal(chainId, size, threshold, new SecureRandom())
                        .setups();
        private IntFunction<List<KeyPair>> keys = validators -> {
            SecureRandom random = new SecureRandom();
            return Stream.generate(() -> KeyPair.generate(random))
                    .limit(validators)
                    .toList();
        };
        private @Nullable Path data;
        private Observer observer = (validator, observation) -> {};

        private Builder(long[] powers, Application<C, R, S> application) {
            this.powers = powers;
            this.application = application;
        }

        /** Settings, as in {@code reference.conf}, that go before those of {@code application.conf}. */
        public Builder<C, R, S> config(String hocon) {
            overrides = ConfigFactory.parseString(hocon).withFallback(overrides);
            return this;
        }

        /** The name of a protocol on the class path, such as {@code hotstuff}. */
        public Builder<C, R, S> protocol(String name) {
            return config("parley.consensus.protocol = \"" + name + "\"");
        }

        /** Makes a validator misbehave, by a behaviour of the test kit. */
        public Builder<C, R, S> byzantine(int validator, UnaryOperator<ConsensusProtocol> behaviour) {
            behaviours.put(validator, behaviour);
            return this;
        }

        /** Puts something around the protocol of each correct validator, such as one who watches. */
        public Builder<C, R, S> correct(UnaryOperator<ConsensusProtocol> around) {
            correct = around;
            return this;
        }

        /** Puts something between validators and their network. */
        public Builder<C, R, S> network(UnaryOperator<Network> around) {
            network = around;
            return this;
        }

        /** Puts something around each validator's storage, such as faults. */
        public Builder<C, R, S> storage(BiFunction<ValidatorId, Storage, Storage> around) {
            storage = around;
            return this;
        }

        /** Asked, whenever a validator starts, on which threads it is to run; those of the configuration, which all share, unless given. */
        public Builder<C, R, S> threads(BiFunction<ActorSystem<?>, ValidatorId, NodeThreads> by) {
            threads = by;
            return this;
        }

        /** Who deals threshold keys if the protocol needs them. */
        public Builder<C, R, S> keyDealer(KeyDealer by) {
            dealer = by;
            return this;
        }

        /** All validators' keys, as {@code parley keys} dealt them for this chain, instead of new ones. */
        public Builder<C, R, S> keys(KeyDirectory directory) {
            keys = directory::keys;
            return keyDealer(directory);
        }

        /**
         * Where validators keep what they must not forget, in {@code v0}, {@code v1} and so on; in memory unless given. Wants {@link #keys} that
         * stay the same from one start to the next. If there is none of them yet, all are founded; if some are missing, these validators
         * have lost what they signed and wait until it binds no more.
         */
        public Builder<C, R, S> data(Path directory) {
            data = directory;
            return this;
        }

        /** Hears all that validators tell of themselves, besides those that were given before. */
        public Builder<C, R, S> observer(Observer further) {
            observer = observer.and(further);
            return this;
        }

        /**
         * @throws IllegalArgumentException or {@link ConfigException} or {@link dev.parley.crypto.KeyFileException} that says what is wrong
         *     and what to do
         */
        public LocalCluster<C, R, S> start() {
            return new LocalCluster<>(this);
        }
    }

    /** The protocol that correct validators run. */
    public ConsensusProtocol protocol() {
        return protocol;
    }

    /** The protocol that a configuration names. */
    public static ConsensusProtocol protocol(Config config) {
        String name = config.getString("parley.consensus.protocol");
        TreeSet<String> known = new TreeSet<>();
        for (ConsensusProtocolProvider provider : ServiceLoader.load(ConsensusProtocolProvider.class)) {
            if (provider.name().equals(name)) {
                return provider.create(config);
            }
            known.add(provider.name());
        }
        throw new ConfigException.BadValue(
                config.getValue("parley.consensus.protocol").origin(),
                "parley.consensus.protocol",
                "there is no protocol '" + name + "' on the class path; there is " + known);
    }

    /** A client that asks the first validator first. */
    public ParleyClient<C, R> client() {
        return client(0);
    }

    /** A client with a session of its own. */
    public ParleyClient<C, R> client(int preferredValidator) {
        List<ReplicatedLog> logs = new ArrayList<>();
        for (int i = 0; i < validators.size(); i++) {
            logs.add(log(i));
        }
        LogClient.Trust trust = new LogClient.Trust(validators, scheme, domain);
        return new LogClient<>(
                logs,
                preferredValidator,
                application.commands(),
                application.results(),
                trust,
                clientSettings,
                trust.session(clientSettings),
                System::currentTimeMillis,
                (delay, task) -> system.scheduler().scheduleOnce(delay, task, system.executionContext()));
    }

    /** The log of whatever incarnation of a validator lives when it is asked. */
    public ReplicatedLog log(int validator) {
        return new CurrentLog(validator);
    }

    public ValidatorSet validators() {
        return validators;
    }

    public SignatureScheme scheme() {
        return scheme;
    }

    public SigningDomain domain() {
        return domain;
    }

    /** For faults between validators. */
    public LocalNetwork network() {
        return network;
    }

    public ActorSystem<?> system() {
        return system;
    }

    public synchronized ValidatorNode node(int validator) {
        return nodes.get(validator);
    }

    /** Stops a validator at once, as a crash would. When this returns, it takes no part any more. */
    public void kill(int validator) {
        ValidatorNode victim = node(validator);
        victim.close();
        victim.stopped().toCompletableFuture().join();
    }

    /**
     * Starts a validator that was killed, with what it had stored, and lets it misbehave from now on.
     *
     * @throws IllegalArgumentException if there would be more Byzantine validators than the others can bear
     */
    public synchronized void restart(int validator, UnaryOperator<ConsensusProtocol> behaviour) {
        Map<Integer, UnaryOperator<ConsensusProtocol>> all = new HashMap<>(behaviours);
        all.put(validator, behaviour);
        requireHonestQuorum(all.keySet());
        behaviours.put(validator, behaviour);
        restart(validator);
    }

    /** Starts a validator that was killed, with what it had stored. */
    public synchronized void restart(int validator) {
        nodes.get(validator).stopped().toCompletableFuture().join();
        if (data != null) {
            Objects.requireNonNull(storages.remove(validator)).close();
        }
        nodes.set(validator, startNode(validator));
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(SHUTDOWN_TIMEOUT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .join();
        storages.values().forEach(Storage::close);
    }

    /** Where no validator has started yet, all are new. Where only some have, the others have lost their directories. */
    private void foundDirectories() {
        if (data == null) {
            return;
        }
        List<Path> directories = new ArrayList<>();
        for (int i = 0; i < validators.size(); i++) {
            directories.add(data.resolve(new ValidatorId(i).toString()));
        }
        if (directories.stream().noneMatch(DataDirectory::hasStarted)) {
            for (int i = 0; i < validators.size(); i++) {
                if (!DataDirectory.exists(directories.get(i))) {
                    DataDirectory.found(directories.get(i), DataDirectory.Identity.of(protocol, setup(i)));
                }
            }
        }
    }

    private ConsensusSetup setup(int index) {
        return new ConsensusSetup(
                new ValidatorId(index),
                validators,
                domain,
                scheme,
                keys.get(index).signer(scheme),
                new CommandPayloads(new ClientSignatures(scheme, domain)::isAuthentic),
                thresholds == null ? null : thresholds.get(index));
    }

    private ValidatorNode startNode(int index) {
        ConsensusSetup setup = setup(index);
        ConsensusProtocol own = behaviours.getOrDefault(index, correct).apply(protocol);
        return ValidatorNode.start(
                system,
                "v" + index + "-" + ++incarnations,
                new ValidatorNode.Parts<>(
                        own,
                        setup,
                        application,
                        settings,
                        joined,
                        storages.computeIfAbsent(index, i -> around.apply(setup.self(), open(setup))),
                        System::currentTimeMillis,
                        observer,
                        behaviours.containsKey(index),
                        threads.apply(system, setup.self())));
    }

    private Storage open(ConsensusSetup setup) {
        StorageSettings kept = settings.storage();
        return data == null
                ? new MemoryStorage(kept.memoryMaxBytes(), kept.keepBlocks())
                : RocksStorage.open(data.resolve(setup.self().toString()), protocol, setup, kept);
    }

    private void requireHonestQuorum(Set<Integer> faulty) {
        long byzantine = 0;
        for (int index : faulty) {
            if (index < 0 || index >= validators.size()) {
                throw new IllegalArgumentException(
                        "there is no validator " + index + " to misbehave: n = " + validators.size());
            }
            byzantine += validators.power(new ValidatorId(index));
        }
        if (byzantine > validators.faultyPower()) {
            throw new IllegalArgumentException(
                    "Byzantine validators of power " + byzantine + " are more than the " + validators.faultyPower()
                            + " that " + validators + " can bear; add validators or make fewer misbehave");
        }
    }

    private final class CurrentLog implements ReplicatedLog {
        private final int index;

        private CurrentLog(int index) {
            this.index = index;
        }

        @Override
        public CompletionStage<dev.parley.client.CommandReceipt> append(dev.parley.log.Command command) {
            return node(index).log().append(command);
        }

        @Override
        public org.apache.pekko.stream.javadsl.Source<dev.parley.client.LogEntry, org.apache.pekko.NotUsed> read(
                long fromHeight) {
            return node(index).log().read(fromHeight);
        }

        @Override
        public long height() {
            return node(index).log().height();
        }
    }
}
