package dev.parley.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void gives_no_port_twice_though_nobody_listens_there() throws IOException {
        Set<Integer> given = new HashSet<>();
        for (int cluster = 0; cluster < 100; cluster++) {
            for (int port : FreePorts.take(16)) {
                assertThat(given.add(port)).as("port %d is new", port).isTrue();
            }
        }
    }
}
