package dev.parley.benchmarks.peers;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ClusteredMediaDriver;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.codecs.CloseReason;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.Header;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/** A node of Aeron Cluster: driver, archive, consensus module and service, whose threads are shared and back off when idle. */
final class AeronServer {
    /** Files are synced for each batch, metadata not. */
    private static final int SYNC_DATA = 1;

    private AeronServer() {}

    private static final class Echo implements ClusteredService {
        private @Nullable IdleStrategy idle;

        @Override
        public void onStart(Cluster cluster, @Nullable Image snapshot) {
            idle = cluster.idleStrategy();
        }

        @Override
        public void onSessionMessage(
                @Nullable ClientSession session,
                long timestamp,
                DirectBuffer buffer,
                int offset,
                int length,
                Header header) {
            if (session != null) {
                while (session.offer(buffer, offset, length) < 0) {
                    if (session.isClosing() || idle == null) {
                        return;
                    }
                    idle.idle();
                }
            }
        }

        @Override
        public void onSessionOpen(ClientSession session, long timestamp) {}

        @Override
        public void onSessionClose(ClientSession session, long timestamp, CloseReason reason) {}

        @Override
        public void onTimerEvent(long correlation, long timestamp) {}

        @Override
        public void onTakeSnapshot(ExclusivePublication snapshot) {}

        @Override
        public void onRoleChange(Cluster.Role role) {}

        @Override
        public void onTerminate(Cluster cluster) {}
    }

    static AutoCloseable start(int index, Path directory, List<Integer> ports) {
        Path own = directory.resolve(Integer.toString(index));
        String driver = own.resolve("driver").toString();
        AeronArchive.Context archiveClient = new AeronArchive.Context()
                .aeronDirectoryName(driver)
                .controlRequestChannel("aeron:ipc?term-length=64k")
                .controlResponseChannel("aeron:ipc?term-length=64k");
        ClusteredMediaDriver node = ClusteredMediaDriver.launch(
                new MediaDriver.Context()
                        .aeronDirectoryName(driver)
                        .threadingMode(ThreadingMode.SHARED)
                        .dirDeleteOnStart(true)
                        .termBufferSparseFile(true),
                new Archive.Context()
                        .aeronDirectoryName(driver)
                        .archiveDir(own.resolve("archive").toFile())
                        .controlChannel(endpoint(ports, index, 4))
                        .localControlChannel("aeron:ipc?term-length=64k")
                        .replicationChannel("aeron:udp?endpoint=127.0.0.1:0")
                        .recordingEventsEnabled(false)
                        .threadingMode(ArchiveThreadingMode.SHARED)
                        .fileSyncLevel(SYNC_DATA)
                        .catalogFileSyncLevel(SYNC_DATA),
                new ConsensusModule.Context()
                        .aeronDirectoryName(driver)
                        .clusterDir(own.resolve("cluster").toFile())
                        .clusterMemberId(index)
                        .clusterMembers(members(ports))
                        .ingressChannel("aeron:udp?term-length=1m")
                        .logChannel("aeron:udp?term-length=1m")
                        .replicationChannel("aeron:udp?endpoint=127.0.0.1:0")
                        .fileSyncLevel(SYNC_DATA)
                        .archiveContext(archiveClient.clone()));
        ClusteredServiceContainer service = ClusteredServiceContainer.launch(new ClusteredServiceContainer.Context()
                .aeronDirectoryName(driver)
                .clusterDir(own.resolve("cluster").toFile())
                .archiveContext(archiveClient.clone())
                .clusteredService(new Echo()));
        return () -> {
            service.close();
            node.close();
        };
    }

    /** {@code 0,ingress,consensus,log,catch-up,archive|1,…} */
    private static String members(List<Integer> ports) {
        return IntStream.range(0, ports.size() / Contender.PORTS_EACH)
                .mapToObj(i -> i + ","
                        + IntStream.range(0, 5)
                                .mapToObj(j -> "127.0.0.1:" + ports.get(i * Contender.PORTS_EACH + j))
                                .collect(Collectors.joining(",")))
                .collect(Collectors.joining("|"));
    }

    /** {@code 0=host:port,1=…} */
    static String ingress(List<Integer> ports) {
        return IntStream.range(0, ports.size() / Contender.PORTS_EACH)
                .mapToObj(i -> i + "=127.0.0.1:" + ports.get(i * Contender.PORTS_EACH))
                .collect(Collectors.joining(","));
    }

    private static String endpoint(List<Integer> ports, int index, int which) {
        return "aeron:udp?endpoint=127.0.0.1:" + ports.get(index * Contender.PORTS_EACH + which);
    }
}
