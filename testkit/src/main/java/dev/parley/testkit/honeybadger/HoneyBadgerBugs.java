package dev.parley.testkit.honeybadger;

import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.threshold.ThresholdKeys;
import dev.parley.honeybadger.HoneyBadgerProtocol;
import dev.parley.honeybadger.HoneyBadgerRules;
import dev.parley.honeybadger.HoneyBadgerSettings;
import dev.parley.honeybadger.agreement.AgreementRules;
import dev.parley.honeybadger.broadcast.BroadcastRules;
import dev.parley.honeybadger.subset.SubsetRules;
import dev.parley.testkit.sim.Fault;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.SimulationOptions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Rules broken on purpose, most of them as they were broken in real systems (hazards). The simulator must notice each. */
final class HoneyBadgerBugs {
    private static final int MAX_SEEDS = 3000;

    private HoneyBadgerBugs() {}

    static List<PlantedBug> all(HoneyBadgerSettings settings) {
        SimulationOptions any = PlantedBug.ANYWHERE;
        List<PlantedBug> bugs = new ArrayList<>();
        Planter plant = (name, what, conditions, rules) ->
                bugs.add(new PlantedBug(name, what, new HoneyBadgerProtocol(settings, rules), conditions, MAX_SEEDS));

        plant.bug(
                "ready-at-f",
                "READY is joined at f READY",
                any.withDrawn("wrong-root"),
                broadcast(new BroadcastRules() {
                    @Override
                    public int readiesForReady(int n, int f) {
                        return f;
                    }
                }));
        plant.bug(
                "root-not-compared",
                "what shards give back is not encoded again",
                any.withDrawn("bad-shards"),
                broadcast(new BroadcastRules() {
                    @Override
                    public boolean comparesRoot() {
                        return false;
                    }
                }));
        plant.bug(
                "echo-quorum-n-2f",
                "READY takes n - 2f ECHO",
                any.withDrawn("equivocating-broadcaster"),
                broadcast(new BroadcastRules() {
                    @Override
                    public int echoesForReady(int n, int f) {
                        return n - 2 * f;
                    }
                }));
        plant.bug(
                "delivered-at-f+1",
                "a broadcast is delivered at f + 1 READY",
                any.withDrawn("half-broadcaster"),
                broadcast(new BroadcastRules() {
                    @Override
                    public int readiesForDelivery(int n, int f) {
                        return f + 1;
                    }
                }));
        plant.bug(
                "second-val-echoed",
                "each VAL of a sender is echoed",
                any.withDrawn("equivocating-broadcaster"),
                broadcast(new BroadcastRules() {
                    @Override
                    public boolean echoesFirstValOnly() {
                        return false;
                    }
                }));
        plant.bug("no-conf", "the agreement of 2014, whose coin comes too early", any, agreement(new AgreementRules() {
            @Override
            public boolean confBeforeCoin() {
                return false;
            }
        }));
        plant.bug(
                "coin-released-early",
                "a share of the coin leaves when its round begins",
                any,
                agreement(new AgreementRules() {
                    @Override
                    public boolean releasesCoinEarly() {
                        return true;
                    }
                }));
        plant.bug(
                "coin-reused",
                "the agreements of an epoch, and all epochs, have the same coins",
                any.withAdversary("coin"),
                agreement(new AgreementRules() {
                    @Override
                    public boolean bindsInstance() {
                        return false;
                    }
                }));
        plant.bug(
                "share-unverified",
                "what shares of a coin combine to is not verified",
                any.withAdversary("coin"),
                agreement(new AgreementRules() {
                    @Override
                    public boolean verifiesShares() {
                        return false;
                    }
                }));
        plant.bug(
                "early-share-lost",
                "shares that come before one's own is out are dropped, and nobody says again what it said",
                any.withAdversary("coin").withFaults(Set.of()),
                new HoneyBadgerRules() {
                    @Override
                    public SubsetRules subset() {
                        return new SubsetRules() {
                            @Override
                            public AgreementRules agreement() {
                                return new AgreementRules() {
                                    @Override
                                    public boolean keepsEarlyShares() {
                                        return false;
                                    }
                                };
                            }
                        };
                    }

                    @Override
                    public boolean answersJoining() {
                        return false;
                    }
                });
        plant.bug(
                "bval-relayed-at-f",
                "BVAL is passed on at f BVAL",
                any.withDrawn("half-broadcaster", "double-voter"),
                agreement(new AgreementRules() {
                    @Override
                    public int bvalRelay(int n, int f) {
                        return f;
                    }
                }));
        plant.bug(
                "one-term-believed", "one TERM decides", any.withDrawn("double-voter"), agreement(new AgreementRules() {
                    @Override
                    public int termQuorum(int n, int f) {
                        return 1;
                    }
                }));
        plant.bug("zeros-after-n-2f", "n - 2f ones let zeros in", any, subset(new SubsetRules() {
            @Override
            public int onesBeforeZeros(int n, int f) {
                return n - 2 * f;
            }
        }));
        plant.bug(
                "one-before-delivery",
                "an agreement that others began gets input 1",
                any.withDrawn("bad-shards", "half-broadcaster"),
                subset(new SubsetRules() {
                    @Override
                    public boolean inputsOneOnlyAfterDelivery() {
                        return false;
                    }
                }));
        plant.bug(
                "decrypted-before-agreement",
                "shares for decrypting do not wait for the subset",
                any,
                new HoneyBadgerRules() {
                    @Override
                    public boolean decryptsAfterAgreement() {
                        return false;
                    }
                });
        plant.bug(
                "ciphertext-unbound",
                "a ciphertext is valid in any place",
                any.withDrawn("thief"),
                new HoneyBadgerRules() {
                    @Override
                    public boolean bindsCiphertexts() {
                        return false;
                    }
                });
        plant.bug("decrypted-with-f", "f shares are taken to be enough", any, new HoneyBadgerRules() {
            @Override
            public int sharesToDecrypt(ThresholdKeys keys) {
                return keys.threshold() - 1;
            }
        });
        plant.bug("not-recorded", "what is said is not recorded first", any, new HoneyBadgerRules() {
            @Override
            public boolean recordsBefore() {
                return false;
            }
        });
        plant.bug("one-vote-decides", "a block takes one vote", any, new HoneyBadgerRules() {
            @Override
            public int votesToDecide(ValidatorSet validators) {
                return 1;
            }
        });
        plant.bug("joining-unanswered", "nobody says again what it said", any, new HoneyBadgerRules() {
            @Override
            public boolean answersJoining() {
                return false;
            }
        });
        plant.bug(
                "no-margin",
                "a validator that has lost its disk speaks in the epoch after that of its notice",
                PlantedBug.LOST_DISKS
                        .withFaults(EnumSet.of(
                                Fault.DELAY, Fault.CRASH, Fault.LOST_DISK, Fault.PARTITION, Fault.ONE_WAY_PARTITION))
                        .withValidators(7)
                        .withBlocks(15)
                        .withByzantine(1, "early-broadcaster"),
                new HoneyBadgerRules() {
                    @Override
                    public int heightsSpokenAhead() {
                        return 0;
                    }
                });
        bugs.add(PlantedBug.signsAtOnce(new HoneyBadgerProtocol(settings), MAX_SEEDS));
        return bugs;
    }

    private static HoneyBadgerRules broadcast(BroadcastRules broken) {
        return new HoneyBadgerRules() {
            @Override
            public BroadcastRules broadcast() {
                return broken;
            }
        };
    }

    private static HoneyBadgerRules agreement(AgreementRules broken) {
        return subset(new SubsetRules() {
            @Override
            public AgreementRules agreement() {
                return broken;
            }
        });
    }

    private static HoneyBadgerRules subset(SubsetRules broken) {
        return new HoneyBadgerRules() {
            @Override
            public SubsetRules subset() {
                return broken;
            }
        };
    }

    @FunctionalInterface
    private interface Planter {
        void bug(String name, String what, SimulationOptions conditions, HoneyBadgerRules rules);
    }
}
