package dev.parley.hotstuff;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Signature;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A quorum certificate: votes of a quorum for one block in one view. Being one says nothing about validity; the verifier does.
 *
 * @param view covered by every signature, so that a QC cannot be carried over to another view
 * @param shares in rising order of the signers, each once
 */
public record QC(long view, BlockId block, List<Share> shares) {
    /** For the genesis block, in view 0 and in no other; needs no signature because everybody begins with it. */
    public static final QC GENESIS = new QC(0, BlockId.GENESIS, List.of());

    public QC {
        shares = List.copyOf(shares);
    }

    static QC read(BinaryReader in) throws MalformedException {
        long view = in.nonNegative();
        BlockId block = BlockId.read(in);
        int count = in.count(ValidatorSet.MAX_VALIDATORS, 8);
        List<Share> shares = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            shares.add(new Share(ValidatorId.read(in), Signature.read(in)));
        }
        return new QC(view, block, shares);
    }

    void write(BinaryWriter out) {
        out.i64(view);
        block.write(out);
        out.i32(shares.size());
        for (int i = 0; i < shares.size(); i++) {
            out.i32(shares.get(i).signer().index());
            shares.get(i).signature().write(out);
        }
    }

    public Set<ValidatorId> signers() {
        Set<ValidatorId> signers = new LinkedHashSet<>();
        for (Share share : shares) {
            signers.add(share.signer());
        }
        return signers;
    }

    @Override
    public String toString() {
        return "QC of view " + view + " for " + block;
    }
}
