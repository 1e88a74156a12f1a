package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gathers votes into QCs. Keeps one vote of each validator per view, for views within {@value #WINDOW} of the current one: so many
 * and no more can peers make it keep.
 */
final class VoteCollector {
    /** How far from the current view a vote may be. */
    static final int WINDOW = 4;

    private final ValidatorSet validators;
    private final QuorumRule quorums;
    private final TreeMap<Long, Slot> slots = new TreeMap<>();

    VoteCollector(ValidatorSet validators, QuorumRule quorums) {
        this.validators = validators;
        this.quorums = quorums;
    }

    /** The vote that the validator gave in the view before, or null. */
    @Nullable Vote earlier(long view, ValidatorId voter) {
        Slot slot = slots.get(view);
        return slot == null ? null : slot.byVoter[voter.index()];
    }

    /** @return the QC that this vote completes, or null */
    @Nullable QC add(Vote vote) {
        Slot slot = slots.get(vote.view());
        if (slot == null) {
            slot = new Slot(validators.size());
            slots.put(vote.view(), slot);
        }
        slot.byVoter[vote.voter().index()] = vote;
        Tally tally = slot.tally(vote.block());
        tally.votes.add(vote);
        tally.power += validators.power(vote.voter());
        if (tally.complete || tally.power < quorums.votesNeeded(validators)) {
            return null;
        }
        tally.complete = true;
        return tally.certificate(vote.view());
    }

    void forgetBelow(long view) {
        while (!slots.isEmpty() && slots.firstKey() < view) {
            slots.pollFirstEntry();
        }
    }

    /** Those whose vote in the view came. */
    List<ValidatorId> voters(long view) {
        List<ValidatorId> voters = new ArrayList<>();
        Slot slot = slots.get(view);
        for (int i = 0; slot != null && i < slot.byVoter.length; i++) {
            Vote vote = slot.byVoter[i];
            if (vote != null) {
                voters.add(vote.voter());
            }
        }
        return voters;
    }

    private static final class Slot {
        final @Nullable Vote[] byVoter;
        final List<Tally> tallies = new ArrayList<>(1);

        Slot(int size) {
            byVoter = new Vote[size];
        }

        Tally tally(BlockId block) {
            for (int i = 0; i < tallies.size(); i++) {
                if (tallies.get(i).block.equals(block)) {
                    return tallies.get(i);
                }
            }
            Tally tally = new Tally(block);
            tallies.add(tally);
            return tally;
        }
    }

    private static final class Tally {
        final BlockId block;
        final List<Vote> votes = new ArrayList<>(4);
        long power;
        boolean complete;

        Tally(BlockId block) {
            this.block = block;
        }

        QC certificate(long view) {
            votes.sort(Comparator.comparing(Vote::voter));
            List<Share> shares = new ArrayList<>(votes.size());
            for (int i = 0; i < votes.size(); i++) {
                shares.add(new Share(votes.get(i).voter(), votes.get(i).signature()));
            }
            return new QC(view, block, shares);
        }
    }
}
