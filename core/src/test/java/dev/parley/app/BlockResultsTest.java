package dev.parley.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlockResultsTest {
    @Test
    void gives_each_outcome_again_whatever_its_code_and_its_size() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int size : List.of(0, 1, 31, 32, 33, 255, 256, 4096)) {
            for (Outcome.Code code : Outcome.Code.values()) {
                byte[] bytes = new byte[size];
                Arrays.fill(bytes, (byte) outcomes.size());
                outcomes.add(new Outcome(code, bytes));
            }
        }
        BlockResults results = results(outcomes);
        for (int i = 0; i < outcomes.size(); i++) {
            assertThat(results.outcome(i)).isEqualTo(outcomes.get(i));
            assertThat(results.proof(i)
                            .proves(
                                    results.resultsRoot(),
                                    outcomes.size(),
                                    command(i).digest(),
                                    results.outcome(i)))
                    .isTrue();
        }
    }

    @Test
    void counts_the_large_outcomes_that_it_keeps() {
        long small =
                results(List.of(new Outcome(Outcome.Code.OK, new byte[32]))).retainedBytes();
        long large = results(List.of(new Outcome(Outcome.Code.OK, new byte[1 << 20])))
                .retainedBytes();
        assertThat(large - small).isBetween(1L << 20, (1L << 20) + 100);
    }

    private static BlockResults results(List<Outcome> outcomes) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            commands.add(command(i));
        }
        return new BlockResults(7, BlockId.GENESIS, Digest.ZERO, commands, outcomes, Optional.empty());
    }

    private static Command command(int number) {
        return new Command(new CommandId(new ClientId(1, 2), number + 1), 1, 1_000, new byte[] {(byte) number});
    }
}
