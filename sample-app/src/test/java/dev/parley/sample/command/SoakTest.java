package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A short soak of each protocol, all at once: most of each is waiting for processes that were killed, paused or cut off. {@code -Dparley.soaks=true}
 * has it run: it takes some two minutes and both cores.
 */
@EnabledIfSystemProperty(named = "parley.soaks", matches = "true")
@Timeout(600)
class SoakTest {
    private static final String FAULTS =
            "--kills 5 --pauses 2 --pause-seconds 2 --partitions 2 --partition-seconds 2 --clients 1 --outstanding 4";

    private record Soak(String protocol, int code, String out) {
        static Soak of(String protocol) {
            StringWriter out = new StringWriter();
            int code = ParleyCommand.commandLine(Screen.plain(out, out))
                    .execute(("soak --protocol " + protocol + " " + FAULTS).split(" "));
            return new Soak(protocol, code, out.toString());
        }
    }

    @Test
    void nothing_acknowledged_is_lost_whatever_happens_to_processes() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Soak>> soaks = List.of("hotstuff", "tendermint", "honeybadger").stream()
                    .map(protocol -> CompletableFuture.supplyAsync(() -> Soak.of(protocol), threads))
                    .toList();
            assertThat(soaks.stream().map(CompletableFuture::join))
                    .allSatisfy(soak -> assertThat(soak.out())
                            .as(soak.protocol() + " ended with " + soak.code())
                            .contains("9 of 9 faults in ", "✓ nothing acknowledged is lost"));
        }
    }
}
