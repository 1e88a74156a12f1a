package dev.parley.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.testkit.cluster.Register.Contents;
import dev.parley.testkit.cluster.Register.Put;
import dev.parley.validator.NodeThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One life of a validator is held where it is, and nothing else is. */
@Timeout(120)
class PausableThreadsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "pausable", ConfigFactory.load());
    private final PausableThreads threads = new PausableThreads(system, "v0-1");
    private final NodeThreads given = threads.threads();
    private final List<String> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() throws Exception {
        threads.resume();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private ActorRef<String> actor(Consumer<String> told) {
        return system.systemActorOf(
                Behaviors.receiveMessage(text -> {
                    told.accept(text);
                    return Behaviors.same();
                }),
                "actor",
                given.actors());
    }

    /** So many tasks of the shared pool that whatever was given to it before has had its turn. */
    private void others(Executor shared) {
        CountDownLatch turns = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            shared.execute(turns::countDown);
        }
        await().atMost(LIMIT).until(() -> turns.getCount() == 0);
    }

    @Test
    void nothing_is_begun_while_it_is_paused_and_all_is_done_when_it_goes_on() throws Exception {
        ActorRef<String> actor = actor(done::add);
        actor.tell("before");
        await().atMost(LIMIT).until(() -> done.contains("before"));
        assertThat(threads.pause(LIMIT)).isTrue();
        actor.tell("message");
        given.verification().execute(() -> done.add("signature"));
        given.storage().execute(() -> done.add("write"));
        NodeThreads shared = NodeThreads.of(system);
        others(shared.verification());
        others(shared.storage());
        others(system.dispatchers().lookup(shared.actors()));
        assertThat(done).containsExactly("before");
        threads.resume();
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(done).containsExactlyInAnyOrder("before", "message", "signature", "write"));
    }

    @Test
    void it_is_paused_when_what_it_was_doing_is_done_and_goes_on_if_that_takes_too_long() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        given.storage().execute(() -> {
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            done.add("write");
        });
        begun.await();
        assertThat(threads.pause(Duration.ofMillis(10))).isFalse();
        given.verification().execute(() -> done.add("signature"));
        await().atMost(LIMIT).until(() -> done.contains("signature"));
        NodeThreads.of(system).verification().execute(end::countDown);
        assertThat(threads.pause(LIMIT)).isTrue();
        assertThat(done).containsExactly("signature", "write");
    }

    @Test
    void at_its_end_actors_run_and_nothing_else_is_begun() throws Exception {
        ActorRef<String> actor = actor(done::add);
        assertThat(threads.pause(LIMIT)).isTrue();
        actor.tell("message");
        given.storage().execute(() -> done.add("write"));
        given.ending().run();
        given.storage().execute(() -> done.add("late write"));
        await().atMost(LIMIT).until(() -> done.contains("message"));
        others(NodeThreads.of(system).storage());
        assertThat(done).containsExactly("message");
    }

    @Test
    void a_validator_that_is_killed_while_it_is_paused_has_done_nothing_since() throws Exception {
        Map<Integer, PausableThreads> lives = new ConcurrentHashMap<>();
        try (var cluster = LocalCluster.of(4, Application.of(Register::new, Put.class, Integer.class, Contents.class))
                .config("parley.validator-dispatcher.fork-join-executor.parallelism-min = 2")
                .threads((in, validator) -> {
                    PausableThreads life = new PausableThreads(in, validator.toString());
                    lives.put(validator.index(), life);
                    return withTimeToAct(life.threads(), in);
                })
                .start()) {
            var client = cluster.client();
            PausableThreads paused = Objects.requireNonNull(lives.get(3));
            assertThat(paused.pause(LIMIT)).isTrue();
            long height = cluster.node(3).log().height();
            for (int i = 1; i <= 20; i++) {
                assertThat(client.submit(new Put("a", i))
                                .toCompletableFuture()
                                .join()
                                .result())
                        .isEqualTo(i - 1);
            }
            var report = cluster.node(3).report().toCompletableFuture();
            assertThat(CompletableFuture.runAsync(() -> cluster.kill(3))).succeedsWithin(LIMIT);
            assertThat(report.isDone() && !report.isCompletedExceptionally())
                    .as("it has answered")
                    .isFalse();
            assertThat(cluster.node(3).log().height()).isEqualTo(height);
            assertThat(cluster.node(0).log().height()).isGreaterThan(height);
        }
    }

    /** Between the word that the node ends and its end, its actors have all the time that they need to do something. */
    private NodeThreads withTimeToAct(NodeThreads life, ActorSystem<?> in) {
        return new NodeThreads(life.actors(), life.verification(), life.storage(), () -> {
            life.ending().run();
            others(in.dispatchers().lookup(NodeThreads.of(in).actors()));
        });
    }
}
