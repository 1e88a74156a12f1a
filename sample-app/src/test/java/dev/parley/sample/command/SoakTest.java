package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short soak of each protocol. */
@Timeout(900)
class SoakTest {
    private static final String FAULTS = " --kills 5 --pauses 2 --pause-seconds 1 --partitions 2 --partition-seconds 1"
            + " --clients 1 --outstanding 2 --rate 15 --jvm-option=-XX:TieredStopAtLevel=1";

    @ParameterizedTest
    @CsvSource({"hotstuff, cluster", "tendermint, links", "honeybadger, links"})
    void nothing_acknowledged_is_lost_whatever_happens_to_processes(String protocol, String network) {
        StringWriter out = new StringWriter();
        int code = ParleyCommand.commandLine(Screen.plain(out, out))
                .execute(("soak --protocol " + protocol + " --network " + network + FAULTS).split(" "));
        assertThat(out.toString())
                .as("the soak ended with " + code)
                .contains("9 of 9 faults in ", "✓ nothing acknowledged is lost");
    }
}
