package dev.parley.honeybadger;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Signature;
import dev.parley.honeybadger.HoneyBadgerCertificate.Share;
import dev.parley.honeybadger.HoneyBadgerMessage.Agreeing;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.HoneyBadgerMessage.Vote;
import dev.parley.honeybadger.HoneyBadgerRecord.Said;
import dev.parley.honeybadger.broadcast.BroadcastCodec;
import dev.parley.honeybadger.broadcast.ReliableBroadcast;
import dev.parley.honeybadger.subset.SubsetMessage;
import java.util.ArrayList;
import java.util.List;

/** The canonical binary form: one byte for the kind, then the components in their order. Thread-safe. */
final class HoneyBadgerCodec implements MessageCodec {
    private static final int BROADCASTING = 1;
    private static final int AGREEING = 2;
    private static final int DECRYPTING = 3;
    private static final int VOTE = 4;
    private static final int JOINING = 5;
    private static final int SAID = 1;
    private static final int MIN_SHARE_BYTES = 4 + 4;

    private final int maxShardBytes;

    HoneyBadgerCodec(int validators, int maxProposalBytes) {
        this.maxShardBytes = ReliableBroadcast.maxShardBytes(validators, maxProposalBytes);
    }

    @Override
    public void writeMessage(ConsensusMessage message, BinaryWriter out) {
        switch ((HoneyBadgerMessage) message) {
            case Broadcasting(long epoch, ValidatorId proposer, var step) -> {
                out.u8(BROADCASTING).i64(epoch).i32(proposer.index());
                BroadcastCodec.write(step, out);
            }
            case Agreeing(long epoch, var step) -> step.write(out.u8(AGREEING).i64(epoch));
            case Decrypting share ->
                out.u8(DECRYPTING)
                        .i64(share.epoch())
                        .i32(share.proposer().index())
                        .bytes(share.share());
            case Vote(long epoch, BlockId block, Signature signature) -> {
                block.write(out.u8(VOTE).i64(epoch));
                signature.write(out);
            }
            case Joining(long epoch, boolean begun) ->
                out.u8(JOINING).i64(epoch).bool(begun);
        }
    }

    @Override
    public HoneyBadgerMessage readMessage(BinaryReader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case BROADCASTING ->
                new Broadcasting(in.nonNegative(), ValidatorId.read(in), BroadcastCodec.read(in, maxShardBytes));
            case AGREEING -> new Agreeing(in.nonNegative(), SubsetMessage.read(in));
            case DECRYPTING ->
                new Decrypting(in.nonNegative(), ValidatorId.read(in), in.bytes(Decrypting.MAX_SHARE_BYTES));
            case VOTE -> new Vote(in.nonNegative(), BlockId.read(in), Signature.read(in));
            case JOINING -> new Joining(in.nonNegative(), in.bool());
            default -> throw new MalformedException("no message of HoneyBadgerBFT is of kind " + kind);
        };
    }

    @Override
    public void writeRecord(ConsensusRecord record, BinaryWriter out) {
        Said said = (Said) record;
        ValidatorId to = said.to();
        out.u8(SAID).i32(said.number()).bool(to != null);
        if (to != null) {
            out.i32(to.index());
        }
        writeMessage(said.message(), out);
    }

    @Override
    public ConsensusRecord readRecord(BinaryReader in) throws MalformedException {
        int kind = in.u8();
        if (kind != SAID) {
            throw new MalformedException("no record of HoneyBadgerBFT is of kind " + kind);
        }
        int number = in.i32();
        if (number < 0) {
            throw new MalformedException("a record's number is 0 or more, not " + number);
        }
        return new Said(number, in.bool() ? ValidatorId.read(in) : null, readMessage(in));
    }

    @Override
    public void writeCertificate(Certificate certificate, BinaryWriter out) {
        HoneyBadgerCertificate ours = (HoneyBadgerCertificate) certificate;
        ours.header().write(out);
        out.i32(ours.shares().size());
        for (Share share : ours.shares()) {
            share.signature().write(out.i32(share.signer().index()));
        }
    }

    @Override
    public Certificate readCertificate(BinaryReader in) throws MalformedException {
        Header header = Header.read(in);
        int count = in.count(ValidatorSet.MAX_VALIDATORS, MIN_SHARE_BYTES);
        List<Share> shares = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            shares.add(new Share(ValidatorId.read(in), Signature.read(in)));
        }
        return new HoneyBadgerCertificate(header, shares);
    }
}
