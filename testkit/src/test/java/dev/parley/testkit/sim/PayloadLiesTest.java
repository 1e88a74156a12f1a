package dev.parley.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.crypto.SigningDomain;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.PayloadBehaviours;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.StatementSlots;
import dev.parley.testkit.check.Trial;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Campaigns against proposers that lie about time and about others. */
class PayloadLiesTest {
    /** A protocol whose Byzantine validators lie in payloads and in nothing else. */
    private record WithPayloadLies(ProtocolUnderTest honest) implements ProtocolUnderTest {
        @Override
        public String name() {
            return honest.name();
        }

        @Override
        public ConsensusProtocol protocol() {
            return honest.protocol();
        }

        @Override
        public StatementSlots slots(SigningDomain domain) {
            return honest.slots(domain);
        }

        @Override
        public List<Oracle> oracles(Trial trial) {
            return honest.oracles(trial);
        }

        @Override
        public List<Behaviour> behaviours() {
            return PayloadBehaviours.all();
        }

        @Override
        public List<PlantedBug> bugs() {
            return List.of();
        }

        @Override
        public long progressBound(int validators, long slowestMicros) {
            return honest.progressBound(validators, slowestMicros);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"time-liar", "false-accuser"})
    void payloads_that_lie_get_no_vote_and_those_who_propose_them_are_named(String lie) {
        SimulationOptions options = SimulationOptions.DEFAULTS.withByzantine(1, lie);
        Campaign.Result result = Campaign.run(
                new WithPayloadLies(ProtocolUnderTest.named("hotstuff")), options, 1, 100, (runs, events) -> {});
        assertThat(result.firstViolation()).isNull();
        assertThat(result.counters().get(Counter.REFUSED)).isPositive();
        assertThat(result.counters().get(Counter.VOTES_WITHHELD)).isPositive();
        assertThat(result.counters().get(Counter.EVIDENCE_COMMITTED)).isZero();
    }
}
