package dev.parley.testkit.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.tendermint.Lock;
import dev.parley.tendermint.ProposerSchedule;
import dev.parley.tendermint.SafetyRecord;
import dev.parley.tendermint.Share;
import dev.parley.tendermint.TendermintCertificate;
import dev.parley.tendermint.TendermintMessage;
import dev.parley.tendermint.TendermintMessage.Polka;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Signed;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import dev.parley.tendermint.TendermintStatements;
import dev.parley.tendermint.Views;
import dev.parley.tendermint.VoteCertificate;
import dev.parley.tendermint.VoteKind;
import dev.parley.testkit.check.Forgotten;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.check.Violation;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What holds in every run of Tendermint, whatever f validators do: polkas and commits have a quorum of distinct signers, and one value
 * for each round; lockedRound is no later than validRound, and both only grow at a height; a prevote other than the lock implies a polka
 * in [lockedRound, round); a precommit implies a polka and locks it; votes are for what the proposer of the round proposed; whoever has a
 * valid value proposes it again; w validators in higher rounds pull a validator along.
 */
final class TendermintOracle implements Oracle {
    /**
     * A polka that a validator has put together of votes of which its own may not have left it yet: if it restarts before anything does, that
     * vote was never given.
     *
     * @param asked how many messages it had asked to be sent before
     */
    private record Tentative(long view, BlockId block, long asked) {}

    /** What is known of one correct validator. */
    private static final class Known {
        private long height = 1;
        private int round;
        /** Durable or about to be: what a vote in the same step may rest on. */
        private @Nullable SafetyRecord safety;
        /** By validator: the highest round of this height in which it was heard of, -1 for none. */
        private final int[] heard;

        private final Deque<Tentative> polkas = new ArrayDeque<>();
        /** Messages that it asked to be sent, and those that have left. */
        private long asked;

        private long left;

        private Known(int validators) {
            heard = new int[validators];
            Arrays.fill(heard, -1);
        }

        private void enter(long view) {
            if (Views.height(view) != height) {
                height = Views.height(view);
                Arrays.fill(heard, -1);
            }
            round = Views.round(view);
        }

        private boolean knowsPolka(long view, BlockId block) {
            for (Tentative polka : polkas) {
                if (polka.view() == view && polka.block().equals(block)) {
                    return true;
                }
            }
            return false;
        }

        private boolean isOfThisHeight(@Nullable SafetyRecord record) {
            return record != null && record.height() == height;
        }
    }

    private final Trial trial;
    private final ValidatorSet validators;
    private final ProposerSchedule schedule;
    private final TendermintStatements statements;
    private final Known[] known;
    private final Forgotten forgotten;
    /** By {@link #key}: the block of a round's polkas. */
    private final Map<Long, BlockId> polkas = new HashMap<>();
    /** By {@link #key}: what a round's proposer proposed. */
    private final Map<Long, Set<BlockId>> proposed = new HashMap<>();
    /** The last polka that was looked at: most come many times. */
    private @Nullable VoteCertificate lastSeen;

    TendermintOracle(Trial trial) {
        this.trial = trial;
        this.validators = trial.setup().validators();
        this.schedule = new ProposerSchedule(validators);
        this.statements = new TendermintStatements(trial.setup().domain());
        this.known = new Known[validators.size()];
        this.forgotten = new Forgotten(trial, "height");
        Arrays.setAll(known, i -> new Known(validators.size()));
    }

    @Override
    public void stepped(int validator, Input input, List<Effect> effects) {
        Known of = known[validator];
        if (input instanceof Input.Received(ValidatorId from, TendermintMessage message)) {
            heard(validator, message);
        }
        for (int i = 0; i < effects.size(); i++) {
            if (effects.get(i) instanceof Effect.Send || effects.get(i) instanceof Effect.Broadcast) {
                of.asked++;
            }
            switch (effects.get(i)) {
                case Effect.Broadcast(Proposal proposal) -> proposes(validator, proposal);
                case Effect.Broadcast(Vote vote) -> votes(validator, vote);
                case Effect.Persist(var key, SafetyRecord record) -> records(validator, record);
                case Effect.Observe(Observation.ViewEntered entered) -> of.enter(entered.view());
                case Effect.Observe(Observation.CertificateFormed formed) -> forms(validator, formed);
                default -> {}
            }
        }
        requirePulledAlong(validator);
    }

    /** Views differ in high bits mostly, which hash maps do not look at. */
    private static long key(long view) {
        return view * 0x9E3779B97F4A7C15L;
    }

    // Messages that a correct validator took in

