package dev.parley.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigException;
import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.CommandFailedException;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.client.LogEntry;
import dev.parley.client.ParleyClient;
import dev.parley.client.Receipt;
import dev.parley.client.RefusedException;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.Command;
import dev.parley.validator.ValidatorNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real actors, real signatures, one process. */
@Timeout(120)
class LocalClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Counts how often each number was added, so that a command executed twice shows. */
    record Add(long number) {}

    record Tally(Map<Long, Integer> counts) {}

    static class Tallier implements StateMachine<Add, Long, Tally> {
        final TreeMap<Long, Integer> counts = new TreeMap<>();

        @Override
        public Long apply(Add command, Context context) {
            if (command.number() == -1) {
                throw new CommandFailedException("minus one is not counted");
            }
            if (command.number() == -2) {
                throw new IllegalStateException(
                        "this text may differ between machines: " + System.identityHashCode(this));
            }
            return (long) counts.merge(command.number(), 1, Integer::sum);
        }

        @Override
        public Optional<String> check(Add command) {
            return command.number() == -3 ? Optional.of("minus three is not admitted") : Optional.empty();
        }

        @Override
        public Tally snapshot() {
            return new Tally(counts);
        }

        @Override
        public void restore(Tally snapshot) {
            counts.clear();
            counts.putAll(snapshot.counts());
        }
    }

    private static final Application<Add, Long, Tally> TALLIER =
            Application.of(Tallier::new, Add.class, Long.class, Tally.class);

    private static LocalCluster.Builder<Add, Long, Tally> cluster(int validators) {
        return LocalCluster.of(validators, TALLIER)
                .config("parley.consensus.hotstuff.base-timeout = 300 ms")
                .config("parley.client.attempt-timeout = 1 s");
    }

    @Test
    void every_command_of_every_client_is_executed_exactly_once_and_all_validators_agree() {
        try (var cluster = cluster(4).start()) {
            List<CompletableFuture<Receipt<Long>>> receipts = new ArrayList<>();
            for (int c = 0; c < 4; c++) {
                ParleyClient<Add, Long> client = cluster.client(c);
                for (int i = 0; i < 250; i++) {
                    receipts.add(client.submit(new Add(c * 1000L + i)).toCompletableFuture());
                }
            }
            Set<String> places = new HashSet<>();
            for (CompletableFuture<Receipt<Long>> receipt : receipts) {
                assertThat(receipt.join().result()).isEqualTo(1);
                places.add(receipt.join().height() + "/" + receipt.join().index());
            }
            assertThat(places).as("no two commands have one place in the log").hasSize(1000);
            agreeEventually(cluster, IntStream.range(0, 4));
        }
    }

    @ParameterizedTest
    @CsvSource({"4,1", "7,2"})
    void the_log_goes_on_with_f_validators_dead(int validators, int dead) {
        try (var cluster = cluster(validators).start();
                var client = cluster.client(dead)) {
            client.submit(new Add(1)).toCompletableFuture().join();
            for (int i = 0; i < dead; i++) {
                cluster.kill(i);
            }
            for (int i = 2; i < 30; i++) {
                assertThat(client.submit(new Add(i))
                                .toCompletableFuture()
                                .join()
                                .result())
                        .isEqualTo(1);
            }
            agreeEventually(cluster, IntStream.range(dead, validators));
        }
    }

    @Test
    void a_client_leaves_a_dead_validator_and_a_restarted_one_catches_up() {
        try (var cluster = cluster(4).start();
                var client = cluster.client(2)) {
            client.submit(new Add(1)).toCompletableFuture().join();
            cluster.kill(2);
            for (int i = 2; i < 20; i++) {
                assertThat(client.submit(new Add(i))
                                .toCompletableFuture()
                                .join()
                                .result())
                        .isEqualTo(1);
            }
            cluster.restart(2);
            agreeEventually(cluster, IntStream.range(0, 4));
            cluster.kill(0);
            assertThat(client.submit(new Add(100)).toCompletableFuture().join().result())
                    .as("the restarted validator is needed for a quorum now")
                    .isEqualTo(1);
        }
    }

    @Test
    void a_validator_that_was_cut_off_catches_up_after_the_network_heals() {
        try (var cluster = cluster(4).start();
                var client = cluster.client(0)) {
            cluster.network().isolate(Set.of(new ValidatorId(3)));
            for (int i = 0; i < 50; i++) {
                client.submit(new Add(i)).toCompletableFuture().join();
            }
            assertThat(cluster.node(3).log().height()).isZero();
            cluster.network().heal();
            agreeEventually(cluster, IntStream.range(0, 4));
        }
    }

    @Test
    void nothing_commits_without_a_quorum_and_all_goes_on_when_it_is_back() {
        try (var cluster = cluster(4).start();
                var client = cluster.client(0)) {
            cluster.network().isolate(Set.of(new ValidatorId(2), new ValidatorId(3)));
            var receipt = client.submit(new Add(1)).toCompletableFuture();
            await().atMost(PATIENCE).until(() -> report(cluster, 0).waitingFor().contains("time-outs"));
            assertThat(receipt).isNotDone();
            CoreReport report = report(cluster, 0);
            assertThat(report.need()).isEqualTo(3);
            assertThat(report.missing()).contains(new ValidatorId(2), new ValidatorId(3));
            cluster.network().heal();
            assertThat(receipt.join().result()).isEqualTo(1);
        }
    }

    @Test
    void the_log_can_be_read_from_any_height_with_certificates() throws Exception {
        try (var cluster = cluster(4).start();
                var client = cluster.client(0)) {
            for (int i = 0; i < 10; i++) {
                client.submit(new Add(i)).toCompletableFuture().join();
            }
            List<LogEntry> entries = cluster.node(1)
                    .log()
                    .read(1)
                    .take(10)
                    .runWith(Sink.seq(), cluster.system())
                    .toCompletableFuture()
                    .get(30, java.util.concurrent.TimeUnit.SECONDS);
            for (int i = 0; i < entries.size(); i++) {
                assertThat(entries.get(i).height()).isEqualTo(i + 1);
                assertThat(entries.get(i).certificate().signers()).hasSizeGreaterThanOrEqualTo(3);
                if (i > 0) {
                    assertThat(entries.get(i).parent())
                            .isEqualTo(entries.get(i - 1).id());
                    assertThat(entries.get(i).blockTimeMillis())
                            .isGreaterThanOrEqualTo(entries.get(i - 1).blockTimeMillis());
                }
            }
        }
    }

    @Test
    void what_the_state_machine_throws_is_the_clients_answer_and_the_same_everywhere() {
        try (var cluster = cluster(4).start();
                var client = cluster.client(0)) {
            assertThatThrownBy(() ->
                            client.submit(new Add(-1)).toCompletableFuture().join())
                    .hasCauseInstanceOf(CommandFailedException.class)
                    .hasMessageContaining("minus one is not counted");
            assertThatThrownBy(() ->
                            client.submit(new Add(-2)).toCompletableFuture().join())
                    .hasMessageContaining("java.lang.IllegalStateException")
                    .hasMessageNotContaining("may differ");
            assertThatThrownBy(() ->
                            client.submit(new Add(-3)).toCompletableFuture().join())
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("minus three is not admitted");
            client.submit(new Add(1)).toCompletableFuture().join();
            agreeEventually(cluster, IntStream.range(0, 4));
        }
    }

    @Test
    void a_command_over_the_limit_is_refused_with_the_limit() {
        Application<byte[], byte[], byte[]> bytes =
                new Application<>(SwallowsBytes::new, new SameBytes(), new SameBytes(), new SameBytes());
        try (var cluster = LocalCluster.of(4, bytes)
                        .config("parley.mempool.max-command-bytes = 1000")
                        .start();
                var client = cluster.client()) {
            assertThatThrownBy(() ->
                            client.submit(new byte[2000]).toCompletableFuture().join())
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("1000");
            assertThatThrownBy(() -> client.submit(new byte[Command.MAX_CONTENT_BYTES + 1])
                            .toCompletableFuture()
                            .join())
                    .hasMessageContaining(String.valueOf(Command.MAX_CONTENT_BYTES));
            client.submit(new byte[100]).toCompletableFuture().join();
        }
    }

    @Test
    void a_full_pool_answers_busy_and_loses_nothing() {
        try (var cluster = cluster(4)
                        .config("parley.mempool { max-commands = 8, max-block-commands = 4 }")
                        .start();
                var client = cluster.client()) {
            List<CompletableFuture<Receipt<Long>>> receipts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                receipts.add(client.submit(new Add(i)).toCompletableFuture());
            }
            receipts.forEach(receipt -> assertThat(receipt.join().result()).isEqualTo(1));
        }
    }

    /** Each instance counts for itself: what every validator's machine answers differs. */
    static final class Whimsical extends Tallier {
        private static final AtomicInteger INSTANCES = new AtomicInteger();
        private final long whim = INSTANCES.incrementAndGet();

        @Override
        public Long apply(Add command, Context context) {
            return command.number() == 13 ? whim : super.apply(command, context);
        }
    }

    @Test
    void validators_whose_state_machine_is_not_deterministic_stop_and_name_height_and_command() {
        Application<Add, Long, Tally> whimsical = Application.of(Whimsical::new, Add.class, Long.class, Tally.class);
        try (var cluster = LocalCluster.of(4, whimsical).start()) {
            var client = cluster.client();
            client.submit(new Add(1)).toCompletableFuture().join();
            var doomed = client.submit(new Add(13)).toCompletableFuture();
            for (int i = 0; i < 4; i++) {
                String why = cluster.node(i).stopped().toCompletableFuture().join();
                assertThat(why)
                        .contains("at height")
                        .contains("number 0 of the block")
                        .contains("#2");
            }
            client.close();
            assertThatThrownBy(doomed::join).isInstanceOf(CompletionException.class);
        }
    }

    @Test
    void clusters_that_could_not_bear_what_they_promise_are_refused() {
        assertThatThrownBy(() -> LocalCluster.of(3, TALLIER)).hasMessageContaining("at least 4");
        assertThatThrownBy(() -> cluster(4).protocol("raft").start())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("raft")
                .hasMessageContaining("hotstuff");
        assertThatThrownBy(() ->
                        cluster(4).byzantine(0, p -> p).byzantine(1, p -> p).start())
                .hasMessageContaining("more than the 1 that");
        assertThatThrownBy(() -> cluster(4).byzantine(9, p -> p).start()).hasMessageContaining("no validator 9");
        assertThatThrownBy(
                        () -> LocalCluster.of(new long[] {5, 1, 1, 1}, TALLIER).start())
                .hasMessageContaining("power 5 of 8");
    }

    @Test
    void voting_power_counts_and_not_heads() {
        try (var cluster = LocalCluster.of(new long[] {3, 3, 3, 1}, TALLIER)
                        .config("parley.consensus.hotstuff.base-timeout = 300 ms")
                        .start();
                var client = cluster.client(1)) {
            cluster.kill(0);
            assertThat(client.submit(new Add(1)).toCompletableFuture().join().result())
                    .isEqualTo(1);
        }
    }

    private static final class SameBytes implements dev.parley.app.Codec<byte[]> {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    }

    private static final class SwallowsBytes implements StateMachine<byte[], byte[], byte[]> {
        @Override
        public byte[] apply(byte[] command, Context context) {
            return new byte[0];
        }

        @Override
        public byte[] snapshot() {
            return new byte[0];
        }

        @Override
        public void restore(byte[] snapshot) {}
    }

    private static CoreReport report(LocalCluster<?, ?, ?> cluster, int validator) {
        return cluster.node(validator).report().toCompletableFuture().join();
    }

    private static void agreeEventually(LocalCluster<?, ?, ?> cluster, IntStream validators) {
        int[] all = validators.toArray();
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<ValidatorNode.StateAt> states = new ArrayList<>();
            for (int validator : all) {
                states.add(cluster.node(validator).state().toCompletableFuture().join());
            }
            assertThat(states).allMatch(state -> state.equals(states.getFirst()));
        });
    }
}
