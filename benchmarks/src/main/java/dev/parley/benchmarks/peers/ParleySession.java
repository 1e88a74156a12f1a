package dev.parley.benchmarks.peers;

import com.typesafe.config.Config;
import dev.parley.ParleyNode;
import dev.parley.client.remote.ClusterClient;
import dev.parley.crypto.NativeCrypto;
import dev.parley.testkit.cluster.ClusterLayout;
import java.nio.file.Path;

/** A client that verifies receipts, as all of Parley's do. Each prefers another validator. */
final class ParleySession implements Session {
    private final ClusterClient<byte[], byte[]> client;
    private final Answers answers;

    ParleySession(int number, Path directory, Answers answers) {
        NativeCrypto.install();
        this.answers = answers;
        Config config = ClusterLayout.shared(directory);
        int validators = config.getConfigList("parley.validators").size();
        client = ParleyNode.client(config, new ParleyServer.Plain(), new ParleyServer.Plain(), number % validators);
    }

    @Override
    public boolean offer(byte[] command, long sentNanos) {
        var unused = client.submit(command).whenComplete((receipt, failure) -> {
            if (failure == null) {
                answers.answered(sentNanos);
            } else {
                answers.failed(failure);
            }
        });
        return true;
    }

    @Override
    public void close() {
        client.close();
    }
}
