package dev.parley.honeybadger;

import static dev.parley.honeybadger.TestCluster.command;
import static dev.parley.honeybadger.TestCluster.v;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.crypto.Digest;
import dev.parley.honeybadger.HoneyBadgerMessage.Agreeing;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Echo;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.subset.SubsetMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HoneyBadgerVerifierTest {
    private final TestCluster cluster = new TestCluster(1).start();
    private final MessageVerifier verifier = cluster.protocol.createVerifier(cluster.setups[0]);

    private @Nullable Reason refusal(int from, HoneyBadgerMessage message) {
        Refusal refusal = verifier.verify(v(from), message);
        return refusal == null ? null : refusal.reason();
    }

    @Test
    void refuses_strangers_epochs_that_there_are_not_and_proposers_that_there_are_not() {
        assertThat(refusal(4, new Joining(1, true))).isEqualTo(Reason.FOREIGN_SENDER);
        assertThat(refusal(1, new Joining(0, true))).isEqualTo(Reason.MALFORMED);
        assertThat(refusal(1, new Joining(HoneyBadgerMessage.MAX_EPOCH, true))).isEqualTo(Reason.MALFORMED);
        assertThat(refusal(1, new Joining(HoneyBadgerMessage.MAX_EPOCH - 1, true)))
                .isNull();
        assertThat(refusal(1, new Decrypting(1, v(4), new byte[8]))).isEqualTo(Reason.MALFORMED);
        assertThat(refusal(1, new Agreeing(1, new SubsetMessage(v(4), new Term(true)))))
                .isEqualTo(Reason.MALFORMED);
        assertThat(refusal(1, new Broadcasting(1, v(4), new Ready(Digest.sha256(new byte[0])))))
                .isEqualTo(Reason.MALFORMED);
    }

    @Test
    void refuses_a_vote_that_its_sender_did_not_sign() {
        assertThat(refusal(1, cluster.vote(1, 1, BlockId.GENESIS))).isNull();
        assertThat(refusal(1, cluster.vote(2, 1, BlockId.GENESIS))).isEqualTo(Reason.BAD_SIGNATURE);
    }

    @Test
    void refuses_an_echo_of_anothers_shard() {
        cluster.submit(command(1));
        cluster.run();
        Broadcasting echo = cluster.said(Broadcasting.class).stream()
                .filter(said -> said.step() instanceof Echo)
                .findFirst()
                .orElseThrow();
        int from = cluster.sent.stream()
                .filter(envelope -> envelope.message().equals(echo))
                .findFirst()
                .orElseThrow()
                .from();
        assertThat(refusal(from, echo)).isNull();
        assertThat(refusal((from + 1) % TestCluster.SIZE, echo)).isEqualTo(Reason.BAD_SHARE);
    }
}
