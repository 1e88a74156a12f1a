package dev.parley.validator;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SignedSnapshot;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What can be said of a peer's message by the message alone, and by what was asked for. Thread-safe. */
final class PeerVerifier implements PeerGate.Verifier {
    private final ConsensusProtocol protocol;
    private final ConsensusSetup setup;
    private final MessageVerifier consensusVerifier;
    private final Predicate<Evidence> proven;
    private final Predicate<Command> authentic;
    private final Awaited awaited;

    PeerVerifier(
            ConsensusProtocol protocol,
            ConsensusSetup setup,
            Predicate<Evidence> proven,
            Predicate<Command> authentic,
            Awaited awaited) {
        this.protocol = protocol;
        this.setup = setup;
        this.consensusVerifier = protocol.createVerifier(setup);
        this.proven = proven;
        this.authentic = authentic;
        this.awaited = awaited;
    }

    @Override
    public @Nullable Refusal verify(ValidatorId from, PeerMessage message) {
        return switch (message) {
            case PeerMessage.Consensus consensus -> {
                Refusal refusal = consensusVerifier.verify(from, consensus.message());
                if (refusal == null && consensus.message().payload() instanceof CommandBatch batch) {
                    // Looked up when the pool checks the block: the pool is one thread, and this is the peer's own
                    // time.
                    var unused = batch.commands().stream().allMatch(authentic);
                }
                yield refusal;
            }
            case PeerMessage.Entries entries -> verifyEntries(from, entries);
            case PeerMessage.Snapshots snapshots -> verifySnapshots(from, snapshots);
            case PeerMessage.Chunk chunk -> verifyChunk(from, chunk);
            case PeerMessage.EntriesRequest request ->
                request.fromHeight() < 1 || request.maxBlocks() < 1
                        ? new Refusal(
                                from, Reason.MALFORMED, "a request for blocks from height " + request.fromHeight())
                        : null;
            case PeerMessage.Accusations accusations -> verifyAccusations(from, accusations);
            case PeerMessage.Commands commands -> verifyCommands(from, commands);
            case PeerMessage.StateVote v -> null;
            case PeerMessage.StateVoteRequest v -> null;
            case PeerMessage.Status s -> null;
            case PeerMessage.SnapshotsRequest r -> null;
            case PeerMessage.ChunkRequest r -> null;
            case PeerMessage.ResultsRequest r -> null;
            case PeerMessage.Results r -> null;
        };
    }

    private @Nullable Refusal verifyAccusations(ValidatorId from, PeerMessage.Accusations accusations) {
        for (Evidence evidence : accusations.evidence()) {
            if (!proven.test(evidence)) {
                return new Refusal(from, Reason.BAD_EVIDENCE, "it proves nothing against " + evidence.culprit());
            }
        }
        return null;
    }

    /** A correct peer passes on what it has verified itself. */
    private @Nullable Refusal verifyCommands(ValidatorId from, PeerMessage.Commands commands) {
        for (Command command : commands.commands()) {
            if (!authentic.test(command)) {
                return new Refusal(from, Reason.BAD_SIGNATURE, "command " + command.id() + " is not its client's");
            }
        }
        return null;
    }

    /** Certificates are costly to verify: nobody makes us do it unasked. */
    private @Nullable Refusal verifyEntries(ValidatorId from, PeerMessage.Entries entries) {
        if (!awaited.awaits(from, Awaited.Kind.BLOCKS) && !awaited.awaits(from, Awaited.Kind.SNAPSHOT_BLOCK)) {
            return new Refusal(from, Reason.UNREQUESTED, "blocks that nobody asked for");
        }
        for (DecidedBlock block : entries.blocks()) {
            String wrong = protocol.refuteDecision(setup, block);
            if (wrong != null) {
                return new Refusal(from, Reason.BAD_CERTIFICATE, "block " + block.height() + ": " + wrong);
            }
        }
        return null;
    }

    /** Each peer speaks for itself alone: so many signatures, so many peers. */
    private @Nullable Refusal verifySnapshots(ValidatorId from, PeerMessage.Snapshots snapshots) {
        if (!awaited.awaits(from, Awaited.Kind.SNAPSHOTS) && !awaited.awaits(from, Awaited.Kind.CHUNK)) {
            return new Refusal(from, Reason.UNREQUESTED, "snapshots that nobody asked for");
        }
        for (SignedSnapshot snapshot : snapshots.snapshots()) {
            if (!snapshot.isSignedBy(setup.validators().key(from), setup.scheme(), setup.domain())) {
                return new Refusal(
                        from,
                        Reason.BAD_SIGNATURE,
                        "the snapshot of height " + snapshot.manifest().height());
            }
        }
        return null;
    }

    private @Nullable Refusal verifyChunk(ValidatorId from, PeerMessage.Chunk chunk) {
        if (!awaited.awaits(from, Awaited.Kind.CHUNK)) {
            return new Refusal(from, Reason.UNREQUESTED, "a chunk that nobody asked for");
        }
        return chunk.manifest().proves(chunk.chunk())
                ? null
                : new Refusal(
                        from,
                        Reason.BAD_SNAPSHOT,
                        chunk.chunk() + " is not of the snapshot of height "
                                + chunk.manifest().height());
    }
}
