package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import dev.parley.storage.MemoryStorage;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a peer gets of the disk. */
class CatchUpServerTest {
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V2 = new ValidatorId(2);

    private final List<String> sent = new ArrayList<>();
    private final ArrayDeque<Runnable> disk = new ArrayDeque<>();
    private final CatchUpServer server = new CatchUpServer(
            manifest -> new SignedSnapshot(manifest, new Signature(new byte[64])),
            blocking(new MemoryStorage(1 << 20)),
            new RecordingLink(),
            disk::add);

    @Test
    void what_a_peer_asks_for_more_than_once_is_dropped_until_the_first_is_answered() {
        server.serve(V1, 1, 64, 1000);
        server.serve(V1, 65, 64, 1000);
        server.serve(V2, 1, 64, 1000);
        assertThat(disk).hasSize(2);
        disk.forEach(Runnable::run);
        assertThat(sent).containsExactly("v1 Entries", "v2 Entries");
        disk.clear();
        server.serve(V1, 65, 64, 1000);
        assertThat(disk).hasSize(1);
    }

    @Test
    void who_waits_for_blocks_is_told_of_snapshots_all_the_same_and_gets_their_block_and_chunks() {
        server.serve(V1, 1, 64, 1000);
        server.serveSnapshots(V1);
        server.serve(V1, 500, 1, 1000);
        server.serveChunk(V1, new SnapshotManifest(500, BlockId.GENESIS, 1, 1 << 20, Digest.ZERO), 0);
        disk.forEach(Runnable::run);
        assertThat(sent).containsExactly("v1 Entries", "v1 Snapshots", "v1 Entries", "v1 Snapshots");
    }

    private static Storage blocking(Storage storage) {
        return (Storage) Proxy.newProxyInstance(
                Storage.class.getClassLoader(),
                new Class<?>[] {Storage.class},
                (proxy, method, arguments) ->
                        method.getName().equals("blocks") ? true : method.invoke(storage, arguments));
    }

    private final class RecordingLink implements Network.Link {
        @Override
        public void send(ValidatorId to, PeerMessage message) {
            sent.add(to + " " + message.getClass().getSimpleName());
        }

        @Override
        public void broadcast(PeerMessage message) {}

        @Override
        public void distrust(ValidatorId peer) {}

        @Override
        public void close() {}
    }
}
