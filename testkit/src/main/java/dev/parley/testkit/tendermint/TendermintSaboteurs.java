package dev.parley.testkit.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.tendermint.Bits;
import dev.parley.tendermint.TendermintMessage;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Polka;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Signed;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import dev.parley.tendermint.Views;
import dev.parley.tendermint.VoteKind;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.tendermint.Forgery.Means;
import dev.parley.testkit.tendermint.TendermintBehaviours.Forger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Behaviours aimed at progress, none of which can be told from bad luck by a single message: what they sign is valid, what they hold
 * back might have been lost.
 */
final class TendermintSaboteurs {
    /** How often one that begs says the same. */
    private static final int FLOOD = 10;

    private TendermintSaboteurs() {}

    static List<Behaviour> all() {
        return List.of(
                new Forgery("partial-leader", PartialLeader::new),
                new Forgery("late-revealer", LateRevealer::new),
                new Forgery("part-withholder", PartWithholder::new),
                new Forgery("vote-splitter", VoteSplitter::new),
                new Forgery("nil-voter", NilVoter::new),
                new Forgery("false-summaries", FalseSummaries::new),
                new Forgery("beggar", Beggar::new),
                new Forgery("future-flooder", FutureFlooder::new),
                new Forgery("useless-voter", UselessVoter::new),
                new Forgery("lock-scatterer", LockScatterer::new),
                new Forgery("vote-exhauster", VoteExhauster::new),
                new Forgery("usher", Usher::new),
                new Forgery("waker", Waker::new));
    }

    /** Shows its proposals to f + 1 up to 2f of the others, so that a polka forms rarely or late. */
    private static final class PartialLeader extends Forger {
        PartialLeader(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (to == null && message instanceof Proposal proposal && isOwn(proposal)) {
                int shown = mayFail() + 1 + random.nextInt(mayFail());
                some(shown).forEach(peer -> send(peer, message, done));
            } else if (!(message instanceof Vote) || random.nextBoolean()) {
                send(to, message, done);
            }
        }
    }

    /** Holds back all that it signs until some time-out, then says it to one validator that has hardly any time left. */
    private static final class LateRevealer extends Forger {
        private static final int HELD = 32;
        private final List<TendermintMessage> held = new ArrayList<>();

        LateRevealer(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Signed || message instanceof Part) {
                if (held.size() == HELD) {
                    held.removeFirst();
                }
                held.add(message);
            } else if (!(message instanceof Votes)) {
                send(to, message, done);
            }
        }

