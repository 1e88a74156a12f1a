package dev.parley.testkit.check;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An oracle that never complains proves nothing. */
class PayloadOraclesTest {
    private long clock = 1000;
    private final BlockTimeOracle times = new BlockTimeOracle(() -> clock, 50);

    @Test
    void block_time_may_be_ahead_within_its_bound_and_may_stand_still() {
        times.decided(0, block(1, 1050));
        times.decided(0, block(2, 1050));
        assertThatCode(() -> times.decided(1, block(1, 1050))).doesNotThrowAnyException();
    }

    @Test
    void block_time_must_not_go_back() {
        times.decided(0, block(1, 1000));
        assertThatThrownBy(() -> times.decided(0, block(2, 999)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("1 ms before its parent");
    }

    @Test
    void block_time_must_not_be_too_far_ahead() {
        clock = 900;
        assertThatThrownBy(() -> times.decided(0, block(1, 951)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("51 ms ahead of every correct clock");
    }

    @Test
    void what_the_application_refuses_must_not_be_decided() {
        ApplicationOracle oracle = new ApplicationOracle((command, height) -> height == 2);
        oracle.decided(0, block(1, 1000));
        assertThatThrownBy(() -> oracle.decided(0, block(2, 1000)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("checked by the application");
    }

    private static DecidedBlock block(long height, long time) {
        Command command = new Command(new CommandId(new ClientId(1, 1), height), 0, 5000, new byte[0]);
        return new DecidedBlock(
                height,
                new BlockId(new Digest(0, 0, 0, height)),
                BlockId.GENESIS,
                new ValidatorId(0),
                height,
                new CommandBatch(time, List.of(command)),
                Set::of);
    }
}
