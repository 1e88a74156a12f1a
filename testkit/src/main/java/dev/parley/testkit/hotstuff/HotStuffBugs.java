package dev.parley.testkit.hotstuff;

import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.hotstuff.Block;
import dev.parley.hotstuff.Chain;
import dev.parley.hotstuff.CommitRule;
import dev.parley.hotstuff.Header;
import dev.parley.hotstuff.HotStuffProtocol;
import dev.parley.hotstuff.HotStuffRules;
import dev.parley.hotstuff.HotStuffSettings;
import dev.parley.hotstuff.Pacemaker;
import dev.parley.hotstuff.QC;
import dev.parley.hotstuff.QuorumRule;
import dev.parley.hotstuff.RecordRule;
import dev.parley.hotstuff.SafetyRecord;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.SimulationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rules broken on purpose, most of them as they were broken in real systems (hazards). The simulator must notice each. */
final class HotStuffBugs {
    private static final int MAX_SEEDS = 3000;

    private HotStuffBugs() {}

    static List<PlantedBug> all(HotStuffSettings settings) {
        SimulationOptions any = PlantedBug.ANYWHERE;
        List<PlantedBug> bugs = new ArrayList<>();
        Planter plant = (name, what, conditions, change) -> bugs.add(new PlantedBug(
                name,
                what,
                new HotStuffProtocol(settings, change.apply(HotStuffRules.of(settings))),
                conditions,
                MAX_SEEDS));

        plant.bug(
                "quorum-of-2f",
                "a QC takes 2f votes",
                any,
                rules -> rules.withQuorums(new QuorumRule() {
                    @Override
                    public long votesNeeded(ValidatorSet validators) {
                        return 2 * validators.faultyPower();
                    }
                }));
        plant.bug(
                "tc-of-f-plus-1",
                "a TC takes f + 1 time-outs",
                any,
                rules -> rules.withQuorums(new QuorumRule() {
                    @Override
                    public long timeoutsNeeded(ValidatorSet validators) {
                        return validators.weakQuorumPower();
                    }
                }));
        plant.bug(
                "duplicate-signers-count",
                "one validator's vote counts as often as it is in a QC",
                any.withDrawn("duplicate-signer"),
                rules -> rules.withQuorums(new QuorumRule() {
                    @Override
                    public boolean countsDuplicates() {
                        return true;
                    }
                }));
        plant.bug(
                "commit-without-consecutive-views",
                "certified blocks in any views decide",
                any,
                rules -> rules.withCommit(new AnyViews(rules.commit().length())));
        plant.bug(
                "commit-on-one-chain",
                "a block is decided one QC too early",
                any,
                rules -> rules.withCommit(
                        new CommitRule.Consecutive(rules.commit().length() - 1)));
        plant.bug(
                "vote-twice",
                "a validator votes as often in a view as there are proposals",
                any.withDrawn("equivocating-leader"),
                rules -> rules.withGuard((view, safety) -> null));
        plant.bug(
                "vote-after-time-out",
                "a validator votes in a view that it gave up",
                any,
                rules -> rules.withGuard(
                        (view, safety) -> view <= safety.lastVotedView() ? "voted in this view already" : null));
        plant.bug(
                "vote-not-persisted",
                "votes are sent before they are recorded",
                any.withDrawn("equivocating-leader"),
                withoutRecord(RecordRule.Occasion.VOTE));
        plant.bug(
                "time-out-not-persisted",
                "time-outs are sent before they are recorded",
                any,
                withoutRecord(RecordRule.Occasion.TIMEOUT));
        plant.bug(
                "proposal-not-persisted",
                "proposals are sent before they are recorded",
                any,
                withoutRecord(RecordRule.Occasion.PROPOSAL));
        plant.bug(
                "blocks-not-recorded",
                "a restart loses undecided blocks",
                any,
                rules -> rules.withRecords(new RecordRule() {
                    @Override
                    public boolean recordsBlocks() {
                        return false;
                    }
                }));
        plant.bug(
                "safety-forgotten-at-restart",
                "a restarted validator believes that it never voted",
                any,
                rules -> rules.withRecords(new RecordRule() {
                    @Override
                    public SafetyRecord restored(SafetyRecord recorded) {
                        return SafetyRecord.INITIAL;
                    }
                }));
        plant.bug(
                "time-out-reports-stale-qc",
                "a time-out reports the QC before the highest",
                any,
                rules -> rules.withTimeoutReport(HotStuffBugs::before));
        plant.bug(
                "leader-extends-old-qc",
                "a leader extends the QC before the highest",
                any,
                rules -> rules.withProposal(HotStuffBugs::before));
        plant.bug(
                "time-outs-do-not-grow",
                "a view never takes longer than the first",
                any,
                rules -> rules.withPacemaker(failed -> settings.baseTimeout()));
        plant.bug(
                "timer-not-started-after-tc",
                "no timer runs in a view that was entered by a TC",
                any,
                rules -> rules.withPacemaker(new NoTimerAfterTimeout(rules.pacemaker())));
        plant.bug(
                "anyone-may-propose",
                "proposals count whoever makes them",
                any.withDrawn("usurper"),
                rules -> rules.withLeaderCheck((proposer, leader) -> true));
        plant.bug(
                "nested-certificates-unverified",
                "the QC in a message is taken for good",
                any.withDrawn("duplicate-signer"),
                rules -> rules.withVerification(part -> false));
        plant.bug(
                "evidence-against-the-next",
                "evidence names the validator after the culprit",
                any.withDrawn("equivocating-leader", "double-voter"),
                rules -> rules.withEvidence((evidence, from) -> new Evidence(
                        new ValidatorId((evidence.culprit().index() + 1) % any.validators()),
                        evidence.offence(),
                        evidence.first(),
                        evidence.second())));
        if (settings.variant() == HotStuffSettings.Variant.TWO_CHAIN) {
            plant.bug(
                    "tc-hides-reported-qc",
                    "a TC allows any block, whatever QC it reports",
                    any.withDrawn("stale-certificate"),
                    rules -> rules.withVoting((safety, block, entry, chain) -> null));
        } else {
            plant.bug(
                    "lock-not-checked",
                    "votes do not look at the lock",
                    any.withDrawn("stale-certificate"),
                    rules -> rules.withVoting((safety, block, entry, chain) -> null));
            plant.bug(
                    "lock-never-raised",
                    "nothing is ever locked",
                    any.withDrawn("stale-certificate"),
                    rules -> rules.withLock((locked, certified) -> locked));
        }
        bugs.add(PlantedBug.signsAtOnce(new HotStuffProtocol(settings), MAX_SEEDS));
        return bugs;
    }

    /** The QC by which the block of the given one was justified, if that block is known. */
    static QC before(QC highQc, Chain chain) {
        Block block = chain.block(highQc.block());
        return block == null ? highQc : block.justify();
    }

    private static UnaryOperator<HotStuffRules> withoutRecord(RecordRule.Occasion occasion) {
        return rules -> rules.withRecords(new RecordRule() {
            @Override
            public boolean recordsBefore(Occasion asked) {
                return asked != occasion;
            }
        });
    }

    @FunctionalInterface
    private interface Planter {
        void bug(String name, String what, SimulationOptions conditions, UnaryOperator<HotStuffRules> change);
    }

    private record AnyViews(int length) implements CommitRule {
        @Override
        public boolean commits(List<Header> chain) {
            return true;
        }
    }

    private record NoTimerAfterTimeout(Pacemaker sound) implements Pacemaker {
        @Override
        public Duration delay(long failedViews) {
            return sound.delay(failedViews);
        }

        @Override
        public boolean startsTimer(boolean enteredByTimeout) {
            return !enteredByTimeout;
        }
    }
}
