package dev.parley.client.remote;

import dev.parley.app.Codec;
import dev.parley.client.ClientSettings;
import dev.parley.client.LogClient;
import dev.parley.client.ParleyClient;
import dev.parley.client.Receipt;
import dev.parley.client.ReplicatedLog;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.SigningDomain;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of validators in other processes: one session with the log, one connection to each validator that it has had to ask, one thread
 * for all of them. Thread-safe. Needs no actor system, but for reading entries.
 *
 * <pre>{@code
 * try (var client = ClusterClient.<Add, Long>builder()
 *         .validators(validators)
 *         .addresses(addresses)
 *         .domain(new SigningDomain("my-chain", 0))
 *         .codecs(adds, longs)
 *         .certificates(protocol.createCodec(setup))
 *         .settings(ClientSettings.of(config), RemoteSettings.of(config))
 *         .connect()) {
 *     long sum = client.submit(new Add(5)).toCompletableFuture().join().result();
 * }
 * }</pre>
 *
 * <p>Stages complete on the client's thread: what depends on them must not block, or nothing else is received meanwhile.
 *
 * @param <C> commands
 * @param <R> results
 */
public final class ClusterClient<C, R> implements ParleyClient<C, R> {
    private static final long SHUTDOWN_MILLIS = 2000;

    private final EventLoopGroup eventLoops;
    private final EventLoop eventLoop;
    private final List<RemoteLog> logs;
    private final LogClient<C, R> client;

    private ClusterClient(Parts<C, R> parts) {
        eventLoops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("parley-client", true), NioIoHandler.newFactory());
        eventLoop = eventLoops.next();
        ClientCodec codec = new ClientCodec(parts.certificates());
        logs = parts.trust().validators().validators().stream()
                .map(validator -> new RemoteLog(
                        eventLoop,
                        validator.key(),
                        parts.addresses().get(validator.id().index()),
                        parts.trust().domain().chainId(),
                        codec,
                        parts.remoteSettings()))
                .toList();
        client = new LogClient<>(
                new ArrayList<>(logs),
                parts.preferred(),
                parts.commands(),
                parts.results(),
                parts.trust(),
                parts.settings(),
                parts.trust().session(parts.settings()),
                System::currentTimeMillis,
                this::later);
    }

    /** All that a client is made of. */
    private record Parts<C, R>(
            LogClient.Trust trust,
            List<InetSocketAddress> addresses,
            Codec<C> commands,
            Codec<R> results,
            MessageCodec certificates,
            ClientSettings settings,
            RemoteSettings remoteSettings,
            int preferred) {}

    public static <C, R> Builder<C, R> builder() {
        return new Builder<>();
    }

    /**
     * Says what a client is to be before it begins.
     *
     * @param <C> commands
     * @param <R> results
     */
    public static final class Builder<C, R> {
        private @Nullable ValidatorSet validators;
        private @Nullable List<InetSocketAddress> addresses;
        private @Nullable SigningDomain domain;
        private @Nullable SignatureScheme scheme;
        private @Nullable Codec<C> commands;
        private @Nullable Codec<R> results;
        private @Nullable MessageCodec certificates;
        private @Nullable ClientSettings settings;
        private @Nullable RemoteSettings remoteSettings;
        private int preferred;

        private Builder() {}

        /** Whom to believe: the validators' public keys and powers, from a source that is trusted. */
        public Builder<C, R> validators(ValidatorSet set) {
            validators = set;
            return this;
        }

        /**
         * Where each validator listens for clients.
         *
         * @param inOrder of the validators' indices, one for each; a name costs a look-up on the client's thread with each connection
         */
        public Builder<C, R> addresses(List<InetSocketAddress> inOrder) {
            addresses = List.copyOf(inOrder);
            return this;
        }

        /** The chain and the epoch for which receipts must be signed. */
        public Builder<C, R> domain(SigningDomain of) {
            domain = of;
            return this;
        }

        /** How signatures are checked: by {@link Ed25519#fastest} unless this says otherwise. */
        public Builder<C, R> scheme(SignatureScheme by) {
            scheme = by;
            return this;
        }

        public Builder<C, R> codecs(Codec<C> ofCommands, Codec<R> ofResults) {
            commands = ofCommands;
            results = ofResults;
            return this;
        }

        /** The codec of the protocol that orders the log, with which entries are read: {@code ConsensusProtocol.createCodec}. */
        public Builder<C, R> certificates(MessageCodec ofProtocol) {
            certificates = ofProtocol;
            return this;
        }

        public Builder<C, R> settings(ClientSettings ofClient, RemoteSettings ofConnections) {
            settings = ofClient;
            remoteSettings = ofConnections;
            return this;
        }

        /** The index of the validator that is asked first: the first one unless this says otherwise. */
        public Builder<C, R> preferring(int validator) {
            preferred = validator;
            return this;
        }

        /**
         * Begins a session; connections are made when they are needed.
         *
         * @throws IllegalStateException that names what the builder was not told
         * @throws IllegalArgumentException if there is not one address for each validator, or no validator of the preferred index
         */
        public ClusterClient<C, R> connect() {
            ValidatorSet set = told(validators, "validators");
            List<InetSocketAddress> places = told(addresses, "addresses");
            if (places.size() != set.size()) {
                throw new IllegalArgumentException(
                        places.size() + " addresses for " + set.size() + " validators: give one for each");
            }
            if (preferred < 0 || preferred >= set.size()) {
                throw new IllegalArgumentException(
                        "there is no validator " + preferred + " to prefer: n = " + set.size());
            }
            return new ClusterClient<>(new Parts<>(
                    new LogClient.Trust(set, scheme == null ? Ed25519.fastest() : scheme, told(domain, "domain")),
                    places,
                    told(commands, "codecs"),
                    told(results, "codecs"),
                    told(certificates, "certificates"),
                    told(settings, "settings"),
                    told(remoteSettings, "settings"),
                    preferred));
        }

        private static <T> T told(@Nullable T value, String name) {
            if (value == null) {
                throw new IllegalStateException("a client needs to be told its " + name + "; call " + name + "(…)");
            }
            return value;
        }
    }

    @Override
    public CompletionStage<Receipt<R>> submit(C command) {
        return client.submit(command);
    }

    /** The same session for threads that wait. */
    public BlockingClient<C, R> blocking() {
        return new BlockingClient<>(this, eventLoop::inEventLoop);
    }

    /**
     * One validator's log, for reading entries. What it shows proves itself by its certificates
     * ({@link dev.parley.consensus.ConsensusProtocol#refuteDecision}) or is to be doubted.
     *
     * @param validator its index
     */
    public ReplicatedLog log(int validator) {
        return logs.get(validator);
    }

    /** Abandons what is outstanding, closes all connections and waits until the client's thread is gone, two seconds at the most. */
    @Override
    public void close() {
        client.close();
        logs.forEach(RemoteLog::close);
        CompletableFuture<Void> gone =
                CompletableFuture.allOf(logs.stream().map(RemoteLog::gone).toArray(CompletableFuture[]::new));
        // Event loops that shut down forget their sockets without a word to the other side.
        var shutDown = gone.completeOnTimeout(null, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS)
                .thenRun(() -> {
                    var unused = eventLoops.shutdownGracefully(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
                });
        if (!eventLoop.inEventLoop()) {
            shutDown.join();
            eventLoops.terminationFuture().awaitUninterruptibly(SHUTDOWN_MILLIS);
        }
    }

    private void later(Duration delay, Runnable task) {
        try {
            var unused = eventLoop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The client is closed: nobody waits any more.
        }
    }
}
