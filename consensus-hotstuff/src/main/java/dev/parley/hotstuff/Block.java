package dev.parley.hotstuff;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Payload;
import dev.parley.consensus.PayloadDecoder;
import dev.parley.consensus.ValidatorId;
import java.util.List;

/** One block: it names its parent by the QC that it carries (chained HotStuff, PODC 2019, section 5). Immutable. */
public final class Block {
    /** Less than the encoded size of any block, in bytes. */
    static final int MIN_BYTES = 8 + 8 + 4 + (8 + 32 + 4) + 4;

    private final Header header;
    private final QC justify;
    private final Payload payload;

    /** @param justify the QC for the parent; its view and its block are part of the id, its signatures are not */
    public Block(long height, long view, ValidatorId proposer, QC justify, List<Suspect> suspects, Payload payload) {
        this.header = new Header(height, view, proposer, justify.view(), justify.block(), suspects, payload.digest());
        this.justify = justify;
        this.payload = payload;
    }

    static Block read(BinaryReader in, PayloadDecoder payloads) throws MalformedException {
        long height = in.nonNegative();
        long view = in.nonNegative();
        ValidatorId proposer = ValidatorId.read(in);
        QC justify = QC.read(in);
        List<Suspect> suspects = Header.readSuspects(in);
        return new Block(height, view, proposer, justify, suspects, payloads.read(in));
    }

    void write(BinaryWriter out) {
        out.i64(height()).i64(view()).i32(proposer().index());
        justify.write(out);
        Header.writeSuspects(suspects(), out);
        payload.write(out);
    }

    public Header header() {
        return header;
    }

    public QC justify() {
        return justify;
    }

    public Payload payload() {
        return payload;
    }

    public BlockId id() {
        return header.id();
    }

    public long height() {
        return header.height();
    }

    public long view() {
        return header.view();
    }

    public ValidatorId proposer() {
        return header.proposer();
    }

    public BlockId parent() {
        return header.parent();
    }

    public List<Suspect> suspects() {
        return header.suspects();
    }

    /** About how many bytes it is, in memory and written. */
    int approximateBytes() {
        return 1024 + payload.sizeBytes();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Block that && header.equals(that.header) && justify.equals(that.justify);
    }

    @Override
    public int hashCode() {
        return header.hashCode();
    }

    @Override
    public String toString() {
        return header.toString();
    }
}
