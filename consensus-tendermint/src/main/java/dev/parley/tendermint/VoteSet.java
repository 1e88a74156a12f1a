package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The votes of one kind in one round. As in the paper a validator that votes for two values counts for both; a third value is not
 * kept. "Any" counts each validator once.
 */
final class VoteSet {
    /** What became of a vote. */
    enum Added {
        COUNTED,
        KNOWN,
        /** It is not the first of its voter; whether it was counted nevertheless does not matter. */
        CONFLICTING
    }

    private final ValidatorSet validators;
    private final @Nullable Vote[] first;
    private final @Nullable Vote[] second;
    private final List<Tally> tallies = new ArrayList<>(2);
    /** Whose first vote was here at the last tick of the gossip. */
    private final BitSet settled = new BitSet();

    private long anyPower;

    VoteSet(ValidatorSet validators) {
        this.validators = validators;
        this.first = new Vote[validators.size()];
        this.second = new Vote[validators.size()];
    }

    Added add(Vote vote) {
        int voter = vote.voter().index();
        Vote earlier = first[voter];
        if (earlier == null) {
            first[voter] = vote;
            anyPower += validators.power(vote.voter());
            tally(vote.block()).add(vote);
            return Added.COUNTED;
        }
        Vote other = second[voter];
        if (earlier.block().equals(vote.block())
                || (other != null && other.block().equals(vote.block()))) {
            return Added.KNOWN;
        }
        if (other == null) {
            second[voter] = vote;
            tally(vote.block()).add(vote);
        }
        return Added.CONFLICTING;
    }

    /** The first vote of a validator, or null. */
    @Nullable Vote of(ValidatorId voter) {
        return first[voter.index()];
    }

    /** The power of all who voted, for whatever it was. */
    long anyPower() {
        return anyPower;
    }

    long power(BlockId block) {
        for (int i = 0; i < tallies.size(); i++) {
            if (tallies.get(i).block.equals(block)) {
                return tallies.get(i).power;
            }
        }
        return 0;
    }

    /** The block for which votes of that power are there, never nil; null for none. */
    @Nullable BlockId blockWith(long power) {
        for (int i = 0; i < tallies.size(); i++) {
            Tally tally = tallies.get(i);
            if (tally.power >= power && !tally.block.equals(TendermintMessage.NIL)) {
                return tally.block;
            }
        }
        return null;
    }

    /** All votes for a block as a certificate, which it is if their power suffices. */
    VoteCertificate certificate(VoteKind kind, long height, int round, BlockId block) {
        Tally tally = tally(block);
        tally.votes.sort(Comparator.comparing(Vote::voter));
        List<Share> shares = new ArrayList<>(tally.votes.size());
        for (int i = 0; i < tally.votes.size(); i++) {
            shares.add(new Share(tally.votes.get(i).voter(), tally.votes.get(i).signature()));
        }
        return new VoteCertificate(kind, height, round, block, shares);
    }

    List<ValidatorId> voters() {
        List<ValidatorId> voters = new ArrayList<>();
        for (Vote vote : first) {
            if (vote != null) {
                voters.add(vote.voter());
            }
        }
        return voters;
    }

    List<ValidatorId> votersFor(BlockId block) {
        List<ValidatorId> voters = new ArrayList<>();
        for (Vote vote : tally(block).votes) {
            voters.add(vote.voter());
        }
        return voters;
    }

    Bits bits() {
        BitSet set = new BitSet(first.length);
        for (int i = 0; i < first.length; i++) {
            set.set(i, first[i] != null);
        }
        return Bits.of(first.length, set);
    }

    /** What is here now has been for a while at the next tick: a peer that does not have it then may never get it by itself. */
    void settle() {
        for (int i = 0; i < first.length; i++) {
            settled.set(i, first[i] != null);
        }
    }

    /** Adds the settled votes of those who are not in {@code has}. */
    void addMissing(Bits has, List<Vote> to) {
        for (int i = settled.nextSetBit(0); i >= 0; i = settled.nextSetBit(i + 1)) {
            Vote vote = first[i];
            if (vote != null && !has.has(i)) {
                to.add(vote);
            }
        }
    }

    /** Whether it has the vote of somebody who is not in here. */
    boolean lacks(Bits has) {
        for (int i = 0; i < first.length; i++) {
            if (first[i] == null && has.has(i)) {
                return true;
            }
        }
        return false;
    }

    private Tally tally(BlockId block) {
        for (int i = 0; i < tallies.size(); i++) {
            if (tallies.get(i).block.equals(block)) {
                return tallies.get(i);
            }
        }
        Tally tally = new Tally(block);
        tallies.add(tally);
        return tally;
    }

    private final class Tally {
        private final BlockId block;
        private final List<Vote> votes = new ArrayList<>(4);
        private long power;

        private Tally(BlockId block) {
            this.block = block;
        }

        private void add(Vote vote) {
            votes.add(vote);
            power += validators.power(vote.voter());
        }
    }
}
