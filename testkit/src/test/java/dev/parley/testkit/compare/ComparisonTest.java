package dev.parley.testkit.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.testkit.sim.Links;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts against numbers that were worked out by hand from the protocols' rules. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class ComparisonTest {
    private static final ProtocolUnderTest TWO_CHAIN = ProtocolUnderTest.named("hotstuff");
    private static final ProtocolUnderTest THREE_CHAIN = ProtocolUnderTest.named("hotstuff-three-chain");

    private static String cell(List<String> header, List<String> row, String column) {
        return row.get(header.indexOf(column));
    }

    /**
     * A proposal to n − 1 and a vote from each but the collector: 2(n − 1). Everybody but the proposer verifies its signature and the q
     * votes in its QC, the collector n − 1 votes: (n − 1)(q + 2) over n validators.
     */
    @ParameterizedTest
    @CsvSource({"4, 6, 3.75", "7, 12, 6", "16, 30, 12.19"})
    void a_block_of_hotstuff_takes_a_proposal_to_all_and_a_vote_from_each(int size, String messages, String verified) {
        for (ProtocolUnderTest protocol : List.of(TWO_CHAIN, THREE_CHAIN)) {
            List<String> row = CostTables.good(protocol, size);

            assertThat(cell(CostTables.GOOD, row, "messages")).isEqualTo(messages);
            assertThat(cell(CostTables.GOOD, row, "signatures verified")).isEqualTo(verified);
            assertThat(cell(CostTables.GOOD, row, "delays between blocks")).isEqualTo("2");
        }
    }

    /** Proposal, votes, proposal, votes, proposal: each view takes two delays, and the last proposal tells the others. */
    @Test
    void two_chains_decide_after_5_delays_and_three_chains_after_7() {
        assertThat(cell(CostTables.GOOD, CostTables.good(TWO_CHAIN, 7), "delays, leader to last"))
                .isEqualTo("5");
        assertThat(cell(CostTables.GOOD, CostTables.good(THREE_CHAIN, 7), "delays, leader to last"))
                .isEqualTo("7");
    }

    /** The leader of a view sends its proposal to n − 1 and, where the next view is another's, its vote. */
    @Test
    void the_busiest_validator_of_a_block_is_its_proposer() {
        assertThat(cell(CostTables.GOOD, CostTables.good(TWO_CHAIN, 4), "messages of busiest"))
                .isEqualTo("4");
        assertThat(cell(CostTables.GOOD, CostTables.good(THREE_CHAIN, 4), "messages of busiest"))
                .isEqualTo("3.25");
    }

    /** The command reaches the others, they wait 100 delays, tell each other, and go on as ever: 1 + 100 + 1 + 5. */
    @Test
    void a_leader_that_falls_silent_costs_its_time_out() {
        List<String> row = CostTables.faultyLeader(TWO_CHAIN, 4);

        assertThat(cell(CostTables.FAULTY_LEADER, row, "delays, any to last")).isEqualTo("107");
        assertThat(cell(CostTables.FAULTY_LEADER, row, "of them time-outs")).isEqualTo("100");
    }

    @Test
    void a_lone_command_is_gossiped_once_to_each_other_validator() {
        List<String> row = CostTables.good(TWO_CHAIN, 4);

        assertThat(cell(CostTables.GOOD, row, "gossip messages")).isEqualTo("3");
        // A byte for the kind, four for the number of commands, a header of 37 and 128 of content, three times.
        assertThat(cell(CostTables.GOOD, row, "gossip bytes")).isEqualTo(String.valueOf(3 * (1 + 4 + 37 + 128)));
    }

    /** One validator is far from all others: quorums and the next leaders need not wait for it, and it learns of all last. */
    @Test
    void a_far_validator_decides_later_and_holds_up_nobody() {
        int far = 3;
        long[][] delays = new long[4][4];
        for (int from = 0; from < 4; from++) {
            for (int to = 0; to < 4; to++) {
                delays[from][to] = from == far || to == far ? 20_000 : 1000;
            }
        }
        Testbed testbed = new Testbed(TWO_CHAIN, Links.of(delays), 1, 1);
        testbed.settle();
        assertThat(testbed.leader()).isZero();

        Testbed.Flight flight = testbed.bring(0);
        testbed.runUntil(flight::isDecidedByAll);

        assertThat(flight.until(1)).as("five delays of 1 ms").isEqualTo(5000);
        assertThat(flight.until(far)).as("the last of them takes 20 ms").isEqualTo(24_000);
        assertThat(flight.untilLast()).isEqualTo(24_000);
    }

    /** A proposal of 1,000 commands to three others at 25 Mbit/s takes 158 ms of the leader's line. */
    @Test
    void narrow_lines_bound_what_a_leader_can_propose() {
        List<String> row = ThroughputTable.row(TWO_CHAIN, 4);

        assertThat(Integer.parseInt(cell(ThroughputTable.HEADER, row, "commands/s that one leader's line carries")))
                .isEqualTo(6313);
        assertThat(Integer.parseInt(cell(ThroughputTable.HEADER, row, "commands/s, consensus alone")))
                .isBetween(3000, 6313);
    }

    @Test
    void each_validator_has_a_region_of_its_own() {
        Regions regions = Regions.load();

        assertThat(regions.names()).hasSize(15);
        assertThat(regions.chosen(15)).hasSize(15).doesNotHaveDuplicates();
        assertThat(regions.chosen(10)).hasSize(10).doesNotHaveDuplicates().isSubsetOf(regions.names());
        assertThat(regions.links(List.of("us-east-1", "us-west-1", "us-west-2", "eu-west-1"))
                        .delay(0, 1))
                .as("half of a round trip of 64.1 ms")
                .isEqualTo(32_050);
        assertThatThrownBy(() -> regions.chosen(16)).hasMessageContaining("the table has 15");
    }

    @Test
    void measuring_twice_gives_the_same() {
        assertThat(RegionTable.row(THREE_CHAIN, 4)).isEqualTo(RegionTable.row(THREE_CHAIN, 4));
    }

    @Test
    void a_table_comes_back_from_its_page() {
        Table table = new Table(
                "good",
                "good",
                List.of("protocol", "n", "messages"),
                List.of(List.of("a", "4", "6.5"), List.of("b", "7", "1")));
        String page = "before\n<!-- table: good -->\nold\n<!-- end -->\nafter\n";

        String filled = table.putInto(page);

        assertThat(filled)
                .startsWith("before\n")
                .endsWith("<!-- end -->\nafter\n")
                .doesNotContain("old");
        assertThat(Table.on(filled, "good")).contains(table);
        assertThat(Table.on(filled, "other")).isEmpty();
        assertThatThrownBy(() -> table.putInto("nothing")).hasMessageContaining("<!-- table: good -->");
    }

    @Test
    void compares_4_to_128_validators() {
        assertThatThrownBy(() -> new Comparison(List.of(TWO_CHAIN), List.of(4, 129)))
                .hasMessageContaining("4 to 128 validators can be compared, not 129");
    }
}