    private void heard(int validator, TendermintMessage message) {
        switch (message) {
            case Proposal proposal -> {
                if (proposal.polka() != null) {
                    requirePolka(validator, proposal.polka());
                    onePolka(
                            validator,
                            viewOf(proposal.polka()),
                            proposal.polka().block());
                }
                if (note(proposal)) {
                    heardOf(validator, proposal.height(), proposal.round(), proposal.proposer());
                }
            }
            case Vote vote -> heardOf(validator, vote.height(), vote.round(), vote.voter());
            case Votes votes ->
                votes.votes().forEach(vote -> heardOf(validator, vote.height(), vote.round(), vote.voter()));
            case Polka(VoteCertificate polka) -> {
                requirePolka(validator, polka);
                onePolka(validator, viewOf(polka), polka.block());
            }
            default -> {}
        }
    }

    /** @return whether it is from who is to propose in its round, a block of one who was to make it: another one counts for nothing */
    private boolean note(Proposal proposal) {
        boolean counts = proposal.proposer().equals(schedule.proposer(proposal.height(), proposal.round()))
                && proposal.header()
                        .proposer()
                        .equals(schedule.proposer(
                                proposal.height(), proposal.header().round()));
        if (counts) {
            proposed.computeIfAbsent(key(Views.of(proposal.height(), proposal.round())), view -> new HashSet<>())
                    .add(proposal.block());
        }
        return counts;
    }

    private void heardOf(int validator, long height, int round, ValidatorId signer) {
        Known of = known[validator];
        if (height == of.height && signer.index() != validator && of.heard[signer.index()] < round) {
            of.heard[signer.index()] = round;
        }
    }

    /** Lines 55–56. */
    private void requirePulledAlong(int validator) {
        Known of = known[validator];
        for (int candidate : of.heard) {
            if (candidate <= of.round) {
                continue;
            }
            long power = 0;
            for (int i = 0; i < of.heard.length; i++) {
                power += of.heard[i] >= candidate ? validators.power(new ValidatorId(i)) : 0;
            }
            if (power >= validators.weakQuorumPower()) {
                throw new Violation(
                        "a weak quorum in higher rounds pulls one along",
                        "v" + validator + " stays in round " + of.round + " of height " + of.height
                                + " and has heard of round " + candidate + " from power " + power);
            }
        }
    }

    // What a correct validator says

    private void proposes(int validator, Proposal proposal) {
        forgotten.says(validator, proposal.height());
        if (proposal.proposer().index() != validator
                || !proposal.proposer().equals(schedule.proposer(proposal.height(), proposal.round()))) {
            throw new Violation("one proposes in one's own rounds", "v" + validator + " sends " + proposal);
        }
        SafetyRecord record = known[validator].safety;
        requireRecorded(validator, proposal, record == null ? null : record.proposal());
        if (record != null
                && record.height() == proposal.height()
                && proposal.validRound() < 0
                && record.valid().round() >= 0
                && record.valid().round() < proposal.round()) {
            throw new Violation(
                    "a valid value is proposed again",
                    "v" + validator + " proposes a fresh block in round " + proposal.round() + " and holds for valid "
                            + record.valid());
        }
        if (proposal.polka() != null) {
            requirePolka(validator, proposal.polka());
        }
        note(proposal);
    }

    private void votes(int validator, Vote vote) {
        forgotten.says(validator, vote.height());
        SafetyRecord record = known[validator].safety;
        boolean isPrevote = vote.kind() == VoteKind.PREVOTE;
        requireRecorded(validator, vote, record == null ? null : isPrevote ? record.prevote() : record.precommit());
        if (vote.isNil()) {
            return;
        }
        long view = Views.of(vote.height(), vote.round());
        if (vote.kind() == VoteKind.PRECOMMIT) {
            if (!isPolka(validator, view, vote.block())) {
                throw new Violation(
                        "a precommit implies a polka",
                        "v" + validator + " precommits " + vote.block() + " in " + Views.height(view) + "/"
                                + Views.round(view) + " where the polka is for " + polkas.get(key(view)));
            }
            return;
        }
        if (!proposed.getOrDefault(key(view), Set.of()).contains(vote.block())) {
            throw new Violation(
                    "a prevote is for the proposer's block",
                    "v" + validator + " prevotes " + vote.block() + " in round " + vote.round() + " of height "
                            + vote.height());
        }
        Lock lock = record == null || record.height() != vote.height() ? Lock.NONE : record.lock();
        // A vote that is sent again after a restart may be older than the lock.
        if (lock.round() >= 0 && lock.round() < vote.round() && !lock.isOn(vote.block())) {
            boolean unlocked = false;
            for (int round = lock.round(); round < vote.round(); round++) {
                unlocked |= isPolka(validator, Views.of(vote.height(), round), vote.block());
            }
            if (!unlocked) {
                throw new Violation(
                        "a prevote other than the lock implies a polka since",
                        "v" + validator + " prevotes " + vote.block() + " in round " + vote.round()
                                + " and is locked on " + lock);
            }
        }
    }

    /** It was persisted before it is sent, so it is durable before it leaves. */
    private static void requireRecorded(int validator, Signed sent, @Nullable Signed recorded) {
        if (recorded == null || !recorded.signature().equals(sent.signature())) {
            throw new Violation(
                    "what is sent was recorded", "v" + validator + " sends " + sent + " and recorded " + recorded);
        }
    }

