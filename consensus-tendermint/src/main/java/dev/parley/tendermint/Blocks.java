package dev.parley.tendermint;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Outbox;
import dev.parley.consensus.Payload;
import dev.parley.consensus.PayloadDecoder;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintRecord.BlockRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The blocks of the present height that proposals or votes name: whole, or as far as their parts have come. */
final class Blocks {
    private final PayloadDecoder payloads;
    private final int partBytes;
    private final boolean recorded;
    private final Outbox outbox;
    private final Map<BlockId, Candidate> candidates = new LinkedHashMap<>();

    /** @param recorded whether blocks are kept on the disk when that is asked for */
    Blocks(PayloadDecoder payloads, int partBytes, boolean recorded, Outbox outbox) {
        this.payloads = payloads;
        this.partBytes = partBytes;
        this.recorded = recorded;
        this.outbox = outbox;
    }

    /** The candidate with that header, from now on if not before. */
    Candidate candidate(Header header) {
        return candidates.computeIfAbsent(header.id(), id -> new Candidate(header, partBytes));
    }

    @Nullable Candidate get(BlockId id) {
        return candidates.get(id);
    }

    /** The whole block, null if it is not here. */
    @Nullable Block block(@Nullable BlockId id) {
        Candidate candidate = id == null ? null : candidates.get(id);
        return candidate == null ? null : candidate.block;
    }

    /** Whether a block is named that is not here and may still come. */
    boolean isMissing(@Nullable BlockId id) {
        if (id == null) {
            return false;
        }
        Candidate candidate = candidates.get(id);
        return candidate == null || (candidate.block == null && !candidate.isBroken());
    }

    int size() {
        return candidates.size();
    }

    /** Takes a part of a candidate. Parts that together make no payload show that the block's maker is faulty: nobody can have it. */
    void add(Candidate candidate, Part part) {
        if (candidate.block != null || candidate.isBroken()) {
            return;
        }
        candidate.parts.add(part);
        if (candidate.parts.isComplete()) {
            try {
                candidate.complete(candidate.parts.payload(payloads));
            } catch (MalformedException e) {
                candidate.check = Candidate.Check.REFUSED;
                outbox.refuse(
                        candidate.header.proposer(), Reason.BAD_PAYLOAD, candidate.header + ": " + e.getMessage());
            }
        }
    }

    /** The proposal as it is sent: with its payload if that is one part; null if the block is not here. */
    @Nullable Proposal whole(Proposal proposal) {
        Block block = block(proposal.block());
        if (block == null) {
            return null;
        }
        boolean inParts = Parts.count(block.header().payloadBytes(), partBytes) > 1;
        Payload payload = inParts ? null : block.payload();
        return new Proposal(
                proposal.header(),
                proposal.round(),
                proposal.validRound(),
                proposal.proposer(),
                proposal.polka(),
                payload,
                proposal.signature());
    }

    /** A block, in parts; null if its payload travels whole. */
    Parts.@Nullable Cut cut(Block block) {
        if (Parts.count(block.header().payloadBytes(), partBytes) == 1) {
            return null;
        }
        Candidate candidate = candidates.get(block.id());
        return candidate == null ? new Parts.Cut(block.payload(), partBytes) : candidate.cut(block, partBytes);
    }

    /** Makes a block whose payload nobody has yet. */
    Block make(long height, BlockId parent, ValidatorId proposer, int round, Payload payload) {
        Parts.Cut cut = payload.sizeBytes() <= partBytes ? null : new Parts.Cut(payload, partBytes);
        Digest commitment = cut == null ? payload.digest() : cut.root();
        Header header = new Header(height, parent, proposer, round, commitment, payload.sizeBytes());
        Candidate candidate = candidate(header);
        candidate.complete(payload);
        candidate.cut = cut;
        return new Block(header, payload);
    }

    /** Has the block on the disk before what follows is sent: if all restart at once, nobody else has it. */
    void record(Block block) {
        Candidate candidate = candidate(block.header());
        if (recorded && !candidate.recorded) {
            candidate.recorded = true;
            outbox.add(new Effect.Persist(TendermintRecord.blockKey(block.id()), new BlockRecord(block)));
        }
    }

    /** Takes back a recorded block. */
    void restore(Block block) {
        Candidate candidate = candidate(block.header());
        candidate.complete(block.payload());
        candidate.recorded = true;
    }

    /** Forgets all others. */
    void retain(Predicate<BlockId> needed) {
        candidates.values().removeIf(candidate -> {
            BlockId id = candidate.header.id();
            if (needed.test(id)) {
                return false;
            }
            if (candidate.recorded) {
                outbox.add(new Effect.Forget(TendermintRecord.blockKey(id)));
            }
            return true;
        });
    }
}
