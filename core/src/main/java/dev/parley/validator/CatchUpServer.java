package dev.parley.validator;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers peers that catch up, from what is durable. Where the storage blocks it does so off the caller's thread, and while a request is
 * being answered, more of its kind by the same peer get nothing: who asks much gets no more of the disk. Used by one thread.
 */
final class CatchUpServer {
    private record Request(ValidatorId peer, Awaited.Kind kind) {}

    private final Function<SnapshotManifest, SignedSnapshot> sign;
    private final Storage storage;
    private final Network.Link link;
    private final Executor disk;
    /** What is being answered. */
    private final Set<Request> open = ConcurrentHashMap.newKeySet();

    /** The latest answer to who asked for snapshots: what is signed once need not be signed again. */
    private volatile PeerMessage.Snapshots offer = new PeerMessage.Snapshots(List.of());

    /**
     * @param sign says that this validator has a snapshot; safe to be called by any thread
     * @param disk runs what waits for the storage
     */
    CatchUpServer(Function<SnapshotManifest, SignedSnapshot> sign, Storage storage, Network.Link link, Executor disk) {
        this.sign = sign;
        this.storage = storage;
        this.link = link;
        this.disk = disk;
    }

    /** @param maxBlocks one may be that of a snapshot, which a peer asks for while it waits for others */
    void serve(ValidatorId to, long fromHeight, int maxBlocks, long maxBytes) {
        answer(to, maxBlocks == 1 ? Awaited.Kind.SNAPSHOT_BLOCK : Awaited.Kind.BLOCKS, () -> {
            List<DecidedBlock> blocks = storage.read(fromHeight, maxBlocks, maxBytes);
            return new PeerMessage.Entries(storage.firstHeight(), blocks);
        });
    }

    void serveSnapshots(ValidatorId to) {
        answer(to, Awaited.Kind.SNAPSHOTS, this::snapshots);
    }

    void serveChunk(ValidatorId to, SnapshotManifest manifest, int index) {
        answer(to, Awaited.Kind.CHUNK, () -> {
            SnapshotChunk chunk = storage.chunk(manifest, index);
            return chunk == null ? snapshots() : new PeerMessage.Chunk(manifest, chunk);
        });
    }

    private PeerMessage snapshots() {
        List<SnapshotManifest> manifests = storage.snapshots();
        PeerMessage.Snapshots known = offer;
        if (!manifests.equals(
                known.snapshots().stream().map(SignedSnapshot::manifest).toList())) {
            known = new PeerMessage.Snapshots(manifests.stream().map(sign).toList());
            offer = known;
        }
        return known;
    }

    private void answer(ValidatorId to, Awaited.Kind kind, Supplier<PeerMessage> reply) {
        Request request = new Request(to, kind);
        if (!storage.blocks()) {
            link.send(to, reply.get());
        } else if (open.add(request)) {
            disk.execute(() -> {
                PeerMessage message;
                try {
                    message = reply.get();
                } finally {
                    // Before it is sent: the peer's next request may be here at once.
                    open.remove(request);
                }
                link.send(to, message);
            });
        }
    }
}
