package dev.parley.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses on loopback at which nobody listens, none of them twice. Below the range out of which systems give ports to connections that
 * leave: what runs beside a test takes none of them before the test listens.
 */
public final class TestAddresses {
    private static final int LOWEST = 10_000;
    private static final int PORTS = 22_000;
    /** Builds beside each other begin at different places. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 997 % PORTS));

    private TestAddresses() {}

    public static List<PeerAddress> take(int count) {
        List<PeerAddress> free = new ArrayList<>();
        for (int tries = 0; free.size() < count; tries++) {
            if (tries == PORTS) {
                throw new AssertionError("fewer than " + count + " ports are free");
            }
            int port = LOWEST + NEXT.getAndIncrement() % PORTS;
            if (isFree(port)) {
                free.add(new PeerAddress("127.0.0.1", port));
            }
        }
        return free;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
