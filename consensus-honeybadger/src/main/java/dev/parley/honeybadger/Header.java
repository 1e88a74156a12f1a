package dev.parley.honeybadger;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;

/** All of an epoch's block but its payload; its hash is the block's id. Immutable. */
public final class Header {
    static final int BYTES = 8 + Digest.BYTES + 4 + Digest.BYTES;

    private final long epoch;
    private final BlockId parent;
    private final ValidatorId proposer;
    private final Digest payload;
    private final BlockId id;

    /**
     * @param epoch also the block's height
     * @param proposer the first of the subset, who stands for all whose proposals are in the block
     */
    public Header(long epoch, BlockId parent, ValidatorId proposer, Digest payload) {
        this.epoch = epoch;
        this.parent = parent;
        this.proposer = proposer;
        this.payload = payload;
        BinaryWriter out = new BinaryWriter(BYTES);
        write(out);
        this.id = new BlockId(Digest.sha256(out.toByteArray()));
    }

    static Header read(BinaryReader in) throws MalformedException {
        return new Header(in.nonNegative(), BlockId.read(in), ValidatorId.read(in), Digest.read(in));
    }

    void write(BinaryWriter out) {
        parent.write(out.i64(epoch));
        payload.write(out.i32(proposer.index()));
    }

    public long epoch() {
        return epoch;
    }

    public BlockId parent() {
        return parent;
    }

    public ValidatorId proposer() {
        return proposer;
    }

    public Digest payload() {
        return payload;
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
        return "block " + id + " of epoch " + epoch;
    }
}
