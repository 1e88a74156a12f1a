package dev.parley.network;

import dev.parley.app.ResultItems;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.DecidedBlockCodec;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.PayloadDecoder;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.log.Command;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import java.util.ArrayList;
import java.util.List;

/**
 * The canonical binary form of {@link PeerMessage}s: a byte for the kind, then its fields. Reading refuses whatever writing would not
 * have given, and never allocates more than a constant times the frame. Thread-safe.
 */
public final class PeerCodec {
    /** No frame may be larger. */
    public static final int MAX_FRAME_BYTES = 32 << 20;

    private static final int CONSENSUS = 1;
    private static final int COMMANDS = 2;
    private static final int STATE_VOTE = 3;
    private static final int STATUS = 4;
    private static final int ENTRIES_REQUEST = 5;
    private static final int ENTRIES = 6;
    private static final int RESULTS_REQUEST = 7;
    private static final int RESULTS = 8;
    private static final int STATE_VOTE_REQUEST = 9;
    private static final int ACCUSATIONS = 10;
    private static final int SNAPSHOTS_REQUEST = 11;
    private static final int SNAPSHOTS = 12;
    private static final int CHUNK_REQUEST = 13;
    private static final int CHUNK = 14;

    private final MessageCodec protocol;
    private final DecidedBlockCodec blocks;

    public PeerCodec(MessageCodec protocol, PayloadDecoder payloads) {
        this.protocol = protocol;
        this.blocks = new DecidedBlockCodec(protocol, payloads);
    }

    public byte[] encode(PeerMessage message) {
        BinaryWriter out = new BinaryWriter(message.approximateBytes());
        switch (message) {
            case PeerMessage.Consensus consensus -> protocol.writeMessage(consensus.message(), out.u8(CONSENSUS));
            case PeerMessage.Commands commands -> {
                out.u8(COMMANDS).i32(commands.commands().size());
                commands.commands().forEach(command -> command.write(out));
            }
            case PeerMessage.Accusations accusations -> {
                out.u8(ACCUSATIONS).i32(accusations.evidence().size());
                accusations.evidence().forEach(evidence -> evidence.write(out));
            }
            case PeerMessage.StateVote vote -> {
                vote.block().write(out.u8(STATE_VOTE).i64(vote.height()));
                vote.root().write(out);
                vote.signature().write(out);
            }
            case PeerMessage.StateVoteRequest request ->
                out.u8(STATE_VOTE_REQUEST).i64(request.height());
            case PeerMessage.Status status -> out.u8(STATUS).i64(status.height());
            case PeerMessage.EntriesRequest request ->
                out.u8(ENTRIES_REQUEST).i64(request.fromHeight()).i32(request.maxBlocks());
            case PeerMessage.Entries entries -> {
                out.u8(ENTRIES).i64(entries.firstHeight()).i32(entries.blocks().size());
                entries.blocks().forEach(block -> blocks.write(block, out));
            }
            case PeerMessage.SnapshotsRequest request -> out.u8(SNAPSHOTS_REQUEST);
            case PeerMessage.Snapshots snapshots -> {
                out.u8(SNAPSHOTS).i32(snapshots.snapshots().size());
                snapshots.snapshots().forEach(snapshot -> snapshot.write(out));
            }
            case PeerMessage.ChunkRequest request -> {
                request.manifest().write(out.u8(CHUNK_REQUEST));
                out.i32(request.index());
            }
            case PeerMessage.Chunk chunk -> {
                chunk.manifest().write(out.u8(CHUNK));
                chunk.chunk().write(out);
            }
            case PeerMessage.ResultsRequest request -> out.u8(RESULTS_REQUEST).i64(request.height());
            case PeerMessage.Results results -> {
                out.u8(RESULTS).i64(results.height());
                results.items().write(out);
            }
        }
        return out.toByteArray();
    }

    /** @throws MalformedException on anything that {@link #encode} does not give */
    public PeerMessage decode(byte[] frame) throws MalformedException {
        if (frame.length > MAX_FRAME_BYTES) {
            throw new MalformedException("a frame of " + frame.length + " bytes is over " + MAX_FRAME_BYTES);
        }
        BinaryReader in = new BinaryReader(frame);
        int kind = in.u8();
        PeerMessage message = switch (kind) {
            case CONSENSUS -> new PeerMessage.Consensus(protocol.readMessage(in));
            case COMMANDS -> new PeerMessage.Commands(readCommands(in));
            case ACCUSATIONS -> new PeerMessage.Accusations(readEvidence(in));
            case STATE_VOTE ->
                new PeerMessage.StateVote(in.nonNegative(), BlockId.read(in), Digest.read(in), Signature.read(in));
            case STATE_VOTE_REQUEST -> new PeerMessage.StateVoteRequest(in.nonNegative());
            case STATUS -> new PeerMessage.Status(in.nonNegative());
            case ENTRIES_REQUEST ->
                new PeerMessage.EntriesRequest(in.nonNegative(), readBounded(in, PeerMessage.MAX_ENTRIES));
            case ENTRIES -> new PeerMessage.Entries(in.nonNegative(), readBlocks(in));
            case SNAPSHOTS_REQUEST -> new PeerMessage.SnapshotsRequest();
            case SNAPSHOTS -> new PeerMessage.Snapshots(readSnapshots(in));
            case CHUNK_REQUEST -> {
                SnapshotManifest manifest = SnapshotManifest.read(in);
                yield new PeerMessage.ChunkRequest(manifest, in.count(manifest.chunks() - 1, 0));
            }
            case CHUNK -> new PeerMessage.Chunk(SnapshotManifest.read(in), SnapshotChunk.read(in));
            case RESULTS_REQUEST -> new PeerMessage.ResultsRequest(in.nonNegative());
            case RESULTS -> new PeerMessage.Results(in.nonNegative(), ResultItems.read(in));
            default -> throw new MalformedException("there is no message of kind " + kind);
        };
        in.end();
        return message;
    }

    private static int readBounded(BinaryReader in, int max) throws MalformedException {
        int value = in.i32();
        if (value < 1 || value > max) {
            throw new MalformedException("a number of 1 to " + max + " is needed, not " + value);
        }
        return value;
    }

    private static List<Command> readCommands(BinaryReader in) throws MalformedException {
        int count = in.count(PeerMessage.MAX_COMMANDS, Command.HEADER_BYTES);
        List<Command> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(Command.read(in));
        }
        return commands;
    }

    private static List<Evidence> readEvidence(BinaryReader in) throws MalformedException {
        int count = in.count(PeerMessage.MAX_ACCUSATIONS, Evidence.MIN_BYTES);
        List<Evidence> evidence = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            evidence.add(Evidence.read(in));
        }
        return evidence;
    }

    private static List<SignedSnapshot> readSnapshots(BinaryReader in) throws MalformedException {
        int count = in.count(PeerMessage.MAX_SNAPSHOTS, SignedSnapshot.MIN_BYTES);
        List<SignedSnapshot> snapshots = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            snapshots.add(SignedSnapshot.read(in));
        }
        return snapshots;
    }

    private List<DecidedBlock> readBlocks(BinaryReader in) throws MalformedException {
        int count = in.count(PeerMessage.MAX_ENTRIES, DecidedBlockCodec.MIN_BYTES);
        List<DecidedBlock> read = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            read.add(blocks.read(in));
        }
        return read;
    }
}
