package dev.parley.tendermint;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.Payload;
import dev.parley.consensus.PayloadDecoder;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Polka;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import dev.parley.tendermint.TendermintRecord.BlockRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The canonical binary form: one byte for the kind, then the components in their order. Thread-safe. */
final class TendermintCodec implements MessageCodec {
    /** More votes are never passed on at once: two rounds, two kinds. */
    static final int MAX_VOTES = 4 * ValidatorSet.MAX_VALIDATORS;

    private static final int PROPOSAL = 1;
    private static final int PART = 2;
    private static final int VOTE = 3;
    private static final int VOTES = 4;
    private static final int SUMMARY = 5;
    private static final int BLOCK_REQUEST = 6;
    private static final int BLOCK_RESPONSE = 7;
    private static final int POLKA = 8;
    private static final int SAFETY = 1;
    private static final int BLOCK = 2;

    /** The path in a tree of {@link Bits#MAX_SIZE} parts. */
    private static final int MAX_PATH = 16;

    private static final int MIN_VOTE_BYTES = 1 + 4 + Digest.BYTES + 4 + 4;

    private final PayloadDecoder payloads;

    TendermintCodec(PayloadDecoder payloads) {
        this.payloads = payloads;
    }

    @Override
    public void writeMessage(ConsensusMessage message, BinaryWriter out) {
        switch ((TendermintMessage) message) {
            case Proposal proposal -> writeProposal(proposal, out.u8(PROPOSAL));
            case Part part -> {
                part.header().write(out.u8(PART));
                out.i32(part.index()).i32(part.path().size());
                part.path().forEach(digest -> digest.write(out));
                out.bytes(part.bytes());
            }
            case Vote vote -> writeVote(vote, out.u8(VOTE).i64(vote.height()));
            case Votes votes -> {
                out.u8(VOTES).i64(votes.height());
                writeVotes(votes.votes(), out);
            }
            case Summary summary -> {
                out.u8(SUMMARY)
                        .i64(summary.height())
                        .i32(summary.round())
                        .bool(summary.proposal())
                        .bool(summary.polka());
                summary.prevotes().write(out);
                summary.precommits().write(out);
            }
            case Polka polka -> polka.prevotes().write(out.u8(POLKA));
            case BlockRequest request -> {
                request.block().write(out.u8(BLOCK_REQUEST).i64(request.height()));
                request.missing().write(out);
            }
            case BlockResponse response -> writeBlock(response.block(), out.u8(BLOCK_RESPONSE));
        }
    }

