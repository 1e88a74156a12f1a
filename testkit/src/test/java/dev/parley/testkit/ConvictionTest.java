package dev.parley.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.BlockContext;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.client.LogEntry;
import dev.parley.client.RefusedException;
import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.KeyDirectory;
import dev.parley.crypto.KeyFile;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.validator.ValidatorNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Evidence and the application's checks in live validators with real keys. */
@Timeout(120)
class ConvictionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long UNWANTED = 13;
    /** The kind of message, as peers encode it. */
    private static final int ACCUSATIONS = 10;

    @TempDir
    Path folder;

    record Add(long number) {}

    record State(long sum, List<String> convicted) {}

    static class Sum implements StateMachine<Add, Long, State> {
        private long sum;
        private final List<String> convicted = new ArrayList<>();

        @Override
        public Long apply(Add command, Context context) {
            return sum += command.number();
        }

        @Override
        public void convicted(Evidence evidence, BlockContext context) {
            convicted.add(evidence + " at " + context.height());
        }

        @Override
        public State snapshot() {
            return new State(sum, convicted);
        }

        @Override
        public void restore(State snapshot) {
            throw new UnsupportedOperationException("no snapshots here");
        }
    }

    static final class Picky extends Sum {
        @Override
        public Optional<String> checkProposal(List<Add> commands, BlockContext context) {
            return commands.stream().anyMatch(add -> add.number() == UNWANTED)
                    ? Optional.of("unwanted")
                    : Optional.empty();
        }
    }

    @Test
    void a_leader_that_equivocates_is_convicted_once_in_every_log_and_restarts_do_not_change_that() {
        try (var cluster = LocalCluster.of(4, Application.of(Sum::new, Add.class, Long.class, State.class))
                        .config("parley.consensus.hotstuff.base-timeout = 200 ms")
                        .byzantine(
                                1,
                                protocol -> ProtocolUnderTest.named("hotstuff")
                                        .behaviour("equivocating-leader")
                                        .corrupt(protocol, new SplittableRandom(1)))
                        .start();
                var client = cluster.client(0)) {
            await().atMost(PATIENCE).until(() -> {
                client.submit(new Add(1)).toCompletableFuture().join();
                return convictions(cluster, 0).size() == 1;
            });
            cluster.kill(2);
            cluster.restart(2);
            for (int i = 0; i < 10; i++) {
                client.submit(new Add(1)).toCompletableFuture().join();
            }
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(CompletionException.class)
                    .untilAsserted(() -> {
                        ValidatorNode.StateAt first = state(cluster, 0);
                        assertThat(state(cluster, 2)).isEqualTo(first);
                        assertThat(state(cluster, 3)).isEqualTo(first);
                    });
            for (int validator : List.of(0, 2, 3)) {
                assertThat(convictions(cluster, validator))
                        .singleElement()
                        .satisfies(evidence ->
                                assertThat(evidence.culprit().index()).isEqualTo(1));
            }
        }
    }

    /** As if a second process had its key: what convicts it was signed, and not by itself. */
    @Test
    void a_validator_that_is_shown_what_it_has_not_signed_stops_and_no_lie_makes_it_stop() throws Exception {
        Path files = Files.createDirectories(folder.resolve("keys"));
        KeyDirectory keys = new KeyDirectory(files);
        for (int i = 0; i < 4; i++) {
            KeyFile.save(keys.key(i), KeyPair.generate(new SecureRandom()));
        }
        Evidence evidence = evidenceAgainst(1, keys);
        ValidatorId convicted = new ValidatorId(1);
        ValidatorId teller = new ValidatorId(2);
        try (var cluster = honest(keys).start();
                var client = cluster.client(0)) {
            Evidence forged = new Evidence(
                    convicted,
                    evidence.offence(),
                    evidence.first(),
                    new SignedStatement(evidence.second().statement(), new Signature(new byte[64])));
            tell(cluster, teller, convicted, forged);
            await().atMost(PATIENCE).until(() -> cluster.node(1).refused(teller, Reason.BAD_EVIDENCE) == 1);
            client.submit(new Add(1)).toCompletableFuture().join();
            assertThat(cluster.node(1).stopped().toCompletableFuture()).isNotDone();
            tell(cluster, teller, convicted, evidence);
            assertThat(cluster.node(1).stopped().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .contains("somebody signs with its key what it has not signed itself");
            client.submit(new Add(1)).toCompletableFuture().join();
        }
    }

    private static void tell(LocalCluster<?, ?, ?> cluster, ValidatorId from, ValidatorId to, Evidence evidence) {
        BinaryWriter frame = new BinaryWriter().u8(ACCUSATIONS).i32(1);
        evidence.write(frame);
        cluster.network().inject(from, to, frame.toByteArray());
    }

    private static LocalCluster.Builder<Add, Long, State> honest(KeyDirectory keys) {
        return LocalCluster.of(4, Application.of(Sum::new, Add.class, Long.class, State.class))
                .keys(keys)
                .config("parley.consensus.hotstuff.base-timeout = 200 ms");
    }

    private static Evidence evidenceAgainst(int validator, KeyDirectory keys) {
        Queue<Evidence> accused = new ConcurrentLinkedQueue<>();
        try (var cluster = honest(keys)
                        .byzantine(
                                validator,
                                protocol -> ProtocolUnderTest.named("hotstuff")
                                        .behaviour("equivocating-leader")
                                        .corrupt(protocol, new SplittableRandom(1)))
                        .observer((by, observation) -> {
                            if (observation instanceof Observation.Accused told) {
                                accused.add(told.evidence());
                            }
                        })
                        .start();
                var client = cluster.client(0)) {
            await().atMost(PATIENCE).until(() -> {
                client.submit(new Add(1)).toCompletableFuture().join();
                return !accused.isEmpty();
            });
        }
        return Objects.requireNonNull(accused.peek());
    }

    @Test
    void forged_accusations_are_refused_and_counted_and_reach_no_log() {
        ValidatorId attacker = new ValidatorId(3);
        try (var cluster = LocalCluster.of(4, Application.of(Sum::new, Add.class, Long.class, State.class))
                        .start();
                var client = cluster.client(0)) {
            cluster.kill(3);
            Network.Link link = cluster.network().join(attacker, new Deaf());
            for (int i = 0; i < 100; i++) {
                for (int victim = 0; victim < 3; victim++) {
                    link.send(new ValidatorId(victim), new PeerMessage.Accusations(List.of(forged(i))));
                }
            }
            await().atMost(PATIENCE).until(() -> cluster.node(0).refused(attacker, Reason.BAD_EVIDENCE) == 100);
            client.submit(new Add(1)).toCompletableFuture().join();
            assertThat(convictions(cluster, 0)).isEmpty();
        }
    }

    @Test
    void correct_validators_do_not_propose_what_the_application_refuses_and_go_on() {
        Application<Add, Long, State> application = Application.of(Picky::new, Add.class, Long.class, State.class);
        try (var cluster = LocalCluster.of(4, application)
                        .config("parley.consensus.hotstuff.base-timeout = 200 ms")
                        .start();
                var client = cluster.client(0)) {
            CompletableFuture<?> unwanted = cluster.log(0)
                    .append(new Command(
                            new CommandId(new ClientId(1, 1), 1),
                            Command.DEFAULT_LANE,
                            System.currentTimeMillis() + 4_000,
                            application.commands().encode(new Add(UNWANTED))))
                    .toCompletableFuture();
            long last = 0;
            for (int i = 0; i < 100; i++) {
                last = client.submit(new Add(1)).toCompletableFuture().join().result();
            }
            assertThat(last).isEqualTo(100);
            assertThatThrownBy(() -> unwanted.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join())
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("has expired");
            assertThat(entries(cluster, 0).stream()
                            .mapToInt(entry -> entry.commands().size())
                            .sum())
                    .as("the commands in the log")
                    .isEqualTo(100);
        }
    }

    private static Evidence forged(int number) {
        Signature signature = new Signature(new byte[64]);
        return new Evidence(
                new ValidatorId(number % 5),
                "number " + number,
                new SignedStatement(new byte[] {1}, signature),
                new SignedStatement(new byte[] {2}, signature));
    }

    private static List<Evidence> convictions(LocalCluster<?, ?, ?> cluster, int validator) {
        return entries(cluster, validator).stream()
                .flatMap(entry -> entry.evidence().stream())
                .toList();
    }

    private static List<LogEntry> entries(LocalCluster<?, ?, ?> cluster, int validator) {
        return cluster.node(validator)
                .log()
                .read(1)
                .take(cluster.node(validator).log().height())
                .runWith(Sink.seq(), cluster.system())
                .toCompletableFuture()
                .join();
    }

    private static ValidatorNode.StateAt state(LocalCluster<?, ?, ?> cluster, int validator) {
        return cluster.node(validator).state().toCompletableFuture().join();
    }

    private static final class Deaf implements Network.BottomlessInbox {
        @Override
        public void deliver(ValidatorId from, PeerMessage message) {}

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {}
    }
}
