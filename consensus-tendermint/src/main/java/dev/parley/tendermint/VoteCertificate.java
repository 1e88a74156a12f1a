package dev.parley.tendermint;

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
 * Votes of a quorum for one block in one round: of prevotes it is a polka, a proof-of-lock; of precommits it proves the decision. Being
 * one says nothing about validity; the verifier does.
 *
 * @param shares in rising order of the signers, each once
 */
public record VoteCertificate(VoteKind kind, long height, int round, BlockId block, List<Share> shares) {
    static final int MIN_SHARE_BYTES = 8;

    public VoteCertificate {
        shares = List.copyOf(shares);
    }

    static VoteCertificate read(BinaryReader in) throws MalformedException {
        VoteKind kind = in.bool() ? VoteKind.PRECOMMIT : VoteKind.PREVOTE;
        long height = in.nonNegative();
        int round = Header.readRound(in);
        BlockId block = BlockId.read(in);
        int count = in.count(ValidatorSet.MAX_VALIDATORS, MIN_SHARE_BYTES);
        List<Share> shares = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            shares.add(new Share(ValidatorId.read(in), Signature.read(in)));
        }
        return new VoteCertificate(kind, height, round, block, shares);
    }

    void write(BinaryWriter out) {
        out.bool(kind == VoteKind.PRECOMMIT).i64(height).i32(round);
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
        return shares.size() + " " + kind + "s for " + block + " in round " + round + " of height " + height;
    }
}
