package dev.parley.benchmarks.peers;

import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.Header;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** A client of Aeron Cluster. The time at which a command was sent travels in its first bytes and comes back with the echo. */
final class AeronSession implements Session.Polled, EgressListener {
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** One for all sessions of this process. */
    private static @Nullable MediaDriver driver;

    private final AeronCluster cluster;
    private final Answers answers;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[0]);
    private long keptAliveAt = System.nanoTime();

    AeronSession(List<Integer> ports, Path directory, Answers answers) {
        this.answers = answers;
        cluster = AeronCluster.connect(new AeronCluster.Context()
                .egressListener(this)
                .egressChannel("aeron:udp?endpoint=127.0.0.1:0")
                .ingressChannel("aeron:udp?term-length=1m")
                .ingressEndpoints(AeronServer.ingress(ports))
                .messageTimeoutNs(TimeUnit.SECONDS.toNanos(30))
                .aeronDirectoryName(driver(directory).aeronDirectoryName()));
    }

    private static synchronized MediaDriver driver(Path directory) {
        MediaDriver launched = driver;
        if (launched == null) {
            launched = MediaDriver.launch(new MediaDriver.Context()
                    .aeronDirectoryName(directory.resolve("client-driver").toString())
                    .threadingMode(ThreadingMode.SHARED)
                    .dirDeleteOnStart(true)
                    .termBufferSparseFile(true));
            driver = launched;
        }
        return launched;
    }

    @Override
    public boolean offer(byte[] command, long sentNanos) {
        buffer.wrap(command);
        buffer.putLong(0, sentNanos, ByteOrder.LITTLE_ENDIAN);
        return cluster.offer(buffer, 0, command.length) > 0;
    }

    @Override
    public int poll() {
        int polled = cluster.pollEgress();
        long now = System.nanoTime();
        if (now - keptAliveAt > KEEP_ALIVE_NANOS) {
            cluster.sendKeepAlive();
            keptAliveAt = now;
        }
        return polled;
    }

    @Override
    public void onMessage(long session, long timestamp, DirectBuffer echo, int offset, int length, Header header) {
        answers.answered(echo.getLong(offset, ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public void close() {
        cluster.close();
    }
}
