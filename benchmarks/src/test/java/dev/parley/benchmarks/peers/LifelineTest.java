package dev.parley.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LifelineTest {
    /** Would live for ever. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws InterruptedException {
            Lifeline.hold();
            System.out.println("ready");
            Thread.currentThread().join();
        }
    }

    @Test
    void a_process_ends_when_the_pipe_from_its_parent_does() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .start();
        try {
            assertThat(child.getInputStream().read()).isEqualTo('r');
            assertThat(child.isAlive()).isTrue();
            child.getOutputStream().close();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }
}
