package dev.parley.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Codec;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.client.ParleyClient;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.hotstuff.HotStuffMessage;
import dev.parley.hotstuff.QC;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One validator's key in the hands of somebody who sends whatever he likes to one victim, as fast as he can.
 * {@code -Dparley.hostile.messages=10000000} makes a campaign of it and prints what it cost.
 */
@Timeout(900)
class HostilePeerTest {
    private static final long MESSAGES = Long.getLong("parley.hostile.messages", 200_000);
    private static final long MAX_GROWTH_BYTES = 64L << 20;
    private static final ValidatorId ATTACKER = new ValidatorId(3);
    private static final ValidatorId VICTIM = new ValidatorId(0);

    private static final class Swallow implements StateMachine<byte[], byte[], byte[]> {
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

    private static final class Same implements Codec<byte[]> {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    }

    @Test
    void a_hostile_peer_costs_its_victim_bounded_memory_and_the_others_nothing_they_notice() {
        Same bytes = new Same();
        try (var cluster = LocalCluster.of(4, new Application<>(Swallow::new, bytes, bytes, bytes))
                .config("parley.storage.memory-max-bytes = 1 MiB")
                .config("parley.execution.max-recent-bytes = 1 MiB")
                .config("parley.client.command-lifetime = 20 s")
                .start()) {
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong answered = new AtomicLong();
            ParleyClient<byte[], byte[]> client = cluster.client(1);
            cluster.kill(ATTACKER.index());
            cluster.node(ATTACKER.index()).stopped().toCompletableFuture().join();
            for (int i = 0; i < 200; i++) {
                keepSubmitting(client, answered, over);
            }
            double calm = rate(answered, () -> awaitAnswers(answered, answered.get() + 30_000));
            long heapBefore = usedHeap();

            Network.Link link = cluster.network().join(ATTACKER, new Deaf());
            Random random = new Random(1);
            double attacked = rate(answered, () -> {
                for (long i = 0; i < MESSAGES; i++) {
                    attack(cluster, link, random, i);
                }
            });
            long growth = usedHeap() - heapBefore;
            System.out.printf(
                    "%,d hostile messages: heap %+,d bytes; %,.0f commands/s before, %,.0f while it lasted%n",
                    MESSAGES, growth, calm, attacked);

            assertThat(growth).as("growth of the heap in bytes").isLessThan(MAX_GROWTH_BYTES);
            assertThat(cluster.node(VICTIM.index()).refused(ATTACKER, Reason.MALFORMED))
                    .isPositive();
            awaitAnswers(answered, answered.get() + 1_000);
            assertThat(cluster.node(VICTIM.index()).stopped().toCompletableFuture())
                    .isNotDone();
            over.set(true);
        }
    }

    private static void attack(LocalCluster<?, ?, ?> cluster, Network.Link link, Random random, long i) {
        Signature forged = new Signature(new byte[64]);
        BlockId nowhere = new BlockId(new Digest(i, i, i, i));
        switch ((int) (i % 8)) {
            case 0 -> {
                byte[] garbage = new byte[random.nextInt(200)];
                random.nextBytes(garbage);
                cluster.network().inject(ATTACKER, VICTIM, garbage);
            }
            case 1 -> cluster.network().inject(ATTACKER, VICTIM, new byte[] {6, 0x7f, -1, -1, -1, 0});
            case 2 ->
                link.send(
                        VICTIM,
                        new PeerMessage.Consensus(
                                new HotStuffMessage.Vote(Long.MAX_VALUE - i, nowhere, ATTACKER, forged)));
            case 3 ->
                link.send(
                        VICTIM,
                        new PeerMessage.Consensus(
                                new HotStuffMessage.Timeout(1000 + i, QC.GENESIS, null, ATTACKER, forged)));
            case 4 -> link.send(VICTIM, new PeerMessage.StateVote(1 + i % 100_000, nowhere, Digest.ZERO, forged));
            case 5 ->
                link.send(
                        VICTIM,
                        new PeerMessage.Commands(List.of(new Command(
                                new CommandId(new ClientId(i, i), 1),
                                0,
                                System.currentTimeMillis() + 60_000,
                                new byte[256]))));
            case 6 -> link.send(VICTIM, new PeerMessage.Status(Long.MAX_VALUE - i));
            default -> link.send(VICTIM, new PeerMessage.Entries(List.of()));
        }
    }

    private static void keepSubmitting(ParleyClient<byte[], byte[]> client, AtomicLong answered, AtomicBoolean over) {
        client.submit(new byte[128]).whenComplete((receipt, failure) -> {
            answered.incrementAndGet();
            if (!over.get()) {
                keepSubmitting(client, answered, over);
            }
        });
    }

    private static double rate(AtomicLong answered, Runnable meanwhile) {
        long began = System.nanoTime();
        long before = answered.get();
        meanwhile.run();
        return (answered.get() - before) * 1e9 / (System.nanoTime() - began);
    }

    private static void awaitAnswers(AtomicLong answered, long count) {
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(60))
                .until(() -> answered.get() >= count);
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static final class Deaf implements Network.Inbox {
        @Override
        public void deliver(ValidatorId from, PeerMessage message) {}

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {}
    }
}
