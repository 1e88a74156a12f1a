package dev.parley.testkit.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.Lock;
import dev.parley.tendermint.SafetyRecord;
import dev.parley.tendermint.TendermintProtocol;
import dev.parley.tendermint.TendermintRules;
import dev.parley.tendermint.TendermintSettings;
import dev.parley.tendermint.TendermintSettings.Timeout;
import dev.parley.tendermint.VoteKind;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.SimulationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules broken on purpose, most of them as they were broken in real systems (hazards). The simulator must notice each. */
final class TendermintBugs {
    private static final int MAX_SEEDS = 3000;

    private TendermintBugs() {}

    static List<PlantedBug> all(TendermintSettings settings) {
        SimulationOptions any = PlantedBug.ANYWHERE;
        List<PlantedBug> bugs = new ArrayList<>();
        Planter plant = (name, what, conditions, rules) ->
                bugs.add(new PlantedBug(name, what, new TendermintProtocol(settings, rules), conditions, MAX_SEEDS));

        plant.bug("polka-of-2f", "a polka takes 2f prevotes", any, new SmallQuorum(VoteKind.PREVOTE));
        plant.bug("commit-of-2f", "a decision takes 2f precommits", any, new SmallQuorum(VoteKind.PRECOMMIT));
        plant.bug("never-locked", "a polka locks nothing", any, new TendermintRules() {
            @Override
            public Lock lockOn(Lock before, BlockId block, int round) {
                return before;
            }
        });
        plant.bug("lock-stays", "a later polka does not move the lock", any, new TendermintRules() {
            @Override
            public Lock lockOn(Lock before, BlockId block, int round) {
                return before.round() < 0 ? new Lock(round, block) : before;
            }
        });
        plant.bug(
                "fresh-block-despite-lock",
                "a fresh block is prevoted whatever one is locked on",
                any,
                new TendermintRules() {
                    @Override
                    public boolean mayPrevoteFresh(Lock lock, BlockId block) {
                        return true;
                    }
                });
        plant.bug(
                "unlocked-by-older-polka",
                "a polka from before the lock unlocks",
                any.withByzantine(1, "stale-certificate"),
                new TendermintRules() {
                    @Override
                    public boolean mayPrevoteWithPolka(Lock lock, BlockId block, int validRound) {
                        return true;
                    }
                });
        plant.bug("unlocked-by-nil", "a quorum of prevotes for nil unlocks", any, new TendermintRules() {
            @Override
            public Lock lockAfterNil(Lock before) {
                return Lock.NONE;
            }
        });
        plant.bug(
                "valid-value-not-proposed",
                "a proposer with a valid value proposes a fresh one",
                any,
                new TendermintRules() {
                    @Override
                    public boolean proposesValidValue() {
                        return false;
                    }
                });
        plant.bug(
                "valid-round-unchecked",
                "validRound need not be below the round, and its polka is taken for good",
                any.withDrawn("false-valid-round"),
                new TendermintRules() {
                    @Override
                    public boolean admitsValidRound(int validRound, int round) {
                        return validRound >= -1;
                    }

                    @Override
                    public boolean verifiesCertificates() {
                        return false;
                    }
                });
        plant.bug(
                "polka-unverified",
                "the polka in a proposal is taken for good",
                any.withDrawn("duplicate-signer", "false-valid-round"),
                new TendermintRules() {
                    @Override
                    public boolean verifiesCertificates() {
                        return false;
                    }
                });
        plant.bug(
                "duplicate-signers-count",
                "one validator's prevote counts as often as it is in a polka",
                any.withDrawn("duplicate-signer"),
                new TendermintRules() {
                    @Override
                    public boolean countsDuplicates() {
                        return true;
                    }
                });
        plant.bug(
                "precommits-of-all-rounds-count",
                "precommits of different rounds decide together",
                any,
                new TendermintRules() {
                    @Override
                    public boolean countsPrecommitsAcrossRounds() {
                        return true;
                    }
                });
        plant.bug("no-round-skip", "nothing pulls a validator to a higher round", any, new TendermintRules() {
            @Override
            public long quorumToSkip(ValidatorSet validators) {
                return validators.totalPower() + 1;
            }
        });
        plant.bug("time-outs-do-not-grow", "no round takes longer than the first", any, new TendermintRules() {
            @Override
            public Duration timeout(Timeout timeout, int round, Duration max) {
                return timeout.base();
            }
        });
        plant.bug("no-gossip", "nobody is sent what it lacks", any, new TendermintRules() {
            @Override
            public boolean answersSummaries() {
                return false;
            }
        });
        plant.bug(
                "anyone-may-propose",
                "proposals count whoever makes them",
                any.withDrawn("usurper"),
                new TendermintRules() {
                    @Override
                    public boolean mayPropose(ValidatorId who, ValidatorId proposer) {
                        return true;
                    }
                });
        for (TendermintRules.Occasion occasion : TendermintRules.Occasion.values()) {
            String kind = occasion.name().toLowerCase(java.util.Locale.ROOT);
            plant.bug(
                    kind + "-not-persisted", kind + "s are sent before they are recorded", any, new TendermintRules() {
                        @Override
                        public boolean recordsBefore(Occasion asked) {
                            return asked != occasion;
                        }
                    });
        }
        plant.bug("blocks-not-recorded", "a restart loses locked and valid blocks", any, new TendermintRules() {
            @Override
            public boolean recordsBlocks() {
                return false;
            }
        });
        plant.bug(
                "safety-forgotten-at-restart",
                "a restarted validator believes that it never voted",
                any,
                new TendermintRules() {
                    @Override
                    public @Nullable SafetyRecord restored(SafetyRecord recorded) {
                        return null;
                    }
                });
        plant.bug(
                "evidence-against-the-next",
                "evidence names the validator after the culprit",
                any.withDrawn("equivocating-leader", "double-voter"),
                new TendermintRules() {
                    @Override
                    public Evidence accuse(Evidence evidence, ValidatorId from) {
                        return new Evidence(
                                new ValidatorId((evidence.culprit().index() + 1) % any.validators()),
                                evidence.offence(),
                                evidence.first(),
                                evidence.second());
                    }
                });
        bugs.add(PlantedBug.signsAtOnce(new TendermintProtocol(settings), MAX_SEEDS));
        return bugs;
    }

    @FunctionalInterface
    private interface Planter {
        void bug(String name, String what, SimulationOptions conditions, TendermintRules rules);
    }

    private record SmallQuorum(VoteKind kind) implements TendermintRules {
        @Override
        public long quorum(ValidatorSet validators, VoteKind asked) {
            return asked == kind ? 2 * validators.faultyPower() : validators.quorumPower();
        }
    }
}
