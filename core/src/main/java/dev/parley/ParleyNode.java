package dev.parley;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.app.Application;
import dev.parley.app.Codec;
import dev.parley.client.ClientSettings;
import dev.parley.client.ReplicatedLog;
import dev.parley.client.remote.ClientCodec;
import dev.parley.client.remote.ClientServer;
import dev.parley.client.remote.ClientServerSettings;
import dev.parley.client.remote.ClusterClient;
import dev.parley.client.remote.RemoteSettings;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyFile;
import dev.parley.crypto.KeyFileException;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.ThresholdKeyFile;
import dev.parley.crypto.threshold.BlsKeys;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.log.ClientSignatures;
import dev.parley.log.CommandPayloads;
import dev.parley.logging.LogContext;
import dev.parley.network.Network;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerNetwork;
import dev.parley.network.secure.ChainTerms;
import dev.parley.network.secure.LinkIdentity;
import dev.parley.storage.RocksStorage;
import dev.parley.storage.Storage;
import dev.parley.validator.NodeSettings;
import dev.parley.validator.NodeThreads;
import dev.parley.validator.Observer;
import dev.parley.validator.ValidatorNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One validator as a process, all of it from a configuration: its keys, its disk, its way to the others, its port for clients. The other
 * processes have the same {@code parley.chain-id}, {@code parley.consensus}, {@code parley.validators} and addresses, and another
 * {@code parley.node}. Thread-safe.
 *
 * <pre>{@code
 * Config config = ConfigFactory.parseFile(new File("0/node.conf")).withFallback(ConfigFactory.load()).resolve();
 * ParleyNode node = ParleyNode.of(config, Application.of(Counter::new, Add.class, Long.class, Long.class)).start();
 * }</pre>
 */
public final class ParleyNode implements AutoCloseable {
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

    private final Membership membership;
    private final ConsensusProtocol protocol;
    private final ValidatorId self;
    private final MessageCodec codec;
    private final Storage storage;
    private final ActorSystem<Void> system;
    private final PeerNetwork peers;
    private final ValidatorNode node;
    private final ClientServer clients;

