package dev.parley.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Campaigns against proposers that lie about time and about others. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class PayloadLiesTest {
    @ParameterizedTest
    @CsvSource({"hotstuff, time-liar", "hotstuff, false-accuser", "tendermint, time-liar", "tendermint, false-accuser"})
    void payloads_that_lie_get_no_vote_and_those_who_propose_them_are_named(String protocol, String lie) {
        SimulationOptions options = SimulationOptions.DEFAULTS.withByzantine(1, lie);
        Campaign.Result result = Campaign.run(ProtocolUnderTest.named(protocol), options, 1, 100, (runs, events) -> {});
        assertThat(result.firstViolation()).isNull();
        assertThat(result.counters().get(Counter.REFUSED)).isPositive();
        assertThat(result.counters().get(Counter.VOTES_WITHHELD)).isPositive();
        assertThat(result.counters().get(Counter.EVIDENCE_COMMITTED)).isZero();
    }
}
