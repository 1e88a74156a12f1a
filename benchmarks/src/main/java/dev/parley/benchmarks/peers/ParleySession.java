package dev.parley.benchmarks.peers;

import com.typesafe.config.Config;
import dev.parley.LocalCluster;
import dev.parley.Membership;
import dev.parley.client.ClientSettings;
import dev.parley.client.remote.ClusterClient;
import dev.parley.client.remote.RemoteSettings;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.NativeCrypto;
import java.nio.file.Path;

/** A client that verifies receipts, as all of Parley's do. Each prefers another validator. */
final class ParleySession implements Session {
    private final ClusterClient<byte[], byte[]> client;
    private final Answers answers;

    ParleySession(int number, Path directory, Answers answers) {
        NativeCrypto.install();
        this.answers = answers;
        Config config = ParleyServer.shared(directory);
        Ed25519 scheme = Ed25519.fastest();
        Membership membership = Membership.of(config, scheme);
        client = ClusterClient.<byte[], byte[]>builder()
                .validators(membership.validators())
                .addresses(membership.clientAddresses())
                .domain(membership.domain())
                .codecs(new ParleyServer.Plain(), new ParleyServer.Plain())
                .certificates(membership.codec(LocalCluster.protocol(config), scheme))
                .settings(ClientSettings.of(config), RemoteSettings.of(config))
                .preferring(number % membership.validators().size())
                .connect();
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
    public int poll() {
        return 0;
    }

    @Override
    public void close() {
        client.close();
    }
}
