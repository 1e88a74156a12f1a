package dev.parley.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.app.Application;
import dev.parley.client.Receipt;
import dev.parley.consensus.BlockId;
import dev.parley.testkit.check.Violation;
import dev.parley.testkit.cluster.Register.Contents;
import dev.parley.testkit.cluster.Register.Put;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Validators of the real shell are held to what simulated ones are held to. */
@Timeout(120)
class WatchtowerTest {
    private final Application<Put, Integer, Contents> application =
            Application.of(Register::new, Put.class, Integer.class, Contents.class);
    private final Witness<Put, Integer> witness = new Witness<>(application);

    @Test
    void a_live_validator_that_signs_twice_for_one_slot_is_found() {
        ProtocolUnderTest protocol = ProtocolUnderTest.named("hotstuff");
        var driver = new LocalDriver<>(application, protocol, 4, "", false, witness, "");
        try (var cluster =
                new Cluster<>(World.ONE_JVM, protocol, 4, EnumSet.allOf(Capability.class), driver, witness)) {
            cluster.submit(new Put("a", 1));
            driver.kill(3);
            // Nobody has told those who watch that it is Byzantine, as if the protocol itself had the bug.
            driver.restart(3, List.of(protocol.behaviour("twin")));
            assertThatThrownBy(() -> {
                        for (int i = 2; i < 500; i++) {
                            cluster.submit(new Put("a", i));
                        }
                    })
                    .isInstanceOf(Violation.class)
                    .hasMessageContaining("one statement for a slot: v3 signed two statements");
        }
    }

    @Test
    void a_receipt_of_what_the_log_does_not_give_is_found() {
        ProtocolUnderTest protocol = ProtocolUnderTest.named("hotstuff");
        var driver = new SimulatedDriver<>(application, protocol, 4, Set.of(), 1, witness, "");
        var cluster = new Cluster<>(World.SIMULATOR, protocol, 4, EnumSet.noneOf(Capability.class), driver, witness);
        Put put = new Put("a", 1);
        Receipt<Integer> receipt = cluster.submit(put);
        assertThat(witness.ledger().objection()).isEmpty();
        assertThatThrownBy(() -> witness.ledger()
                        .acknowledged(put, new Receipt<>(7, receipt.height(), receipt.index(), receipt.block())))
                .hasMessageContaining("a client was told the result 7 at ");
        assertThatThrownBy(() -> witness.ledger()
                        .acknowledged(put, new Receipt<>(0, receipt.height(), receipt.index(), BlockId.GENESIS)))
                .hasMessageContaining("a client was told of ");
        assertThatThrownBy(() -> witness.ledger().acknowledged(new Put("b", 1), receipt))
                .hasMessageContaining("where another is");
        assertThatThrownBy(() -> witness.ledger().acknowledged(put, receipt))
                .hasMessageContaining("two clients were told");
        witness.ledger().acknowledged(put, new Receipt<>(0, receipt.height() + 5, 0, receipt.block()));
        assertThat(witness.ledger().objection())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("1 acknowledged commands are in no validator's log"));
        cluster.runFor(Duration.ofSeconds(1));
    }
}
