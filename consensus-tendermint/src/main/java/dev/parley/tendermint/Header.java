package dev.parley.tendermint;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;

/**
 * All of a block but its payload; its hash is the block's id, the paper's id(v). It does not change when another proposer proposes
 * the block again in a later round. Immutable.
 */
public final class Header {
    static final int BYTES = 8 + Digest.BYTES + 4 + 4 + Digest.BYTES + 4;

    private final long height;
    private final BlockId parent;
    private final ValidatorId proposer;
    private final int round;
    private final Digest payload;
    private final int payloadBytes;
    private final BlockId id;

    /**
     * @param proposer who made the block
     * @param round in which it was first proposed
     * @param payload what commits to the payload: {@link Parts#commitment}
     * @param payloadBytes the size of the encoded payload
     */
    public Header(long height, BlockId parent, ValidatorId proposer, int round, Digest payload, int payloadBytes) {
        this.height = height;
        this.parent = parent;
        this.proposer = proposer;
        this.round = round;
        this.payload = payload;
        this.payloadBytes = payloadBytes;
        BinaryWriter out = new BinaryWriter(BYTES);
        write(out);
        this.id = new BlockId(Digest.sha256(out.toByteArray()));
    }

    static Header read(BinaryReader in) throws MalformedException {
        return new Header(
                in.nonNegative(),
                BlockId.read(in),
                ValidatorId.read(in),
                readRound(in),
                Digest.read(in),
                in.count(Parts.MAX_PAYLOAD_BYTES, 0));
    }

    void write(BinaryWriter out) {
        parent.write(out.i64(height));
        out.i32(proposer.index()).i32(round);
        payload.write(out);
        out.i32(payloadBytes);
    }

    static int readRound(BinaryReader in) throws MalformedException {
        int round = in.i32();
        if (round < 0) {
            throw new MalformedException("a round is 0 or more, not " + round);
        }
        return round;
    }

    public long height() {
        return height;
    }

    public BlockId parent() {
        return parent;
    }

    /** Who made the block; in a later round another may propose it again. */
    public ValidatorId proposer() {
        return proposer;
    }

    /** In which the block was first proposed. */
    public int round() {
        return round;
    }

    public Digest payload() {
        return payload;
    }

    public int payloadBytes() {
        return payloadBytes;
    }

    public BlockId id() {
        return id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Header that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "block " + id + " of height " + height + ", made by " + proposer + " in round " + round;
    }
}
