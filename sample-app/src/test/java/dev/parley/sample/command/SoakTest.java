package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A short soak of each protocol. */
@Timeout(600)
class SoakTest {
    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "tendermint", "honeybadger"})
    void nothing_acknowledged_is_lost_whatever_happens_to_processes(String protocol) {
        String faults = "--kills 5 --pauses 2 --pause-seconds 2 --partitions 2 --partition-seconds 2";
        StringWriter out = new StringWriter();
        int code = ParleyCommand.commandLine(Screen.plain(out, out))
                .execute(("soak --protocol " + protocol + " --clients 2 --outstanding 4 " + faults).split(" "));
        assertThat(out.toString())
                .as("it ended with " + code)
                .contains("9 of 9 faults in ", "✓ nothing acknowledged is lost");
    }
}
