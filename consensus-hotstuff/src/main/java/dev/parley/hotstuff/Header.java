package dev.parley.hotstuff;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * All of a block that its id covers: enough to follow a chain without payloads and without signatures. The id is always computed
 * from the content. Immutable.
 */
public final class Header {
    private static final byte[] HASH_DOMAIN = "parley/1/hotstuff.block".getBytes(StandardCharsets.US_ASCII);
    private static final int SUSPECT_BYTES = 4 + 8 + 1 + 1;
    /** The encoded size of a header without suspects. */
    static final int MIN_BYTES = 8 + 8 + 4 + 8 + 32 + 4 + 32;

    /** Height 0, view 0: what everybody begins with. Its id is given and not computed. */
    public static final Header GENESIS =
            new Header(0, 0, new ValidatorId(0), 0, BlockId.GENESIS, List.of(), Digest.ZERO, BlockId.GENESIS);

    private final long height;
    private final long view;
    private final ValidatorId proposer;
    private final long justifyView;
    private final BlockId parent;
    private final List<Suspect> suspects;
    private final Digest payloadDigest;
    private final BlockId id;

    /**
     * @param height 1 or more
     * @param view 1 or more
     * @param justifyView the view of the QC for the parent, which is the parent's own view
     * @param suspects in the order of their views, see {@link LeaderElection}
     */
    public Header(
            long height,
            long view,
            ValidatorId proposer,
            long justifyView,
            BlockId parent,
            List<Suspect> suspects,
            Digest payloadDigest) {
        this.height = height;
        this.view = view;
        this.proposer = proposer;
        this.justifyView = justifyView;
        this.parent = parent;
        this.suspects = List.copyOf(suspects);
        this.payloadDigest = payloadDigest;
        BinaryWriter out = new BinaryWriter(HASH_DOMAIN.length + MIN_BYTES + SUSPECT_BYTES * suspects.size());
        out.raw(HASH_DOMAIN);
        write(out);
        this.id = new BlockId(Digest.sha256(out.toByteArray()));
    }

    private Header(
            long height,
            long view,
            ValidatorId proposer,
            long justifyView,
            BlockId parent,
            List<Suspect> suspects,
            Digest payloadDigest,
            BlockId id) {
        this.height = height;
        this.view = view;
        this.proposer = proposer;
        this.justifyView = justifyView;
        this.parent = parent;
        this.suspects = suspects;
        this.payloadDigest = payloadDigest;
        this.id = id;
    }

    static Header read(BinaryReader in) throws MalformedException {
        long height = in.nonNegative();
        long view = in.nonNegative();
        int proposer = in.i32();
        long justifyView = in.nonNegative();
        BlockId parent = BlockId.read(in);
        List<Suspect> suspects = readSuspects(in);
        if (proposer < 0 || proposer >= ValidatorSet.MAX_VALIDATORS) {
            throw new MalformedException("a header by validator " + proposer);
        }
        return new Header(height, view, new ValidatorId(proposer), justifyView, parent, suspects, Digest.read(in));
    }

    void write(BinaryWriter out) {
        out.i64(height).i64(view).i32(proposer.index()).i64(justifyView);
        parent.write(out);
        writeSuspects(suspects, out);
        payloadDigest.write(out);
    }

    static List<Suspect> readSuspects(BinaryReader in) throws MalformedException {
        int count = in.count(ValidatorSet.MAX_VALIDATORS, SUSPECT_BYTES);
        List<Suspect> suspects = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int index = in.i32();
            if (index < 0 || index >= ValidatorSet.MAX_VALIDATORS) {
                throw new MalformedException("a suspect with index " + index);
            }
            long view = in.nonNegative();
            int points = in.u8();
            int lately = in.u8();
            if (points < 1 || points > Suspect.MAX_POINTS || lately < 1 || lately > points) {
                throw new MalformedException("a suspect with " + points + " points, " + lately + " of them lately");
            }
            suspects.add(new Suspect(new ValidatorId(index), view, points, lately));
        }
        return suspects;
    }

    static void writeSuspects(List<Suspect> suspects, BinaryWriter out) {
        out.i32(suspects.size());
        for (int i = 0; i < suspects.size(); i++) {
            out.i32(suspects.get(i).validator().index())
                    .i64(suspects.get(i).view())
                    .u8(suspects.get(i).points())
                    .u8(suspects.get(i).lately());
        }
    }

    /** 1 for the first block. */
    public long height() {
        return height;
    }

    public long view() {
        return view;
    }

    public ValidatorId proposer() {
        return proposer;
    }

    public long justifyView() {
        return justifyView;
    }

    public BlockId parent() {
        return parent;
    }

    public List<Suspect> suspects() {
        return suspects;
    }

    public Digest payloadDigest() {
        return payloadDigest;
    }

    public BlockId id() {
        return id;
    }

    /** Whether this can be the block right above {@code other}: linked by id, height and the view of the QC. */
    boolean isChildOf(Header other) {
        return parent.equals(other.id) && justifyView == other.view && height == other.height + 1 && view > other.view;
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
        return "block " + id + " (height " + height + ", view " + view + ")";
    }
}
