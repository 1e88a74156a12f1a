package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.CommandBatch;
import dev.parley.mempool.Mempool;
import dev.parley.mempool.MempoolSettings;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MempoolActorTest {
    private static final BlockId PARENT = blockId("parent");
    private static final BlockId CHILD = blockId("child");
    private static final BlockId GRANDCHILD = blockId("grandchild");

    private final BlockingQueue<ValidatorActor.Command> answers = new LinkedBlockingQueue<>();
    private final ActorSystem<MempoolActor.Request> pool = ActorSystem.create(
            Behaviors.setup(context -> MempoolActor.create(
                    new Mempool(MempoolSettings.of(4)),
                    () -> 1000,
                    Duration.ofHours(1),
                    new Unconnected(),
                    context.spawn(
                            Behaviors.<ValidatorActor.Command>receiveMessage(answer -> {
                                answers.add(answer);
                                return Behaviors.same();
                            }),
                            "validator"),
                    context.spawn(Behaviors.<GatewayActor.Request>ignore(), "gateway"))),
            "pool");

    @AfterEach
    void end() {
        pool.terminate();
    }

    @Test
    void checks_blocks_on_a_decided_parent_once_that_is_durable_and_known() throws InterruptedException {
        pool.tell(new MempoolActor.Check(CHILD, PARENT, batch(), true));
        pool.tell(new MempoolActor.Check(GRANDCHILD, CHILD, batch(), false));
        pool.tell(new MempoolActor.Decided(PARENT, batch(), 1));
        assertThat(answer()).isEqualTo(new ValidatorActor.PayloadChecked(CHILD, true));
        assertThat(answer()).isEqualTo(new ValidatorActor.PayloadChecked(GRANDCHILD, true));
    }

    private ValidatorActor.Command answer() throws InterruptedException {
        ValidatorActor.Command answer = answers.poll(10, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        return answer;
    }

    private static CommandBatch batch() {
        return new CommandBatch(1000, List.of());
    }

    private static BlockId blockId(String name) {
        return new BlockId(Digest.sha256(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    private static final class Unconnected implements Network.Link {
        @Override
        public void send(ValidatorId to, PeerMessage message) {}

        @Override
        public void broadcast(PeerMessage message) {}

        @Override
        public void close() {}
    }
}
