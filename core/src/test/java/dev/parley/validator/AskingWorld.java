package dev.parley.validator;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Computation;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Sample;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hears what is asked of peers, in words, and what comes of it. */
final class AskingWorld implements World {
    final List<String> asked = new ArrayList<>();
    final List<Observation> observed = new ArrayList<>();
    /** The last delay of each. */
    final Map<TimerId, Duration> timers = new HashMap<>();

    byte @Nullable [] installed;

    /** What was asked since the last time. */
    List<String> take() {
        List<String> taken = List.copyOf(asked);
        asked.clear();
        return taken;
    }

    @Override
    public void send(ValidatorId to, PeerMessage message) {
        asked.add(to + " "
                + switch (message) {
                    case PeerMessage.EntriesRequest(long from, int blocks) -> from + "-" + (from + blocks - 1);
                    case PeerMessage.ChunkRequest(SnapshotManifest manifest, int index) ->
                        "chunk " + index + " of " + manifest.height();
                    default -> message.toString();
                });
    }

    @Override
    public void broadcast(PeerMessage message) {
        asked.add("all " + message.getClass().getSimpleName());
    }

    @Override
    public void startTimer(TimerId timer, Duration delay) {
        timers.put(timer, delay);
    }

    @Override
    public void cancelTimer(TimerId timer) {}

    @Override
    public void write(long number, List<Storage.Write> batch) {}

    @Override
    public void serve(ValidatorId to, long fromHeight, int maxBlocks, long maxBytes) {}

    @Override
    public void serveSnapshots(ValidatorId to) {}

    @Override
    public void serveChunk(ValidatorId to, SnapshotManifest manifest, int index) {}

    @Override
    public void install(SnapshotManifest manifest, byte[] content, DecidedBlock block) {
        installed = content;
    }

    @Override
    public void requestPayload(long ticket, BlockId parent, boolean evenIfEmpty, @Nullable Sample sample) {}

    @Override
    public void checkPayload(BlockId block, BlockId parent, Payload payload, boolean certified) {}

    @Override
    public void compute(long ticket, Computation work) {}

    @Override
    public void ordered(DecidedBlock block) {}

    @Override
    public void decided(DecidedBlock block) {}

    @Override
    public void accuse(Evidence evidence) {}

    @Override
    public void observe(Observation observation) {
        observed.add(observation);
    }
}
