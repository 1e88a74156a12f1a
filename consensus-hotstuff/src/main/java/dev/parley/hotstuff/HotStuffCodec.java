package dev.parley.hotstuff;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.PayloadDecoder;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.BlockRequest;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import dev.parley.hotstuff.HotStuffRecord.BlockRecord;
import dev.parley.hotstuff.HotStuffRecord.TimeoutRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The canonical binary form: one byte for the kind, then the components in their order. Thread-safe. */
final class HotStuffCodec implements MessageCodec {
    private static final int PROPOSAL = 1;
    private static final int VOTE = 2;
    private static final int TIMEOUT = 3;
    private static final int ADVANCE = 4;
    private static final int BLOCK_REQUEST = 5;
    private static final int BLOCK_RESPONSE = 6;
    private static final int SAFETY = 1;
    private static final int BLOCK = 2;
    private static final int TIMEOUT_SENT = 3;

    private final PayloadDecoder payloads;

    HotStuffCodec(PayloadDecoder payloads) {
        this.payloads = payloads;
    }

    @Override
    public void writeMessage(ConsensusMessage message, BinaryWriter out) {
        switch ((HotStuffMessage) message) {
            case Proposal(Block block, TC entry, Signature signature) -> {
                out.u8(PROPOSAL);
                block.write(out);
                writeOptional(entry, out);
                signature.write(out);
            }
            case Vote vote -> {
                out.u8(VOTE).i64(vote.view());
                vote.block().write(out);
                out.i32(vote.voter().index());
                vote.signature().write(out);
            }
            case Timeout timeout -> writeTimeout(timeout, out.u8(TIMEOUT));
            case Advance(QC highQc, TC entry) -> {
                highQc.write(out.u8(ADVANCE));
                writeOptional(entry, out);
            }
            case BlockRequest(BlockId block, int maxBlocks) -> {
                block.write(out.u8(BLOCK_REQUEST));
                out.i32(maxBlocks);
            }
            case BlockResponse(BlockId requested, List<Block> blocks) -> {
                requested.write(out.u8(BLOCK_RESPONSE));
                out.i32(blocks.size());
                blocks.forEach(block -> block.write(out));
            }
        }
    }

    @Override
    public ConsensusMessage readMessage(BinaryReader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case PROPOSAL -> new Proposal(Block.read(in, payloads), readOptional(in), Signature.read(in));
            case VOTE -> new Vote(in.nonNegative(), BlockId.read(in), ValidatorId.read(in), Signature.read(in));
            case TIMEOUT -> readTimeout(in);
            case ADVANCE -> new Advance(QC.read(in), readOptional(in));
            case BLOCK_REQUEST -> new BlockRequest(BlockId.read(in), in.i32());
            case BLOCK_RESPONSE -> readResponse(in);
            default -> throw new MalformedException("no message of HotStuff is of kind " + kind);
        };
    }

    @Override
    public void writeRecord(ConsensusRecord record, BinaryWriter out) {
        switch ((HotStuffRecord) record) {
            case SafetyRecord safety -> {
                safety.lastVotedBlock().write(out.u8(SAFETY).i64(safety.lastVotedView()));
                out.i64(safety.lastTimeoutView()).i64(safety.lastProposedView());
                safety.locked().write(out);
                safety.highQc().write(out);
                writeOptional(safety.entry(), out);
            }
            case BlockRecord(Block block) -> block.write(out.u8(BLOCK));
            case TimeoutRecord(Timeout timeout) -> writeTimeout(timeout, out.u8(TIMEOUT_SENT));
        }
    }

    @Override
    public ConsensusRecord readRecord(BinaryReader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case SAFETY ->
                new SafetyRecord(
                        in.nonNegative(),
                        BlockId.read(in),
                        in.nonNegative(),
                        in.nonNegative(),
                        QC.read(in),
                        QC.read(in),
                        readOptional(in));
            case BLOCK -> new BlockRecord(Block.read(in, payloads));
            case TIMEOUT_SENT -> new TimeoutRecord(readTimeout(in));
            default -> throw new MalformedException("no record of HotStuff is of kind " + kind);
        };
    }

    @Override
    public void writeCertificate(Certificate certificate, BinaryWriter out) {
        HotStuffCertificate ours = (HotStuffCertificate) certificate;
        ours.header().write(out);
        out.i32(ours.descendants().size());
        ours.descendants().forEach(header -> header.write(out));
        ours.qc().write(out);
    }

    @Override
    public Certificate readCertificate(BinaryReader in) throws MalformedException {
        Header header = Header.read(in);
        int count = in.count(HotStuffCertificate.MAX_DESCENDANTS, Header.MIN_BYTES);
        List<Header> descendants = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            descendants.add(Header.read(in));
        }
        return new HotStuffCertificate(header, descendants, QC.read(in));
    }

    private BlockResponse readResponse(BinaryReader in) throws MalformedException {
        BlockId requested = BlockId.read(in);
        int count = in.count(HotStuffMessage.MAX_BLOCKS, Block.MIN_BYTES);
        List<Block> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            blocks.add(Block.read(in, payloads));
        }
        return new BlockResponse(requested, blocks);
    }

    private static void writeTimeout(Timeout timeout, BinaryWriter out) {
        timeout.highQc().write(out.i64(timeout.view()));
        writeOptional(timeout.entry(), out);
        out.i32(timeout.voter().index());
        timeout.signature().write(out);
    }

    private static Timeout readTimeout(BinaryReader in) throws MalformedException {
        return new Timeout(in.nonNegative(), QC.read(in), readOptional(in), ValidatorId.read(in), Signature.read(in));
    }

    private static void writeOptional(@Nullable TC tc, BinaryWriter out) {
        out.bool(tc != null);
        if (tc != null) {
            tc.write(out);
        }
    }

    private static @Nullable TC readOptional(BinaryReader in) throws MalformedException {
        return in.bool() ? TC.read(in) : null;
    }
}
