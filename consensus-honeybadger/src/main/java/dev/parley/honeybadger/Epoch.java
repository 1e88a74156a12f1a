package dev.parley.honeybadger;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Payload;
import dev.parley.consensus.ValidatorId;
import dev.parley.honeybadger.HoneyBadgerCertificate.Share;
import dev.parley.honeybadger.HoneyBadgerMessage.Vote;
import dev.parley.honeybadger.HoneyBadgerRecord.Said;
import dev.parley.honeybadger.broadcast.ReliableBroadcast;
import dev.parley.honeybadger.subset.CommonSubset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a validator knows of one epoch: n broadcasts, the agreement on a subset of them, the decryption of those, and the votes. */
final class Epoch {
    /** What becomes of one validator's proposal once the subset is agreed. */
    static final class Proposal {
        /** Shares for decrypting it, one from each validator; those that come early wait. */
        final TreeMap<Integer, byte[]> shares = new TreeMap<>();
        /** Whose share came, right or wrong: there is no second one, or two liars could take turns for ever. */
        private final BitSet seen = new BitSet();

        byte @Nullable [] ciphertext;
        /** Whether its ciphertext is admitted, so that shares are of use. */
        boolean admitted;

        boolean decrypting;
        /** Whether all is known of it; with no payload it counts for nothing, and does so everywhere. */
        boolean known;

        @Nullable Payload payload;

        void add(ValidatorId from, byte[] share) {
            if (!seen.get(from.index())) {
                seen.set(from.index());
                shares.put(from.index(), share);
            }
        }
    }

    final long number;
    final List<ReliableBroadcast> broadcasts = new ArrayList<>();
    final List<Proposal> proposals = new ArrayList<>();
    final CommonSubset subset;
    /** In the order in which it was said. */
    final List<Said> said = new ArrayList<>();
    /** The first of each validator. */
    private final @Nullable Vote[] votes;

    /** Whether others have begun: then so does this validator, with or without a command. */
    boolean begun;

    boolean proposed;
    boolean[] told;
    /** The subset, once it is agreed. */
    @Nullable List<ValidatorId> members;

    boolean uniting;

    @Nullable Header header;

    @Nullable Payload payload;

    Epoch(long number, int validators, CommonSubset subset) {
        this.number = number;
        this.subset = subset;
        this.votes = new Vote[validators];
        this.told = new boolean[validators];
        for (int i = 0; i < validators; i++) {
            proposals.add(new Proposal());
        }
    }

    /** @return an earlier vote for another block, which contradicts this one; or null */
    @Nullable Vote add(ValidatorId voter, Vote vote) {
        Vote earlier = votes[voter.index()];
        if (earlier == null) {
            votes[voter.index()] = vote;
            return null;
        }
        return earlier.block().equals(vote.block()) ? null : earlier;
    }

    List<Share> votesFor(BlockId block) {
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < votes.length; i++) {
            Vote vote = votes[i];
            if (vote != null && vote.block().equals(block)) {
                shares.add(new Share(new ValidatorId(i), vote.signature()));
            }
        }
        return shares;
    }

    /** Whether the payloads of all members are known. */
    boolean isDecrypted() {
        List<ValidatorId> agreed = members;
        return agreed != null && agreed.stream().allMatch(member -> proposals.get(member.index()).known);
    }
}