        @Override
        protected void after(Input input, List<Effect> done) {
            boolean late = input instanceof Input.TimerFired
                    || (input instanceof Input.Received received
                            && received.message() instanceof Vote vote
                            && vote.isNil());
            if (late && !held.isEmpty()) {
                ValidatorId chosen = some(1).getFirst();
                held.forEach(message -> send(chosen, message, done));
                held.clear();
            }
        }
    }

    /** Shows its proposals to all and what is in them to few, and does not answer who asks. */
    private static final class PartWithholder extends Forger {
        PartWithholder(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            switch (message) {
                case Part part -> some(mayFail()).forEach(peer -> send(peer, part, done));
                case BlockResponse response -> {}
                case Proposal proposal
                when isOwn(proposal) -> {
                    List<ValidatorId> shown = some(mayFail());
                    for (ValidatorId peer : peers()) {
                        boolean whole = shown.contains(peer);
                        send(
                                peer,
                                new Proposal(
                                        proposal.header(),
                                        proposal.round(),
                                        proposal.validRound(),
                                        proposal.proposer(),
                                        proposal.polka(),
                                        whole ? proposal.payload() : null,
                                        proposal.signature()),
                                done);
                    }
                }
                default -> send(to, message, done);
            }
        }
    }

    /** Says its vote to one half and nil to the other, so that no two correct validators see the same votes. */
    private static final class VoteSplitter extends Forger {
        VoteSplitter(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Vote vote && !vote.isNil()) {
                Vote contra = vote(vote.kind(), vote.height(), vote.round(), TendermintMessage.NIL);
                List<ValidatorId> half = some(peers().size() / 2);
                peers().forEach(peer -> send(peer, half.contains(peer) ? vote : contra, done));
            } else if (!(message instanceof Votes)) {
                send(to, message, done);
            }
        }
    }

    /** Against everything. */
    private static final class NilVoter extends Forger {
        NilVoter(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            send(
                    to,
                    message instanceof Vote vote
                            ? vote(vote.kind(), vote.height(), vote.round(), TendermintMessage.NIL)
                            : message,
                    done);
        }
    }

    /** Claims to have every vote, so that nobody sends it any and everybody asks it for some. */
    private static final class FalseSummaries extends Forger {
        FalseSummaries(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            switch (message) {
                case Summary summary -> {
                    int size = setup.validators().size();
                    BitSet all = new BitSet();
                    all.set(0, size);
                    Bits full = Bits.of(size, all);
                    send(to, new Summary(summary.height(), summary.round(), true, true, full, full), done);
                }
                case Votes votes -> {}
                default -> send(to, message, done);
            }
        }
    }

    /** Pretends to have nothing, so that the others send it everything over and over. */
    private static final class Beggar extends Forger {
        Beggar(Means means) {
            super(means);
        }

        @Override
        protected void heard(ValidatorId from, TendermintMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal && isFirstOf(Views.of(proposal.height(), proposal.round()))) {
                Bits none = Bits.none(setup.validators().size());
                for (int i = 0; i < FLOOD; i++) {
                    send(null, new Summary(proposal.height(), proposal.round(), false, false, none, none), done);
                    send(null, new BlockRequest(proposal.height(), proposal.block(), Bits.none(0)), done);
                }
            }
        }
    }

    /** Votes ahead in every round and height that others keep something of, for blocks that there are not. */
    private static final class FutureFlooder extends Forger {
        FutureFlooder(Means means) {
            super(means);
        }

        @Override
        protected void heard(ValidatorId from, TendermintMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal && isFirstOf(Views.of(proposal.height(), proposal.round()))) {
                for (int i = 0; i < FLOOD; i++) {
                    BlockId block = random.nextBoolean() ? proposal.block() : TendermintMessage.NIL;
                    VoteKind kind = random.nextBoolean() ? VoteKind.PREVOTE : VoteKind.PRECOMMIT;
                    send(
                            null,
                            vote(kind, proposal.height() + random.nextInt(FLOOD), random.nextInt(FLOOD), block),
                            done);
                }
            }
        }
    }

    /** Votes when it is too late: each vote goes out with the next one. */
    private static final class UselessVoter extends Forger {
        private final List<Vote> late = new ArrayList<>();

        UselessVoter(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Vote vote) {
                late.forEach(before -> send(null, before, done));
                late.clear();
                late.add(vote);
            } else if (!(message instanceof Votes)) {
                send(to, message, done);
            }
        }
    }

    /**
     * Lets no two correct validators be locked on the same: shows its proposals to as many as make a polka with its prevote, and gives that
     * prevote to one of them alone, so late that nobody will ask that one in this round.
     */
    private static final class LockScatterer extends Forger {
        private static final TimerId STRIKE = new TimerId("strike");
        /** By how much time-outs grow with each round. */
        private static final int ROUND_MILLIS = 50;

        private long view = -1;
        private final Map<BlockId, Set<ValidatorId>> prevoted = new HashMap<>();
        private boolean armed;
        private boolean given;

        LockScatterer(Means means) {
            super(means);
        }

        @Override
        protected void heard(ValidatorId from, TendermintMessage message, List<Effect> done) {
            if (!(message instanceof Vote vote) || vote.kind() != VoteKind.PREVOTE) {
                return;
            }
            long of = Views.of(vote.height(), vote.round());
            if (of > view) {
                view = of;
                prevoted.clear();
                armed = false;
                given = false;
            }
            if (of == view && !vote.isNil()) {
                prevoted.computeIfAbsent(vote.block(), block -> new HashSet<>()).add(from);
            } else if (of == view && !armed) {
                // Somebody is against it: from now on time-outs run.
                armed = true;
                int late = 1 + random.nextInt(ROUND_MILLIS * (vote.round() + 1));
                done.add(new Effect.StartTimer(STRIKE, Duration.ofMillis(late)));
            }
        }

        @Override
        protected void after(Input input, List<Effect> done) {
            if (!(input instanceof Input.TimerFired fired) || !fired.timer().equals(STRIKE) || given) {
                return;
            }
            prevoted.forEach((block, voters) -> {
                if (voters.size() > mayFail()) {
                    given = true;
                    ValidatorId chosen = voters.stream().sorted().findFirst().orElseThrow();
                    send(chosen, vote(VoteKind.PREVOTE, Views.height(view), Views.round(view), block), done);
                }
            });
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Proposal || message instanceof Part) {
                List<ValidatorId> shown = peers().subList(0, mayFail() + 1);
                shown.forEach(peer -> send(peer, message, done));
            } else if (!(message instanceof Vote || message instanceof Votes || message instanceof Polka)) {
                send(to, message, done);
            }
        }
    }

    /** Wastes its two countable votes on nothing with one half and votes rightly with the other. */
    private static final class VoteExhauster extends Forger {
        VoteExhauster(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (!(message instanceof Vote vote)) {
                send(to, message, done);
                return;
            }
            List<ValidatorId> half = some(peers().size() / 2);
            for (ValidatorId peer : peers()) {
                if (half.contains(peer)) {
                    send(peer, vote(vote.kind(), vote.height(), vote.round(), nothing()), done);
                    send(peer, vote(vote.kind(), vote.height(), vote.round(), nothing()), done);
                }
                send(peer, vote, done);
            }
        }

        private BlockId nothing() {
            byte[] noise = new byte[Digest.BYTES];
            random.nextBytes(noise);
            return new BlockId(Digest.sha256(noise));
        }
    }

    /**
     * Pulls whoever is nearly late into the next round, where its own vote and that of one correct validator make a weak quorum; and fills
     * its places in the heights to come.
     */
    private static final class Usher extends Forger {
        /** So many heights and rounds of each others keep something of. */
        private static final int WINDOW = 4;

        private static final int ROUNDS = 3;

        Usher(Means means) {
            super(means);
        }

        /** Follows its honest core, which two of its kind cannot chase through the rounds. */
        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Vote vote && isFirstOf(Views.of(vote.height(), vote.round()))) {
                for (VoteKind kind : VoteKind.values()) {
                    send(null, vote(kind, vote.height(), vote.round() + 1, TendermintMessage.NIL), done);
                }
                for (int ahead = 1; ahead <= WINDOW; ahead++) {
                    for (VoteKind kind : VoteKind.values()) {
                        for (int round = 0; round < ROUNDS; round++) {
                            send(null, vote(kind, vote.height() + ahead, round, TendermintMessage.NIL), done);
                        }
                    }
                }
            }
            if (!(message instanceof Signed) && !(message instanceof Votes)) {
                send(to, message, done);
            }
        }
    }

    /** Wakes one validator at each height and lets the others sleep: shows it alone a proposal or a vote, and claims great heights. */
    private static final class Waker extends Forger {
        private static final int FAR = 1000;

        Waker(Means means) {
            super(means);
        }

        @Override
        protected void heard(ValidatorId from, TendermintMessage message, List<Effect> done) {
            if (message instanceof Summary) {
                send(from, vote(VoteKind.PREVOTE, message.height() + 2, 0, TendermintMessage.NIL), done);
                send(from, vote(VoteKind.PREVOTE, message.height() + FAR, 0, TendermintMessage.NIL), done);
            }
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Signed) {
                send(some(1).getFirst(), message, done);
            } else if (!(message instanceof BlockResponse || message instanceof Votes || message instanceof Polka)) {
                send(to, message, done);
            }
        }
    }
}
