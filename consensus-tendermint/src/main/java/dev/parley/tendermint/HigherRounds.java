package dev.parley.tendermint;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Signed;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has been seen of rounds above one's own: of each validator its highest such round and what it signed in that one. So a flood of
 * rounds costs its sender its own older ones and nobody else anything (hazard 17).
 */
final class HigherRounds {
    /** What one validator signed in its highest round; at most a proposal and two votes. */
    private static final class Place {
        private int round = -1;
        private final List<Signed> messages = new ArrayList<>(3);
    }

    private final ValidatorSet validators;
    private final Place[] places;

    HigherRounds(ValidatorSet validators) {
        this.validators = validators;
        this.places = new Place[validators.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = new Place();
        }
    }

    /** @return another vote of the same kind in the same round, which contradicts this one, or null */
    @Nullable Vote add(Vote vote) {
        Place place = place(vote.voter(), vote.round());
        if (place == null) {
            return null;
        }
        for (Signed message : place.messages) {
            if (message instanceof Vote other && other.kind() == vote.kind()) {
                return other.block().equals(vote.block()) ? null : other;
            }
        }
        place.messages.add(vote);
        return null;
    }

    /** @return another proposal of the same round, which contradicts this one, or null */
    @Nullable Proposal add(Proposal proposal) {
        Place place = place(proposal.proposer(), proposal.round());
        if (place == null) {
            return null;
        }
        for (Signed message : place.messages) {
            if (message instanceof Proposal other) {
                return proposal.contradicts(other) ? other : null;
            }
        }
        place.messages.add(proposal);
        return null;
    }

    private @Nullable Place place(ValidatorId validator, int round) {
        Place place = places[validator.index()];
        if (round < place.round) {
            return null;
        }
        if (round > place.round) {
            place.round = round;
            place.messages.clear();
        }
        return place;
    }

    /** The highest round such that validators of that power have been seen in it or above; -1 for none. */
    int reachedBy(long power) {
        int reached = -1;
        for (Place candidate : places) {
            if (candidate.round > reached) {
                long there = 0;
                for (int i = 0; i < places.length; i++) {
                    if (places[i].round >= candidate.round) {
                        there += validators.power(new ValidatorId(i));
                    }
                }
                if (there >= power) {
                    reached = candidate.round;
                }
            }
        }
        return reached;
    }

    /** Takes out what was signed in rounds up to this one, by the index of the signers. */
    List<Signed> takeUpTo(int round) {
        List<Signed> taken = new ArrayList<>();
        for (Place place : places) {
            if (place.round >= 0 && place.round <= round) {
                taken.addAll(place.messages);
                place.messages.clear();
                place.round = -1;
            }
        }
        return taken;
    }

    void clear() {
        takeUpTo(Integer.MAX_VALUE);
    }
}
