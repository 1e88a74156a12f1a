package dev.parley.testkit.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nobody has. From below the range out of which systems give ports to connections that leave, so that none is taken by chance before
 * its process listens.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int MAX_TRIES = 10_000;
    private static final int MAX_GIVEN = (HIGHEST - LOWEST) / 2;

    /** Not given again for long: a process that has one may be down for a moment. */
    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePorts() {}

    /**
     * Different ones, on loopback, and none that this process was given of late: clusters may run beside each other. Thread-safe.
     *
     * @throws IOException if there are not so many
     */
    public static synchronized List<Integer> take(int count) throws IOException {
        if (GIVEN.size() > MAX_GIVEN) {
            GIVEN.clear();
        }
        List<Integer> free = new ArrayList<>();
        for (int tries = 0; free.size() < count; tries++) {
            if (tries > MAX_TRIES) {
                throw new IOException("fewer than " + count + " ports from " + LOWEST + " to " + HIGHEST + " are free");
            }
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port) && GIVEN.add(port)) {
                free.add(port);
            }
        }
        return List.copyOf(free);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
