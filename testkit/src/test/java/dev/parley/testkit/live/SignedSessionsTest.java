package dev.parley.testkit.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.Outcome;
import dev.parley.app.StateMachine;
import dev.parley.client.RefusedException;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.Signer;
import dev.parley.log.ClientId;
import dev.parley.log.ClientSignatures;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session with a key is its client's alone, though a Byzantine validator has seen its id and its numbers. */
@Timeout(120)
class SignedSessionsTest {
    private static final ValidatorId THIEF = new ValidatorId(3);

    record Add(long amount) {}

    /** Remembers whose commands it executed. */
    private static final class Sum implements StateMachine<Add, Long, Long> {
        private final Queue<ClientId> clients;
        private long sum;

        private Sum(Queue<ClientId> clients) {
            this.clients = clients;
        }

        @Override
        public Long apply(Add command, Context context) {
            clients.add(context.client());
            return sum += command.amount();
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

    private static final class Deaf implements Network.BottomlessInbox {
        @Override
        public void deliver(ValidatorId from, PeerMessage message) {}

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "tendermint", "honeybadger"})
    void what_a_peer_makes_up_in_its_name_is_refused_and_uses_up_no_number(String protocol) {
        Queue<ClientId> executed = new ConcurrentLinkedQueue<>();
        var application = Application.of(() -> new Sum(executed), Add.class, Long.class, Long.class);
        try (var cluster = LocalCluster.of(4, application)
                        .protocol(protocol)
                        .config("parley.client.session-key = on")
                        .start();
                var client = cluster.client()) {
            assertThat(client.submit(new Add(40)).toCompletableFuture().join().result())
                    .isEqualTo(40);
            ClientId victim = executed.element();
            assertThat(victim.isOfKey()).isTrue();

            cluster.kill(THIEF.index());
            Network.Link link = cluster.network().join(THIEF, new Deaf());
            Command forged = new Command(
                    new CommandId(victim, 2),
                    Command.DEFAULT_LANE,
                    System.currentTimeMillis() + 300_000,
                    application.commands().encode(new Add(1_000)));
            link.broadcast(new PeerMessage.Commands(List.of(forged)));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                for (int i = 0; i < 3; i++) {
                    assertThat(cluster.node(i).refused(THIEF, Reason.BAD_SIGNATURE))
                            .isPositive();
                }
            });
            assertThatThrownBy(() ->
                            cluster.log(0).append(forged).toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("not signed by the key that its client's id names");

            assertThat(client.submit(new Add(2)).toCompletableFuture().join().result())
                    .isEqualTo(42);
        }
    }

    @Test
    void what_is_made_up_does_not_meet_the_true_command_that_waits_under_the_same_name() {
        var application =
                Application.of(() -> new Sum(new ConcurrentLinkedQueue<>()), Add.class, Long.class, Long.class);
        try (var cluster =
                LocalCluster.of(4, application).protocol("tendermint").start()) {
            // Nothing is decided any more, so the true one waits.
            for (int gone : List.of(2, 3)) {
                cluster.kill(gone);
            }
            Signer session = KeyPair.generate(new SecureRandom()).signer(Ed25519.fastest());
            byte[] content = application.commands().encode(new Add(1));
            long expires = System.currentTimeMillis() + 300_000;
            Command command = new ClientSignatures(cluster.scheme(), cluster.domain())
                    .sign(session, 1, Command.DEFAULT_LANE, expires, content);
            var receipt = cluster.log(0).append(command).toCompletableFuture();
            assertThatThrownBy(() -> cluster.log(0)
                            .append(new Command(command.id(), Command.DEFAULT_LANE, expires, content))
                            .toCompletableFuture()
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join())
                    .hasCauseInstanceOf(RefusedException.class);
            cluster.restart(2);
            assertThat(receipt.join().outcome().code()).isEqualTo(Outcome.Code.OK);
        }
    }
}
