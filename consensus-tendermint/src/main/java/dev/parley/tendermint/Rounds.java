package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Outbox;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Signed;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who signed what in which round of the present height: votes are counted here, and contradictions noticed. */
final class Rounds {
    /** So many rounds back votes are kept; nothing in older ones can matter that later ones, or certificates, do not bring. */
    static final int KEPT = 8;

    private final ValidatorSet validators;
    private final TendermintRules rules;
    private final Accuser accuser;
    private final Outbox outbox;
    private final TreeMap<Integer, Round> rounds = new TreeMap<>();
    private final HigherRounds higher;
    private long height;
    private Round current;

    Rounds(ValidatorSet validators, TendermintRules rules, Accuser accuser, Outbox outbox) {
        this.validators = validators;
        this.rules = rules;
        this.accuser = accuser;
        this.outbox = outbox;
        this.higher = new HigherRounds(validators);
        this.height = 1;
        this.current = roundOf(0);
    }

    /** Another height: all is forgotten. */
    void clear(long newHeight) {
        height = newHeight;
        rounds.clear();
        higher.clear();
        current = roundOf(0);
    }

    /**
     * Makes a round the present one.
     *
     * @return what was signed in it, and in those that were skipped, before it was
     */
    List<Signed> open(int number) {
        current = roundOf(number);
        while (rounds.firstKey() < number - KEPT) {
            rounds.pollFirstEntry();
        }
        List<Signed> early = higher.takeUpTo(number);
        early.removeIf(message -> message.round() < number - KEPT);
        return early;
    }

    Round current() {
        return current;
    }

    /** A tick of the gossip is over. */
    void settle() {
        rounds.values().forEach(Round::settle);
    }

    /** The present round and those before it that are kept, the oldest first. */
    Collection<Round> all() {
        return rounds.values();
    }

    /** The state of a round up to the present one, null if it is not kept. */
    @Nullable Round kept(int number) {
        return number > current.number || number < current.number - KEPT ? null : roundOf(number);
    }

    /** The highest round that validators of that power have reached, -1 for none above the present one. */
    int reachedBy(long power) {
        return higher.reachedBy(power);
    }

    /** Takes a vote of this height. */
    void add(ValidatorId from, Vote vote) {
        if (vote.round() > current.number) {
            Vote earlier = higher.add(vote);
            if (earlier != null) {
                accuser.twoVotes(from, earlier, vote);
            }
            return;
        }
        Round its = kept(vote.round());
        if (its == null) {
            outbox.refuse(from, Reason.STALE, "a vote of round " + vote.round() + " in round " + current.number);
            return;
        }
        if (rules.countsPrecommitsAcrossRounds() && vote.kind() == VoteKind.PRECOMMIT) {
            its = current;
        }
        count(from, vote, its.votes(vote.kind()));
    }

    /** Takes a polka of this height, verified. Its votes are counted as far as they can be, which may convict an equivocator. */
    void add(ValidatorId from, VoteCertificate polka) {
        for (Share share : polka.shares()) {
            add(
                    from,
                    new Vote(
                            VoteKind.PREVOTE,
                            polka.height(),
                            polka.round(),
                            polka.block(),
                            share.signer(),
                            share.signature()));
        }
        Round its = kept(polka.round());
        if (its != null) {
            its.learn(polka);
        }
    }

    /** Counts a vote among those of its kind and round. */
    void count(ValidatorId from, Vote vote, VoteSet votes) {
        Vote earlier = votes.of(vote.voter());
        if (votes.add(vote) == VoteSet.Added.CONFLICTING && earlier != null && earlier.round() == vote.round()) {
            accuser.twoVotes(from, earlier, vote);
            outbox.refuse(vote.voter(), Reason.CONFLICT, "a second " + vote.kind() + " in round " + vote.round());
        }
    }

    /**
     * Takes a proposal of this height, from whoever is to propose.
     *
     * @return whether it is the proposal of its round now
     */
    boolean add(ValidatorId from, Proposal proposal) {
        if (proposal.round() > current.number) {
            Proposal earlier = higher.add(proposal);
            if (earlier != null) {
                accuser.twoProposals(from, earlier, proposal);
            }
            return false;
        }
        Round its = kept(proposal.round());
        if (its == null) {
            outbox.refuse(
                    from, Reason.STALE, "a proposal of round " + proposal.round() + " in round " + current.number);
            return false;
        }
        Proposal earlier = its.proposal;
        if (earlier == null) {
            its.proposal = proposal.withoutPayload();
            return true;
        }
        if (proposal.contradicts(earlier)) {
            accuser.twoProposals(from, earlier, proposal);
            outbox.refuse(proposal.proposer(), Reason.CONFLICT, "a second proposal in round " + proposal.round());
        }
        return false;
    }

    /** Whether any kept round speaks of the block. */
    boolean name(BlockId block) {
        for (Round round : rounds.values()) {
            Proposal proposal = round.proposal;
            if (block.equals(round.early)
                    || (proposal != null && proposal.block().equals(block))
                    || isPolkaFor(block, round)
                    || round.prevotes.power(block) > 0
                    || round.precommits.power(block) > 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPolkaFor(BlockId block, Round round) {
        VoteCertificate polka = round.polka();
        return polka != null && polka.block().equals(block);
    }

    /** Who voted for the block in any kept round. */
    List<ValidatorId> votersFor(BlockId block) {
        List<ValidatorId> voters = new ArrayList<>();
        for (Round round : rounds.values()) {
            VoteCertificate polka = round.polka();
            if (polka != null && polka.block().equals(block)) {
                voters.addAll(polka.signers());
            }
            voters.addAll(round.prevotes.votersFor(block));
            voters.addAll(round.precommits.votersFor(block));
        }
        return voters;
    }

    private Round roundOf(int number) {
        return rounds.computeIfAbsent(
                number, r -> new Round(height, r, validators, rules.quorum(validators, VoteKind.PREVOTE)));
    }
}
