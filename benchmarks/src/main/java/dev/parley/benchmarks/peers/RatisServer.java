package dev.parley.benchmarks.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;

/** A server of Ratis with its default transport and settings; its log is synced before it answers, which is its default. */
final class RatisServer {
    private RatisServer() {}

    private static final class Echo extends BaseStateMachine {
        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
            LogEntryProto entry = transaction.getLogEntry();
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            return CompletableFuture.completedFuture(
                    Message.valueOf(entry.getStateMachineLogEntry().getLogData()));
        }
    }

    static AutoCloseable start(int index, Path directory, List<Integer> ports) throws IOException {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(directory.resolve(Integer.toString(index)).toFile()));
        GrpcConfigKeys.Server.setPort(properties, ports.get(index * Contender.PORTS_EACH));
        RaftServer server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf("n" + index))
                .setProperties(properties)
                .setGroup(group(ports))
                .setStateMachine(new Echo())
                .build();
        server.start();
        return server;
    }

    static RaftGroup group(List<Integer> ports) {
        return RaftGroup.valueOf(
                RaftGroupId.valueOf(UUID.nameUUIDFromBytes("peers".getBytes(StandardCharsets.US_ASCII))),
                IntStream.range(0, ports.size() / Contender.PORTS_EACH)
                        .mapToObj(i -> RaftPeer.newBuilder()
                                .setId("n" + i)
                                .setAddress("127.0.0.1:" + ports.get(i * Contender.PORTS_EACH))
                                .build())
                        .toList());
    }
}
