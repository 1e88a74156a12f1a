package dev.parley.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.CommandFailedException;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.client.ClientSettings;
import dev.parley.client.CommandReceipt;
import dev.parley.client.LogEntry;
import dev.parley.client.Receipt;
import dev.parley.client.RefusedException;
import dev.parley.client.UnknownOutcomeException;
import dev.parley.client.remote.BlockingClient;
import dev.parley.client.remote.ClientCodec;
import dev.parley.client.remote.ClientServer;
import dev.parley.client.remote.ClientServerSettings;
import dev.parley.client.remote.ClusterClient;
import dev.parley.client.remote.ProtocolError;
import dev.parley.client.remote.RemoteSettings;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyDirectory;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.log.CommandPayloads;
import dev.parley.testkit.contract.OwnThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A live cluster whose validators are served on sockets, and clients that know it by these alone. */
@Timeout(180)
class RemoteClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SHORT_TIMES = """
            parley {
              client.attempt-timeout = 1 s
              client.remote { connect-timeout = 60 s, min-backoff = 10 ms, max-backoff = 200 ms }
              client-server { port = 0, hello-timeout = 60 s, read-wait = 200 ms, height-interval = 10 ms }
            }
            """;

    /** Adds, and says what the sum is; negative numbers fail, zero is not admitted. */
    private static final class Sum implements StateMachine<Long, Long, Long> {
        private long sum;

        @Override
        public Long apply(Long command, Context context) {
            if (command < 0) {
                throw new CommandFailedException("no negative numbers");
            }
            sum += command;
            return sum;
        }

        @Override
        public Optional<String> check(Long command) {
            return command == 0 ? Optional.of("zero is not admitted") : Optional.empty();
        }

        @Override
        public Long snapshot() {
            return sum;
        }

        @Override
        public void restore(Long snapshot) {
            sum = snapshot;
        }
    }

    private static final Application<Long, Long, Long> SUM =
            Application.of(Sum::new, Long.class, Long.class, Long.class);

    private final Config config = ConfigFactory.parseString(SHORT_TIMES)
            .withFallback(ConfigFactory.load())
            .resolve();
    private final List<ClientServer> servers = new ArrayList<>();
    private LocalCluster<Long, Long, Long> cluster;
    private List<KeyPair> keys;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        KeyDirectory directory = new KeyDirectory(folder);
        var unused = directory.create("parley", 4);
        keys = directory.keys(4);
        cluster = LocalCluster.of(4, SUM)
                .config(SHORT_TIMES)
                .config("parley.chain-id = parley")
                .keys(directory)
                .start();
        for (int i = 0; i < 4; i++) {
            servers.add(serve(i, ClientServerSettings.of(config)));
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(ClientServer::close);
        cluster.close();
    }

    @Test
    void a_command_is_executed_and_its_receipt_verified() {
        try (ClusterClient<Long, Long> client = client()) {
            assertThat(result(client.submit(40L))).isEqualTo(40);
            Receipt<Long> receipt = client.submit(2L).toCompletableFuture().join();
            assertThat(receipt.result()).isEqualTo(42);
            assertThat(receipt.height()).isPositive();
        }
    }

    @Test
    void a_receipt_that_came_over_the_network_proves_its_command() {
        try (ClusterClient<Long, Long> client = client()) {
            Command command = command(1, 7);
            CommandReceipt receipt =
                    client.log(2).append(command).toCompletableFuture().join();
            assertThat(receipt.proves(command, cluster.validators(), cluster.scheme(), cluster.domain()))
                    .isTrue();
            assertThat(receipt.proves(command(1, 8), cluster.validators(), cluster.scheme(), cluster.domain()))
                    .isFalse();
        }
    }

    @Test
    void failures_and_refusals_come_as_they_do_in_one_process() {
        try (ClusterClient<Long, Long> client = client()) {
            assertThatThrownBy(() -> client.submit(-1L).toCompletableFuture().join())
                    .hasCauseInstanceOf(CommandFailedException.class)
                    .hasMessageContaining("no negative numbers");
            assertThatThrownBy(() -> client.submit(0L).toCompletableFuture().join())
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("zero is not admitted");
            Command large = new Command(
                    new CommandId(new ClientId(1, 1), 1), 1, System.currentTimeMillis() + 10_000, new byte[2 << 20]);
            // First the connection, which learns the bound.
            result(client.submit(1L));
            assertThatThrownBy(() ->
                            client.log(0).append(large).toCompletableFuture().join())
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("max-command-bytes");
        }
    }

    @Test
    void when_validators_servers_go_away_and_come_back_the_client_goes_on_and_nothing_is_executed_twice()
            throws IOException {
        try (ClusterClient<Long, Long> client = client()) {
            List<CompletableFuture<Receipt<Long>>> receipts = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                IntStream.range(0, 500)
                        .forEach(i -> receipts.add(client.submit(1L).toCompletableFuture()));
                // In the middle of things: some of these commands are ordered, and their answers are lost.
                servers.get(round).close();
                if (round > 0) {
                    servers.set(round - 1, serve(round - 1, at(servers.get(round - 1))));
                }
            }
            assertThat(receipts.stream().map(r -> r.join().result()).distinct().count())
                    .isEqualTo(2000);
            assertThat(result(client.submit(5L))).isEqualTo(2005);
        }
    }

    @Test
    void a_command_that_is_sent_to_all_validators_twice_is_executed_once() {
        try (ClusterClient<Long, Long> client = client()) {
            Command command = command(1, 3);
            List<CompletableFuture<CommandReceipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                receipts.add(client.log(i % 4).append(command).toCompletableFuture());
            }
            assertThat(receipts.stream().map(r -> r.join().outcome()).distinct())
                    .hasSize(1);
            assertThat(result(client.submit(1L))).isEqualTo(4);
        }
    }

    @Test
    void entries_are_read_from_the_first_on_with_certificates_that_convince() {
        try (ClusterClient<Long, Long> client = client()) {
            for (int i = 0; i < 30; i++) {
                result(client.submit(1L));
            }
            List<LogEntry> entries = client.log(1)
                    .read(1)
                    .take(20)
                    .runWith(Sink.seq(), cluster.system())
                    .toCompletableFuture()
                    .join();
            BlockId parent = BlockId.GENESIS;
            long height = 0;
            for (LogEntry entry : entries) {
                assertThat(entry.height()).isEqualTo(++height);
                assertThat(entry.parent()).isEqualTo(parent);
                assertThat(cluster.protocol().refuteDecision(setup(), entry.decided()))
                        .isNull();
                parent = entry.id();
            }
            assertThat(height).isEqualTo(20);
            await().atMost(PATIENCE)
                    .until(() -> client.log(1).height() >= cluster.node(1).log().height());
        }
    }

    @Test
    void a_reader_waits_for_what_is_still_to_come_and_goes_on_after_the_server_was_away() throws IOException {
        try (ClusterClient<Long, Long> client = client()) {
            long before = cluster.node(3).log().height();
            CompletableFuture<List<LogEntry>> read = client.log(3)
                    .read(1)
                    .takeWhile(entry -> entry.commands().stream().noneMatch(c -> c.content().length == 2), true)
                    .runWith(Sink.seq(), cluster.system())
                    .toCompletableFuture();
            result(client.submit(1L));
            await().atMost(PATIENCE).until(() -> client.log(3).height() > before);
            ClientServer old = servers.get(3);
            old.close();
            result(client.submit(2L));
            assertThat(read).isNotDone();
            servers.set(3, serve(3, at(old)));
            result(client.submit(10L));
            List<LogEntry> entries = read.orTimeout(60, TimeUnit.SECONDS).join();
            for (int i = 0; i < entries.size(); i++) {
                assertThat(entries.get(i).height()).isEqualTo(i + 1);
            }
            assertThat(entries.stream().mapToInt(e -> e.commands().size()).sum())
                    .isEqualTo(3);
        }
    }

    @Test
    void two_clients_have_sessions_of_their_own() {
        try (ClusterClient<Long, Long> one = client();
                ClusterClient<Long, Long> other = client()) {
            List<CompletableFuture<Receipt<Long>>> receipts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                receipts.add(one.submit(1L).toCompletableFuture());
                receipts.add(other.submit(1L).toCompletableFuture());
            }
            assertThat(receipts.stream().map(r -> r.join().result()).sorted())
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 400)
                            .mapToObj(Long::valueOf)
                            .toList());
        }
    }

    @Test
    void a_client_of_another_chain_is_told_so_and_executes_nothing() {
        try (ClusterClient<Long, Long> client =
                builder().domain(new SigningDomain("another", 0)).connect()) {
            assertThatThrownBy(() -> client.log(0)
                            .append(command(1, 1))
                            .toCompletableFuture()
                            .join())
                    .hasCauseInstanceOf(UnknownOutcomeException.class)
                    .hasMessageContaining("serves chain 'parley', the client asks for 'another'");
            assertThatThrownBy(() -> client.log(1)
                            .read(1)
                            .runWith(Sink.ignore(), cluster.system())
                            .toCompletableFuture()
                            .join())
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("serves chain 'parley'");
            assertThat(servers.get(0).refused(ProtocolError.WRONG_CHAIN)).isEqualTo(1);
        }
    }

    @Test
    void a_thread_that_waits_gets_its_receipt_the_failure_or_the_deadline() throws Exception {
        try (ClusterClient<Long, Long> client = client();
                BlockingClient<Long, Long> blocking = client.blocking()) {
            assertThat(blocking.submit(4L, PATIENCE).result()).isEqualTo(4);
            assertThatExceptionOfType(CommandFailedException.class).isThrownBy(() -> blocking.submit(-1L, PATIENCE));
            // No answer before somebody has given up, or is there to take it: what is added to a stage that has ended
            // is done by who adds it.
            cluster.network().isolate(Set.of(new ValidatorId(0), new ValidatorId(1)));
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> blocking.submit(1L, Duration.ZERO))
                    .withMessageContaining("may still be executed");
            CompletableFuture<Receipt<Long>> waitsOnTheWrongThread = client.submit(1L)
                    .thenApply(receipt -> {
                        try {
                            return blocking.submit(1L, PATIENCE);
                        } catch (InterruptedException | TimeoutException e) {
                            throw new CompletionException(e);
                        }
                    })
                    .toCompletableFuture();
            cluster.network().heal();
            assertThatThrownBy(waitsOnTheWrongThread::join)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("must not wait");
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> blocking.submit(1L, PATIENCE));
        }
    }

    @Test
    void what_is_abandoned_by_closing_is_unknown_and_the_threads_are_gone() throws InterruptedException {
        OwnThreads threads = new OwnThreads();
        threads.run(() -> {
            ClusterClient<Long, Long> client = client();
            servers.forEach(ClientServer::close);
            CompletableFuture<Receipt<Long>> abandoned = client.submit(1L).toCompletableFuture();
            assertThat(threads.alive()).hasSizeGreaterThan(1);
            client.close();
            assertThatThrownBy(abandoned::join).hasCauseInstanceOf(UnknownOutcomeException.class);
            assertThatThrownBy(() -> client.submit(1L).toCompletableFuture().join())
                    .hasCauseInstanceOf(UnknownOutcomeException.class);
            assertThatThrownBy(() -> client.log(0)
                            .append(command(1, 1))
                            .toCompletableFuture()
                            .join())
                    .hasCauseInstanceOf(UnknownOutcomeException.class);
        });
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(threads.alive()).isEmpty());
    }

    private ClusterClient.Builder<Long, Long> builder() {
        return ClusterClient.<Long, Long>builder()
                .validators(cluster.validators())
                .addresses(servers.stream().map(ClientServer::address).toList())
                .domain(cluster.domain())
                .scheme(cluster.scheme())
                .codecs(SUM.commands(), SUM.results())
                .certificates(certificates())
                .settings(ClientSettings.of(config), RemoteSettings.of(config));
    }

    private ClusterClient<Long, Long> client() {
        return builder().connect();
    }

    private ClientServer serve(int validator, ClientServerSettings settings) throws IOException {
        return ClientServer.start(
                cluster.system(),
                settings,
                keys.get(validator),
                cluster.domain().chainId(),
                new ClientCodec(certificates()),
                cluster.node(validator).log());
    }

    /** The settings of a server that takes another one's place. */
    private ClientServerSettings at(ClientServer old) {
        InetSocketAddress address = old.address();
        return ClientServerSettings.of(ConfigFactory.parseString("parley.client-server.port = " + address.getPort())
                .withFallback(config));
    }

    private MessageCodec certificates() {
        return cluster.protocol().createCodec(setup());
    }

    private ConsensusSetup setup() {
        return new ConsensusSetup(
                new ValidatorId(0),
                cluster.validators(),
                cluster.domain(),
                cluster.scheme(),
                KeyPair.generate(new SecureRandom()).signer(Ed25519.fastest()),
                CommandPayloads.INSTANCE);
    }

    private static Command command(long sequence, long number) {
        return new Command(
                new CommandId(new ClientId(5, 5), sequence),
                Command.DEFAULT_LANE,
                System.currentTimeMillis() + 60_000,
                SUM.commands().encode(number));
    }

    private static long result(CompletionStage<Receipt<Long>> submitted) {
        return submitted.toCompletableFuture().join().result();
    }
}