    private ParleyNode(Builder<?, ?, ?> builder) {
        Config config = builder.config;
        Ed25519 scheme = Ed25519.fastest();
        membership = Membership.of(config, scheme);
        protocol = LocalCluster.protocol(config);
        Membership.requireFit(protocol, membership.validators());
        self = self(config, membership);
        KeyPair key = key(config, membership, self);
        ThresholdSetup threshold = threshold(config, membership, protocol, self);
        PeerNetworks networks = PeerNetworks.of(config);
        networks.requireFor(membership.validators());
        NodeSettings settings = NodeSettings.of(config, membership.validators().size());
        ClientServerSettings serving = ClientServerSettings.of(config);
        ConsensusSetup setup = new ConsensusSetup(
                self,
                membership.validators(),
                membership.domain(),
                scheme,
                key.signer(scheme),
                new CommandPayloads(new ClientSignatures(scheme, membership.domain())::isAuthentic),
                threshold);
        codec = protocol.createCodec(setup);
        storage = RocksStorage.open(path(config, "parley.node.data"), protocol, setup, settings.storage());
        // Logback is initialised before the actor system, whose first log calls would else race with its start.
        LoggerFactory.getLogger(ParleyNode.class)
                .info("{} of {}, {}, signatures by {}", self, membership.validators(), protocol.name(), scheme.name());
        try {
            system = networks.createSystem(self);
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
        CompletableFuture<Void> heard =
                CompletableFuture.runAsync(() -> builder.whenSystemIsUp.accept(system), ParleyNode::beside);
        PeerNetwork opened = null;
        try {
            LogContext context = LogContext.of(self, protocol::viewName);
            LinkIdentity identity = new LinkIdentity(
                    self,
                    membership.validators(),
                    membership.domain(),
                    terms(membership, protocol, settings, networks, threshold),
                    scheme,
                    setup.signer());
            opened = networks.start(system, identity, key, new PeerCodec(codec, CommandPayloads.INSTANCE), context);
            peers = opened;
            Network network = builder.network.apply(opened);
            node = builder.start(system, protocol, setup, settings, network, storage, context);
            node.started().toCompletableFuture().join();
            join(heard);
            clients = ClientServer.start(
                    system, serving, key, membership.domain().chainId(), new ClientCodec(codec), node.log(), context);
        } catch (IOException e) {
            end(opened);
            throw new IllegalArgumentException(
                    "parley.client-server.port: " + e.getMessage() + "; choose another port, or end who has it", e);
        } catch (RuntimeException e) {
            end(opened);
            throw e;
        }
    }

    private static void beside(Runnable task) {
        Thread.ofPlatform().daemon().name("parley-start").start(task);
    }

    /** Fails as the task did. */
    private static void join(CompletableFuture<Void> task) {
        try {
            task.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @param application the same at all validators
     */
    public static <C, R, S> Builder<C, R, S> of(Config config, Application<C, R, S> application) {
        return new Builder<>(config, application);
    }

    /**
     * Says what a node is to be before it starts.
     *
     * @param <C> commands
     * @param <R> results
     * @param <S> snapshots
     */
    public static final class Builder<C, R, S> {
        private final Config config;
        private final Application<C, R, S> application;
        private UnaryOperator<ConsensusProtocol> behaviour = UnaryOperator.identity();
        private boolean misbehaves;
        private UnaryOperator<Network> network = UnaryOperator.identity();
        private Observer observer = (validator, observation) -> {};
        private Consumer<ActorSystem<?>> whenSystemIsUp = system -> {};
        private LongSupplier clockMillis = System::currentTimeMillis;

        private Builder(Config config, Application<C, R, S> application) {
            this.config = config;
            this.application = application;
        }

        /** Puts something around the protocol of a correct validator, such as one who watches. */
        public Builder<C, R, S> correct(UnaryOperator<ConsensusProtocol> around) {
            behaviour = around;
            misbehaves = false;
            return this;
        }

        /** Makes the validator misbehave, by a behaviour of the test kit. */
        public Builder<C, R, S> byzantine(UnaryOperator<ConsensusProtocol> by) {
            behaviour = by;
            misbehaves = true;
            return this;
        }

        /** Puts something between the validator and its network, such as faults. */
        public Builder<C, R, S> network(UnaryOperator<Network> around) {
            network = around;
            return this;
        }

        /** The time of day in milliseconds since 1970, of which blocks take theirs; the machine's clock unless given. */
        public Builder<C, R, S> clock(LongSupplier millis) {
            clockMillis = millis;
            return this;
        }

        /** Hears all that the validator tells of itself, besides those that were given before. */
        public Builder<C, R, S> observer(Observer further) {
            observer = observer.and(further);
            return this;
        }

        /**
         * Calls this with the node's actor system as soon as there is one, by a thread of its own, while the validator reads its log: for what
         * takes a while to start itself. The start ends no sooner, and fails if this does.
         */
        public Builder<C, R, S> whenSystemIsUp(Consumer<ActorSystem<?>> further) {
            whenSystemIsUp = whenSystemIsUp.andThen(further);
            return this;
        }

        /**
         * @throws IllegalArgumentException or {@link ConfigException} or {@link KeyFileException} or {@link
         *     dev.parley.storage.StorageException} that says what is wrong and what to do
         */
        public ParleyNode start() {
            return new ParleyNode(this);
        }

        private ValidatorNode start(
                ActorSystem<?> system,
                ConsensusProtocol protocol,
                ConsensusSetup setup,
                NodeSettings settings,
                Network joined,
                Storage storage,
                LogContext context) {
            return ValidatorNode.start(
                    system,
                    setup.self().toString(),
                    new ValidatorNode.Parts<>(
                            behaviour.apply(protocol),
                            setup,
                            application,
                            settings,
                            joined,
                            storage,
                            clockMillis,
                            observer,
                            misbehaves,
                            NodeThreads.of(system)),
                    context);
        }
    }

    /**
     * A client of the validators that a configuration names, from whichever process.
     *
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @param preferred the index of the validator that is asked first
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static <C, R> ClusterClient<C, R> client(Config config, Codec<C> commands, Codec<R> results, int preferred) {
        Ed25519 scheme = Ed25519.fastest();
        Membership membership = Membership.of(config, scheme);
        return ClusterClient.<C, R>builder()
                .validators(membership.validators())
                .addresses(membership.clientAddresses())
                .domain(membership.domain())
                .codecs(commands, results)
                .certificates(membership.codec(LocalCluster.protocol(config), scheme))
                .settings(ClientSettings.of(config), RemoteSettings.of(config))
                .preferring(preferred)
                .connect();
    }

    private static ValidatorId self(Config config, Membership membership) {
        int index = config.getInt("parley.node.validator");
        int size = membership.validators().size();
        if (index < 0 || index >= size) {
            throw bad(config, "parley.node.validator", "is 0 to " + (size - 1) + ", not " + index);
        }
        return new ValidatorId(index);
    }

    private static KeyPair key(Config config, Membership membership, ValidatorId self) {
        KeyPair key = KeyFile.load(path(config, "parley.node.key-file"));
        if (!membership.validators().key(self).equals(key.publicKey())) {
            throw bad(
                    config,
                    "parley.node.key-file",
                    "holds the key " + key.publicKey() + ", and parley.validators has "
                            + membership.validators().key(self) + " for " + self
                            + "; name this validator's own key file, or correct its index");
        }
        return key;
    }

    private static @Nullable ThresholdSetup threshold(
            Config config, Membership membership, ConsensusProtocol protocol, ValidatorId self) {
        return protocol.thresholdKeys(membership.validators().size()).isEmpty()
                ? null
                : ThresholdKeyFile.load(
                        path(config, "parley.node.threshold-key-file"),
                        membership.domain().chainId(),
                        self.index());
    }

    /** All that the settings' table marks as the same at all validators, but for addresses: each may reach the others by its own way. */
    private static ChainTerms terms(
            Membership membership,
            ConsensusProtocol protocol,
            NodeSettings settings,
            PeerNetworks networks,
            @Nullable ThresholdSetup threshold) {
        Map<String, String> shared = new HashMap<>(protocol.sharedSettings());
        shared.putAll(settings.sharedSettings());
        shared.putAll(networks.sharedSettings());
        if (threshold != null && threshold.keys() instanceof BlsKeys keys) {
            shared.put(
                    "parley.node.threshold-key-file",
                    "keys " + Digest.sha256(keys.toBytes()).abbreviated());
        }
        return ChainTerms.of(membership.domain(), membership.validators(), protocol.name(), shared);
    }

    /** Relative to the directory of the file that names it. */
    private static Path path(Config config, String name) {
        String text = config.getString(name);
        if (text.isEmpty()) {
            throw bad(config, name, "is not set; name a file or directory");
        }
        String file = config.getValue(name).origin().filename();
        Path named = Path.of(text);
        Path folder = file == null ? null : Path.of(file).toAbsolutePath().getParent();
        return folder == null ? named : folder.resolve(named);
    }

    private static ConfigException bad(Config config, String path, String what) {
        return new ConfigException.BadValue(config.getValue(path).origin(), path, what);
    }

    public ValidatorId self() {
        return self;
    }

    public Membership membership() {
        return membership;
    }

    public ConsensusProtocol protocol() {
        return protocol;
    }

    /** For clients that read what certificates say. */
    public MessageCodec codec() {
        return codec;
    }

    public ReplicatedLog log() {
        return node.log();
    }

    /** Why the validator is where it is, now. Fails if it has stopped. */
    public CompletionStage<CoreReport> report() {
        return node.report();
    }

    public ValidatorNode validator() {
        return node;
    }

    /** The validator's links to the others: what they refuse, and whose configuration differs. */
    public PeerNetwork peers() {
        return peers;
    }

    /** Where clients connect. */
    public InetSocketAddress clientAddress() {
        return clients.address();
    }

    public ActorSystem<?> system() {
        return system;
    }

    /** Completes with the reason once the validator has stopped, by itself or by {@link #close}. */
    public CompletionStage<String> stopped() {
        return node.stopped();
    }

    /** Stops in order; what is durable stays. */
    @Override
    public void close() {
        clients.close();
        end(peers);
    }

    private void end(@Nullable PeerNetwork network) {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        if (network != null) {
            network.close();
        }
        storage.close();
    }
}
