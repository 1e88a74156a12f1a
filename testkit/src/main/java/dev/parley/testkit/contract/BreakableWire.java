package dev.parley.testkit.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** All connections to one port, which can be broken, held and slowed in both directions. Thread-safe. */
final class BreakableWire implements AutoCloseable {
    private static final int CHUNK_BYTES = 8 << 10;
    /** For each chunk of a wire that is slow: eight megabytes take some ten seconds. */
    private static final long SLOW_NANOS = 10_000_000;

    private static final long LOOK_AGAIN_NANOS = 2_000_000;

    private final int target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean held;
    private volatile boolean slow;

    private BreakableWire(int target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
    }

    static BreakableWire to(int port) {
        try {
            BreakableWire wire = new BreakableWire(port, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().start(wire::accept);
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Ends what is connected; what connects later is let through. */
    void cut() {
        sockets.forEach(BreakableWire::end);
    }

    /** Nothing passes until it is released. */
    void hold() {
        held = true;
    }

    void slow() {
        slow = true;
    }

    void release() {
        held = false;
        slow = false;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        release();
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket in = listener.accept();
                sockets.add(in);
                Thread.ofVirtual().start(() -> connect(in));
            } catch (IOException e) {
                // Closed, or a connection that ended before it began.
            }
        }
    }

    private void connect(Socket in) {
        try {
            Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(out);
            in.setTcpNoDelay(true);
            out.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pass(in, out));
            pass(out, in);
        } catch (IOException e) {
            end(in);
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                while (held) {
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                }
                if (slow) {
                    LockSupport.parkNanos(SLOW_NANOS);
                }
                out.write(chunk, 0, read);
            }
        } catch (IOException e) {
            // One end is gone, so the other goes.
        } finally {
            end(from);
            end(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
