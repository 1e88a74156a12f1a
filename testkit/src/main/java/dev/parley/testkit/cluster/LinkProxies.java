package dev.parley.testkit.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands between validators' processes, and can hold back or delay what each sends to each: faults on the wire, of which the processes know nothing.
 * Connections to a validator come to its proxy; from which loopback address one comes says whose it is. What is held back goes on when the link
 * is healed, so nothing is lost. Thread-safe.
 */
final class LinkProxies implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;
    /** Chunks of one connection that are under way; then the sender waits, as it would for a slow wire. */
    private static final int MAX_CHUNKS = 64;

    /** From one validator to another. */
    private static final class Link {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition opened = lock.newCondition();
        private boolean cut;
        private long delayNanos;

        void delay(long nanos) {
            lock.lock();
            try {
                delayNanos = nanos;
            } finally {
                lock.unlock();
            }
        }

        void heal() {
            lock.lock();
            try {
                cut = false;
                delayNanos = 0;
                opened.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void cut() {
            lock.lock();
            try {
                cut = true;
            } finally {
                lock.unlock();
            }
        }

        long delayNanos() {
            lock.lock();
            try {
                return delayNanos;
            } finally {
                lock.unlock();
            }
        }

        void awaitOpen() throws InterruptedException {
            lock.lock();
            try {
                while (cut) {
                    opened.await();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Without bytes for the end. */
    @SuppressWarnings("ArrayRecordComponent") // private, never compared
    private record Chunk(byte[] bytes, long dueNanos) {}

    private final int size;
    private final List<Link> links = new ArrayList<>();
    private final List<ServerSocket> listening = new ArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile List<Integer> targets = List.of();

    LinkProxies(int size) throws IOException {
        this.size = size;
        for (int i = 0; i < size * size; i++) {
            links.add(new Link());
        }
        for (int i = 0; i < size; i++) {
            listening.add(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        }
    }

    /** Where each validator is reached, by index. */
    List<Integer> ports() {
        return listening.stream().map(ServerSocket::getLocalPort).toList();
    }

    /** @param ports where each validator listens, by index */
    void forward(List<Integer> ports) {
        targets = List.copyOf(ports);
        for (int i = 0; i < size; i++) {
            int to = i;
            Thread.ofVirtual().name("parley-proxy-" + i).start(() -> accept(to));
        }
    }

    void cut(int from, int to) {
        link(from, to).cut();
    }

    void delay(int from, int to, Duration by) {
        link(from, to).delay(by.toNanos());
    }

    void heal() {
        links.forEach(Link::heal);
    }

    private Link link(int from, int to) {
        return links.get(from * size + to);
    }

    private void accept(int to) {
        try {
            while (true) {
                Socket near = listening.get(to).accept();
                sockets.add(near);
                int from = (near.getInetAddress().getAddress()[3] & 0xFF) - 1;
                if (from < 0 || from >= size) {
                    end(near);
                    continue;
                }
                Thread.ofVirtual().start(() -> connect(near, from, to));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void connect(Socket near, int from, int to) {
        try {
            Socket far = new Socket(InetAddress.getLoopbackAddress(), targets.get(to));
            sockets.add(far);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            pump(near, far, link(from, to));
            pump(far, near, link(to, from));
        } catch (IOException e) {
            end(near);
        }
    }

    private void pump(Socket source, Socket sink, Link link) {
        BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(MAX_CHUNKS);
        Thread.ofVirtual().start(() -> read(source, underWay, link));
        Thread.ofVirtual().start(() -> write(source, sink, underWay, link));
    }

    private static void read(Socket source, BlockingQueue<Chunk> underWay, Link link) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            int count = 0;
            while (count >= 0) {
                try {
                    count = source.getInputStream().read(buffer);
                } catch (IOException e) {
                    count = -1;
                }
                byte[] bytes = Arrays.copyOf(buffer, Math.max(0, count));
                Chunk chunk = new Chunk(bytes, System.nanoTime() + link.delayNanos());
                while (!underWay.offer(chunk, 1, TimeUnit.SECONDS)) {
                    if (source.isClosed()) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Socket source, Socket sink, BlockingQueue<Chunk> underWay, Link link) {
        try {
            for (Chunk chunk = underWay.take(); chunk.bytes().length > 0; chunk = underWay.take()) {
                TimeUnit.NANOSECONDS.sleep(chunk.dueNanos() - System.nanoTime());
                link.awaitOpen();
                sink.getOutputStream().write(chunk.bytes());
            }
        } catch (IOException e) {
            // One of the two has gone: the other one hears of it below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(source);
        end(sink);
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    @Override
    public void close() {
        for (ServerSocket socket : listening) {
            try {
                socket.close();
            } catch (IOException e) {
                // Nobody connects any more.
            }
        }
        heal();
        sockets.forEach(this::end);
    }
}
