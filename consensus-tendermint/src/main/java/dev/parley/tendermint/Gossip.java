package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Outbox;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Polka;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the paper assumes and links do not give: that whatever one correct validator received, all receive in the end (section 3.1,
 * "Gossip communication"). A validator whose height has not moved for an interval tells its peers what it has, and each sends it what
 * it lacks of what has been here for an interval: anything newer may be on its way to everybody, and n validators that answer n others with n
 * votes each are too much talk. One answer of each kind per peer and interval: nobody can be made to do more.
 */
final class Gossip {
    static final TimerId TIMER = new TimerId("gossip");
    /** The parts of one answer, in bytes; a single larger one is sent all the same. */
    private static final int MAX_REPLY_BYTES = 4 << 20;

    private final ValidatorId self;
    private final List<ValidatorId> peers;
    private final Duration interval;
    private final Outbox outbox;
    /** Peers that were sent votes, and those that were sent a block, since the last tick. */
    private final BitSet toldVotes = new BitSet();

    private final BitSet toldBlocks = new BitSet();
    private boolean timerRuns;
    private long heightAtLastTick;

    /** A peer that has decided up to {@link #aheadHeight}, where that is not below one's own height; null for none. */
    private @Nullable ValidatorId ahead;

    private long aheadHeight;
    /** Up to which height certificates were asked for and have not come. */
    private long askedUpTo;

    private @Nullable BlockId requested;
    private int turn;

    Gossip(ValidatorId self, ValidatorSet validators, Duration interval, Outbox outbox) {
        this.self = self;
        this.peers = validators.validators().stream()
                .map(Validator::id)
                .filter(id -> !id.equals(self))
                .toList();
        this.interval = interval;
        this.outbox = outbox;
        this.turn = self.index();
    }

    /** The timer runs while there is something to do, or an answer was given whose like is to be possible again. */
    void keepTime(boolean idle) {
        if (!timerRuns && (!idle || !toldVotes.isEmpty() || !toldBlocks.isEmpty())) {
            timerRuns = true;
            outbox.add(new Effect.StartTimer(TIMER, interval));
        }
    }

    /** @return whether the height has not moved since the last tick, so that peers should be asked */
    boolean onTimer(long height) {
        timerRuns = false;
        toldVotes.clear();
        toldBlocks.clear();
        boolean stuck = height == heightAtLastTick;
        heightAtLastTick = height;
        ValidatorId source = ahead;
        if (stuck && source != null && aheadHeight >= height) {
            askForCertificates(aheadHeight, source);
        }
        return stuck;
    }

    void ask(Summary summary) {
        outbox.add(new Effect.Broadcast(summary));
    }

    // Who is behind

    /** A peer has decided this height or one of the next. Most often so have we in a moment. */
    void saw(long decided, ValidatorId peer) {
        ahead = peer;
        aheadHeight = decided;
    }

    /** A peer is so far ahead that only certificates help. It may lie: whoever carries out the effect believes nobody. */
    void behind(long decided, ValidatorId peer) {
        saw(decided, peer);
        if (decided > askedUpTo) {
            askForCertificates(decided, peer);
        }
    }

    private void askForCertificates(long decided, ValidatorId peer) {
        askedUpTo = decided;
        outbox.add(new Effect.CatchUp(decided, peer));
    }

    /** Certificates came, or nobody had any: they may be asked for again. */
    void caughtUp() {
        askedUpTo = 0;
    }

    // Votes and proposals

    /**
     * Sends a peer what it lacks of its round, in place of prevotes the polka once there is one, and, if it is in a lower one, the votes that pull it to ours; and asks it if it has more.
     *
     * @param theirs this validator's state of the peer's round, null if it keeps none
     * @param proposal of that round, null if it is not here
     * @param ours this validator's present round
     */
    void answer(
            ValidatorId peer,
            Summary summary,
            @Nullable Round theirs,
            @Nullable Proposal proposal,
            Round ours,
            Summary own) {
        if (peer.equals(self) || toldVotes.get(peer.index())) {
            return;
        }
        toldVotes.set(peer.index());
        List<Vote> votes = new ArrayList<>();
        if (theirs != null) {
            if (proposal != null && !summary.proposal()) {
                outbox.add(new Effect.Send(peer, proposal));
            }
            VoteCertificate polka = theirs.settledPolka();
            if (polka == null) {
                theirs.prevotes.addMissing(summary.prevotes(), votes);
            } else if (!summary.polka()) {
                outbox.add(new Effect.Send(peer, new Polka(polka)));
            }
            theirs.precommits.addMissing(summary.precommits(), votes);
        }
        if (summary.round() < ours.number) {
            Bits nobody = Bits.none(summary.prevotes().size());
            ours.prevotes.addMissing(nobody, votes);
            ours.precommits.addMissing(nobody, votes);
        }
        if (!votes.isEmpty()) {
            outbox.add(new Effect.Send(peer, new Votes(summary.height(), votes)));
        }
        boolean hasMore = summary.round() > ours.number
                || (theirs == ours
                        && ((summary.proposal() && ours.proposal == null)
                                || (summary.polka() && ours.polka() == null)
                                || ours.prevotes.lacks(summary.prevotes())
                                || ours.precommits.lacks(summary.precommits())));
        if (hasMore) {
            outbox.add(new Effect.Send(peer, own));
        }
    }

    // Blocks

    /**
     * @param missing as in {@link BlockRequest}
     * @param holders who should have the block, asked in turn
     */
    void request(long height, BlockId block, Bits missing, List<ValidatorId> holders) {
        List<ValidatorId> asked = new ArrayList<>(holders);
        asked.remove(self);
        if (asked.isEmpty()) {
            asked.addAll(peers);
        }
        ValidatorId peer = asked.get(turn++ % asked.size());
        turn &= 0xffff;
        requested = block;
        outbox.observe(new Observation.Fetching(block, peer));
        outbox.add(new Effect.Send(peer, new BlockRequest(height, block, missing)));
    }

    boolean hasRequested(BlockId block) {
        return block.equals(requested);
    }

    /** Whether a peer has got no block since the last tick: else its request is not looked at any further. */
    boolean mayAskForBlock(ValidatorId peer) {
        return !toldBlocks.get(peer.index());
    }

    /**
     * @param parts null if the block travels whole
     * @param missing of the parts, of size 0 for all
     */
    void answer(ValidatorId peer, Block block, Parts.@Nullable Cut parts, Bits missing) {
        toldBlocks.set(peer.index());
        if (parts == null) {
            outbox.add(new Effect.Send(peer, new BlockResponse(block)));
            return;
        }
        int bytes = 0;
        for (int i = 0; i < parts.count(); i++) {
            boolean lacking = missing.size() != parts.count() || missing.has(i);
            if (lacking && (bytes == 0 || bytes + parts.size(i) <= MAX_REPLY_BYTES)) {
                bytes += parts.size(i);
                outbox.add(new Effect.Send(peer, parts.part(block.header(), i)));
            }
        }
    }
}
