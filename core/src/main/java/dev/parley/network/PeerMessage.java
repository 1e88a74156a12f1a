package dev.parley.network;

import dev.parley.app.ResultItems;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Topic;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.log.Command;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one validator's shell sends another's. Immutable. */
public sealed interface PeerMessage {
    /** The most decided blocks in one {@link Entries}. */
    int MAX_ENTRIES = 64;

    /** The most commands in one {@link Commands}. */
    int MAX_COMMANDS = 4096;

    /** The most pieces of evidence in one {@link Accusations}. */
    int MAX_ACCUSATIONS = 16;

    /** The most snapshots in one {@link Snapshots}. */
    int MAX_SNAPSHOTS = Storage.MAX_SNAPSHOTS;

    /** About how many bytes the message holds in memory, for the bounds on queues. */
    default int approximateBytes() {
        return 128;
    }

    /** What it is about, if only the newest messages about that are worth sending; null for whatever a peer must get. */
    default @Nullable Topic topic() {
        return null;
    }

    /** For the consensus core, opaque to everybody else. */
    record Consensus(ConsensusMessage message) implements PeerMessage {
        @Override
        public int approximateBytes() {
            return message.approximateBytes();
        }

        @Override
        public @Nullable Topic topic() {
            return message.topic();
        }
    }

    /** Commands that clients gave the sender: each validator holds them, so that any leader can propose them. */
    record Commands(List<Command> commands) implements PeerMessage {
        private static final Topic RECENT = new Topic(Commands.class, 256);

        public Commands {
            commands = List.copyOf(commands);
        }

        /** Those that wait long are told again, and most are in a block by then. */
        @Override
        public Topic topic() {
            return RECENT;
        }

        @Override
        public int approximateBytes() {
            int bytes = 64;
            for (Command command : commands) {
                bytes += command.sizeBytes();
            }
            return bytes;
        }
    }

    /** Evidence that no decided block holds yet: each validator holds it, so that any leader can propose it. */
    record Accusations(List<Evidence> evidence) implements PeerMessage {
        public Accusations {
            evidence = List.copyOf(evidence);
        }

        @Override
        public int approximateBytes() {
            int bytes = 64;
            for (Evidence piece : evidence) {
                bytes += 128 + piece.sizeBytes();
            }
            return bytes;
        }
    }

    /** The sender's signed word on the state after a block. */
    record StateVote(long height, BlockId block, Digest root, Signature signature) implements PeerMessage {}

    /** Asks for the receiver's {@link StateVote} on a height: the first one was lost. */
    record StateVoteRequest(long height) implements PeerMessage {}

    /** The sender has decided up to this height; a peer that has more says so in return. */
    record Status(long height) implements PeerMessage {
        @Override
        public Topic topic() {
            return Topic.newest(Status.class);
        }
    }

    /** Asks for decided blocks from a height on. */
    record EntriesRequest(long fromHeight, int maxBlocks) implements PeerMessage {}

    /**
     * Decided blocks in order of height, with their certificates; perhaps fewer than asked for, perhaps none.
     *
     * @param firstHeight the lowest that the sender still has
     */
    record Entries(long firstHeight, List<DecidedBlock> blocks) implements PeerMessage {
        public Entries {
            blocks = List.copyOf(blocks);
        }

        @Override
        public int approximateBytes() {
            int bytes = 64;
            for (DecidedBlock block : blocks) {
                bytes += 1024 + block.payload().sizeBytes();
            }
            return bytes;
        }
    }

    /** Asks which snapshots the receiver has. */
    record SnapshotsRequest() implements PeerMessage {
        @Override
        public Topic topic() {
            return Topic.newest(SnapshotsRequest.class);
        }
    }

    /** The snapshots that the sender has, by its own signatures. */
    record Snapshots(List<SignedSnapshot> snapshots) implements PeerMessage {
        public Snapshots {
            snapshots = List.copyOf(snapshots);
        }

        @Override
        public int approximateBytes() {
            return 64 + 256 * snapshots.size();
        }
    }

    /** Asks for a chunk of a snapshot; who does not have it (any more) answers with {@link Snapshots}. */
    record ChunkRequest(SnapshotManifest manifest, int index) implements PeerMessage {}

    /** A chunk of a snapshot. */
    record Chunk(SnapshotManifest manifest, SnapshotChunk chunk) implements PeerMessage {
        @Override
        public int approximateBytes() {
            return 192 + chunk.sizeBytes();
        }
    }

    /** Asks for the result items of a block, to find the command on which two validators differ. */
    record ResultsRequest(long height) implements PeerMessage {}

    /** The result items of a block; believed only where their root is certified. */
    record Results(long height, ResultItems items) implements PeerMessage {
        @Override
        public int approximateBytes() {
            return 64 + 80 * items.count();
        }
    }
}
