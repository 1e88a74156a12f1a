package dev.parley.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkProxiesTest {
    private static final int MOMENT_MILLIS = 200;

    @Test
    void a_link_that_is_cut_stays_so_when_it_is_delayed_too_until_it_is_healed() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (LinkProxies proxies = new LinkProxies(2);
                ServerSocket v1 = new ServerSocket(0, 1, loopback)) {
            proxies.forward(List.of(v1.getLocalPort(), v1.getLocalPort()));
            // From 127.0.0.1, which is v0's.
            try (Socket v0 = new Socket(loopback, proxies.ports().get(1));
                    Socket accepted = v1.accept()) {
                proxies.cut(0, 1);
                proxies.delay(0, 1, Duration.ofMillis(1));
                v0.getOutputStream().write(7);
                accepted.setSoTimeout(MOMENT_MILLIS);
                assertThatExceptionOfType(SocketTimeoutException.class)
                        .isThrownBy(() -> accepted.getInputStream().read());

                proxies.heal();

                accepted.setSoTimeout(0);
                assertThat(accepted.getInputStream().read()).isEqualTo(7);
            }
        }
    }
}