    private void records(int validator, SafetyRecord now) {
        SafetyRecord before = known[validator].safety;
        if (now.lock().round() > now.valid().round()) {
            throw new Violation(
                    "lockedRound is no later than validRound",
                    "v" + validator + " is locked on " + now.lock() + " and holds for valid " + now.valid());
        }
        if (before != null && before.height() == now.height()) {
            if (now.lock().round() < before.lock().round()
                    || now.valid().round() < before.valid().round()
                    || now.round() < before.round()) {
                throw new Violation(
                        "rounds, locks and valid values grow",
                        "v" + validator + " recorded " + before + " and then " + now);
            }
        } else if (before != null && now.height() < before.height()) {
            throw new Violation("heights grow", "v" + validator + " recorded " + before + " and then " + now);
        }
        Vote precommit = now.precommit();
        if (precommit != null && !precommit.isNil() && !now.lock().isOn(precommit.block())) {
            throw new Violation(
                    "a precommit locks",
                    "v" + validator + " precommits " + precommit.block() + " and is locked on " + now.lock());
        }
        VoteCertificate polka = now.polka();
        if (polka != null) {
            requirePolka(validator, polka);
        }
        known[validator].safety = now;
    }

    private void forms(int validator, Observation.CertificateFormed formed) {
        requireQuorum(validator, formed.kind() + " of " + Views.round(formed.view()), formed.signers());
        BlockId block = formed.block();
        if (formed.kind().equals("polka") && block != null) {
            Known of = known[validator];
            of.polkas.add(new Tentative(formed.view(), block, of.asked));
        }
    }

    // Certificates

    private void requireQuorum(int validator, String what, Collection<ValidatorId> signers) {
        long power = 0;
        for (ValidatorId signer : new HashSet<>(signers)) {
            power += validators.contains(signer) ? validators.power(signer) : 0;
        }
        if (power < validators.quorumPower()) {
            throw new Violation(
                    "certificates have a quorum", "v" + validator + " takes a " + what + " with power " + power);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same object mostly; another equal one is looked at again
    private void requirePolka(int validator, VoteCertificate polka) {
        if (polka == lastSeen) {
            return;
        }
        lastSeen = polka;
        requireQuorum(validator, polka.toString(), polka.signers());
        byte[] statement = statements.vote(VoteKind.PREVOTE, polka.height(), polka.round(), polka.block());
        for (Share share : polka.shares()) {
            if (!trial.setup().scheme().verify(validators.key(share.signer()), statement, share.signature())) {
                throw new Violation(
                        "certificates are signed",
                        "v" + validator + " takes " + polka + ", which " + share.signer() + " did not sign");
            }
        }
    }

    private static long viewOf(VoteCertificate polka) {
        return Views.of(polka.height(), polka.round());
    }

    private boolean isPolka(int validator, long view, BlockId block) {
        return block.equals(polkas.get(key(view))) || known[validator].knowsPolka(view, block);
    }

    @Override
    public void leaves(int validator, long durableRecords) {
        Known of = known[validator];
        of.left++;
        while (!of.polkas.isEmpty() && of.polkas.getFirst().asked() < of.left) {
            Tentative polka = of.polkas.removeFirst();
            onePolka(validator, polka.view(), polka.block());
        }
    }

    private void onePolka(int validator, long view, BlockId block) {
        BlockId other = polkas.putIfAbsent(key(view), block);
        if (other != null && !other.equals(block)) {
            throw new Violation(
                    "one polka value a round",
                    "round " + Views.round(view) + " of height " + Views.height(view) + " has a polka for " + other
                            + " and, as v" + validator + " knows, for " + block);
        }
    }

    @Override
    public void decided(int validator, DecidedBlock block) {
        VoteCertificate commit = ((TendermintCertificate) block.certificate()).commit();
        requireQuorum(validator, commit.toString(), commit.signers());
    }

    /** At what heights it spoke is remembered. Its lock is not: locks are of one height, at which it is to say nothing any more. */
    @Override
    public void lostDisk(int validator) {
        forgotten.lostDisk(validator);
    }

    /** What was durable is what counts; what was only written may be lost with no harm, since nothing of it was sent. */
    @Override
    public void restarted(int validator, Restored restored) {
        known[validator] = new Known(validators.size());
        DecidedBlock last = restored.lastDecided();
        known[validator].height = last == null ? 1 : last.height() + 1;
        restored.records().forEach(record -> {
            if (record instanceof SafetyRecord found && known[validator].isOfThisHeight(found)) {
                known[validator].safety = found;
                VoteCertificate polka = found.polka();
                if (polka != null) {
                    known[validator].polkas.add(new Tentative(viewOf(polka), polka.block(), 0));
                }
            }
        });
    }
}
