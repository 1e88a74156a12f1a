package dev.parley.consensus;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;

/** The canonical binary form of decided blocks, wherever they go: to peers and to clients. Thread-safe. */
public final class DecidedBlockCodec {
    /** The fewest bytes of one block, for bounds on what is read. */
    public static final int MIN_BYTES = 8 + 2 * Digest.BYTES + 4 + 8;

    private final MessageCodec protocol;
    private final PayloadDecoder payloads;

    /** @param protocol for certificates */
    public DecidedBlockCodec(MessageCodec protocol, PayloadDecoder payloads) {
        this.protocol = protocol;
        this.payloads = payloads;
    }

    public void write(DecidedBlock block, BinaryWriter out) {
        out.i64(block.height());
        block.id().write(out);
        block.parent().write(out);
        out.i32(block.proposer().index()).i64(block.view());
        block.payload().write(out);
        protocol.writeCertificate(block.certificate(), out);
    }

    /** @throws MalformedException on anything that {@link #write} does not give */
    public DecidedBlock read(BinaryReader in) throws MalformedException {
        long height = in.nonNegative();
        BlockId id = BlockId.read(in);
        BlockId parent = BlockId.read(in);
        ValidatorId proposer = ValidatorId.read(in);
        return new DecidedBlock(
                height, id, parent, proposer, in.nonNegative(), payloads.read(in), protocol.readCertificate(in));
    }
}
