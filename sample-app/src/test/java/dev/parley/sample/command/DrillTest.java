package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short drill; what it measures here says nothing. */
@Timeout(600)
class DrillTest {
    @Test
    void each_part_goes_well_and_is_told() {
        StringWriter out = new StringWriter();
        int code = ParleyCommand.commandLine(Screen.plain(out, out))
                .execute(
                        ("drill --warmup 1 --away 0 --pause-seconds 1 --attack takeovers --attack-seconds 5 --restarts 0"
                                        + " --clients 1 --outstanding 2 --jvm-option=-XX:TieredStopAtLevel=1")
                                .split(" "));
        assertThat(out.toString())
                .as("the drill ended with " + code)
                .containsPattern("paused +1 s, [0-9,]+ commands: [0-9,]+/s before, in step after [0-9]")
                .containsPattern("attack +takeovers: [1-9][0-9,]* in 5 s");
        assertThat(code).isZero();
    }
}