    @Override
    public ConsensusMessage readMessage(BinaryReader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case PROPOSAL -> readProposal(in);
            case PART -> readPart(in);
            case VOTE -> readVote(in.nonNegative(), in);
            case VOTES -> {
                long height = in.nonNegative();
                yield new Votes(height, readVotes(height, MAX_VOTES, in));
            }
            case SUMMARY ->
                new Summary(in.nonNegative(), Header.readRound(in), in.bool(), in.bool(), Bits.read(in), Bits.read(in));
            case POLKA -> new Polka(VoteCertificate.read(in));
            case BLOCK_REQUEST -> new BlockRequest(in.nonNegative(), BlockId.read(in), Bits.read(in));
            case BLOCK_RESPONSE -> new BlockResponse(readBlock(in));
            default -> throw new MalformedException("no message of Tendermint is of kind " + kind);
        };
    }

    @Override
    public void writeRecord(ConsensusRecord record, BinaryWriter out) {
        switch ((TendermintRecord) record) {
            case SafetyRecord safety -> {
                out.u8(SAFETY).i64(safety.height()).i32(safety.round());
                Proposal proposal = safety.proposal();
                out.bool(proposal != null);
                if (proposal != null) {
                    writeProposal(proposal, out);
                }
                writeOptional(safety.prevote(), out);
                writeOptional(safety.precommit(), out);
                safety.lock().write(out);
                safety.valid().write(out);
                writeOptional(safety.polka(), out);
                writeVotes(safety.earlier(), out);
            }
            case BlockRecord(Block block) -> writeBlock(block, out.u8(BLOCK));
        }
    }

    @Override
    public ConsensusRecord readRecord(BinaryReader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case SAFETY -> {
                long height = in.nonNegative();
                yield new SafetyRecord(
                        height,
                        Header.readRound(in),
                        in.bool() ? readProposal(in) : null,
                        in.bool() ? readVote(height, in) : null,
                        in.bool() ? readVote(height, in) : null,
                        Lock.read(in),
                        Lock.read(in),
                        readOptionalCertificate(in),
                        readVotes(height, SafetyRecord.MAX_EARLIER, in));
            }
            case BLOCK -> new BlockRecord(readBlock(in));
            default -> throw new MalformedException("no record of Tendermint is of kind " + kind);
        };
    }

    @Override
    public void writeCertificate(Certificate certificate, BinaryWriter out) {
        TendermintCertificate ours = (TendermintCertificate) certificate;
        ours.header().write(out);
        ours.commit().write(out);
    }

    @Override
    public Certificate readCertificate(BinaryReader in) throws MalformedException {
        return new TendermintCertificate(Header.read(in), VoteCertificate.read(in));
    }

    private void writeProposal(Proposal proposal, BinaryWriter out) {
        proposal.header().write(out);
        out.i32(proposal.round())
                .i32(proposal.validRound())
                .i32(proposal.proposer().index());
        writeOptional(proposal.polka(), out);
        Payload payload = proposal.payload();
        out.bool(payload != null);
        if (payload != null) {
            payload.write(out);
        }
        proposal.signature().write(out);
    }

    private Proposal readProposal(BinaryReader in) throws MalformedException {
        return new Proposal(
                Header.read(in),
                Header.readRound(in),
                in.i32(),
                ValidatorId.read(in),
                readOptionalCertificate(in),
                in.bool() ? payloads.read(in) : null,
                Signature.read(in));
    }

    private static Part readPart(BinaryReader in) throws MalformedException {
        Header header = Header.read(in);
        int index = in.i32();
        int length = in.count(MAX_PATH, Digest.BYTES);
        List<Digest> path = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            path.add(Digest.read(in));
        }
        return new Part(header, index, path, in.bytes(TendermintSettings.MAX_PART_BYTES));
    }

    /** Without its height, which the message or record around it has. */
    private static void writeVote(Vote vote, BinaryWriter out) {
        out.bool(vote.kind() == VoteKind.PRECOMMIT).i32(vote.round());
        vote.block().write(out);
        out.i32(vote.voter().index());
        vote.signature().write(out);
    }

    private static Vote readVote(long height, BinaryReader in) throws MalformedException {
        return new Vote(
                in.bool() ? VoteKind.PRECOMMIT : VoteKind.PREVOTE,
                height,
                Header.readRound(in),
                BlockId.read(in),
                ValidatorId.read(in),
                Signature.read(in));
    }

    private static void writeVotes(List<Vote> votes, BinaryWriter out) {
        out.i32(votes.size());
        votes.forEach(vote -> writeVote(vote, out));
    }

    private static List<Vote> readVotes(long height, int max, BinaryReader in) throws MalformedException {
        int count = in.count(max, MIN_VOTE_BYTES);
        List<Vote> votes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            votes.add(readVote(height, in));
        }
        return votes;
    }

    private static void writeBlock(Block block, BinaryWriter out) {
        block.header().write(out);
        block.payload().write(out);
    }

    private Block readBlock(BinaryReader in) throws MalformedException {
        return new Block(Header.read(in), payloads.read(in));
    }

    private static void writeOptional(@Nullable Vote vote, BinaryWriter out) {
        out.bool(vote != null);
        if (vote != null) {
            writeVote(vote, out);
        }
    }

    private static void writeOptional(@Nullable VoteCertificate certificate, BinaryWriter out) {
        out.bool(certificate != null);
        if (certificate != null) {
            certificate.write(out);
        }
    }

    private static @Nullable VoteCertificate readOptionalCertificate(BinaryReader in) throws MalformedException {
        return in.bool() ? VoteCertificate.read(in) : null;
    }
}
