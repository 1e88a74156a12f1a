package dev.parley.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** An asynchronous client of Ratis. */
final class RatisSession implements Session {
    private static final int MAX_OUTSTANDING = 8000;

    private final RaftClient client;
    private final Answers answers;

    RatisSession(List<Integer> ports, Answers answers) {
        this.answers = answers;
        RaftProperties properties = new RaftProperties();
        RaftClientConfigKeys.Async.setOutstandingRequestsMax(properties, MAX_OUTSTANDING);
        client = RaftClient.newBuilder()
                .setProperties(properties)
                .setRaftGroup(RatisServer.group(ports))
                .build();
    }

    @Override
    public boolean offer(byte[] command, long sentNanos) {
        var unused = client.async()
                .send(Message.valueOf(ByteString.copyFrom(command)))
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        answers.failed(failure);
                    } else if (!reply.isSuccess()) {
                        answers.failed(reply.getException());
                    } else {
                        answers.answered(sentNanos);
                    }
                });
        return true;
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
