package dev.parley.testkit.honeybadger;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.honeybadger.HoneyBadgerMessage;
import dev.parley.honeybadger.HoneyBadgerMessage.Agreeing;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.HoneyBadgerMessage.Vote;
import dev.parley.honeybadger.agreement.AgreementMessage;
import dev.parley.honeybadger.agreement.AgreementMessage.Aux;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.CoinShare;
import dev.parley.honeybadger.agreement.AgreementMessage.Conf;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.broadcast.BroadcastMessage;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Val;
import dev.parley.honeybadger.coin.Share;
import dev.parley.honeybadger.subset.SubsetMessage;
import dev.parley.testkit.check.Forgotten;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.check.Violation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What holds in every run of HoneyBadgerBFT, whatever f validators do: all deliver the same in a broadcast, decide the same bit in an
 * agreement and vote for the same block of an epoch; a correct validator says one thing in one place, whether it restarts or not; a subset
 * has n − f parts, n − 2f of them of correct validators; no share for decrypting leaves before the subset is agreed, and none for the copy
 * of another's ciphertext; no share of a coin leaves before n − f CONF, none serves two coins, and a coin has one side for all.
 *
 * <p>What is said counts when it leaves: before, a crash may undo it.
 */
final class HoneyBadgerOracle implements Oracle {
    /**
     * Where a correct validator says one thing.
     *
     * @param kind of the message
     * @param about the proposer
     * @param round 0 where there are no rounds
     */
    private record Place(int validator, Class<?> kind, long epoch, int about, int round) {}

    private record Instance(long epoch, int proposer) {}

    private record Coin(long epoch, int proposer, int round) {}

    /** Who has, where. */
    private record At(int validator, long epoch, int proposer) {}

    private final Trial trial;
    private final int size;
    private final int mayFail;
    private final List<Deque<HoneyBadgerMessage>> asked = new ArrayList<>();
    private final Map<Place, Object> said = new HashMap<>();
    private final Map<Instance, BlockId> delivered = new HashMap<>();
    private final Map<Instance, Boolean> bits = new HashMap<>();
    private final Map<Long, BlockId> blocks = new HashMap<>();
    private final List<Map<Coin, BitSet>> confirmed = new ArrayList<>();
    private final List<Map<Share, Coin>> coins = new ArrayList<>();
    private final Map<Coin, Boolean> sides = new HashMap<>();
    private final List<BitSet> agreed = new ArrayList<>();
    private final Map<At, BlockId> decrypted = new HashMap<>();
    private final Forgotten forgotten;

    HoneyBadgerOracle(Trial trial) {
        this.trial = trial;
        this.size = trial.validators();
        this.mayFail = (size - 1) / 3;
        this.forgotten = new Forgotten(trial, "epoch");
        for (int i = 0; i < size; i++) {
            asked.add(new ArrayDeque<>());
            confirmed.add(new HashMap<>());
            coins.add(new HashMap<>());
            agreed.add(new BitSet());
        }
    }

    @Override
    public void stepped(int validator, Input input, List<Effect> effects) {
        if (input
                instanceof
                Input.Received(
                        ValidatorId from,
                        Agreeing(long epoch, SubsetMessage(ValidatorId proposer, AgreementMessage message)))) {
            confirms(validator, from.index(), epoch, proposer.index(), message);
        }
        for (int i = 0; i < effects.size(); i++) {
            switch (effects.get(i)) {
                case Effect.Broadcast(ConsensusMessage message) -> asks(validator, (HoneyBadgerMessage) message);
                case Effect.Send(var to, ConsensusMessage message) -> asks(validator, (HoneyBadgerMessage) message);
                case Effect.Observe(Observation.CertificateFormed formed) -> forms(validator, formed);
                case Effect.Observe(Observation.Tossed tossed) -> comesOut(validator, tossed);
                default -> {}
            }
        }
    }

    /** TERM stands for CONF of every round; it is counted for round −1. */
    private void confirms(int validator, int from, long epoch, int proposer, AgreementMessage message) {
        int round = switch (message) {
            case Conf conf -> conf.round();
            case Term term -> -1;
            default -> -2;
        };
        if (round >= -1) {
            confirmed
                    .get(validator)
                    .computeIfAbsent(new Coin(epoch, proposer, round), coin -> new BitSet())
                    .set(from);
        }
    }

    private void asks(int validator, HoneyBadgerMessage message) {
        asked.get(validator).add(message);
        switch (message) {
            case Agreeing(long epoch, SubsetMessage(ValidatorId proposer, AgreementMessage step)) -> {
                confirms(validator, validator, epoch, proposer.index(), step);
                if (step instanceof CoinShare(int round, Share share)) {
                    tosses(validator, new Coin(epoch, proposer.index(), round), share);
                }
            }
            case Decrypting share -> decrypts(validator, share);
            default -> {}
        }
    }

    private void tosses(int validator, Coin coin, Share share) {
        BitSet by = new BitSet();
        by.or(confirmed.get(validator).getOrDefault(coin, new BitSet()));
        by.or(confirmed.get(validator).getOrDefault(new Coin(coin.epoch(), coin.proposer(), -1), new BitSet()));
        if (by.cardinality() < size - mayFail) {
            throw new Violation(
                    "no coin before n - f CONF",
                    "v" + validator + " gives its share of " + coin + " and heard CONF of " + by);
        }
        Coin before = coins.get(validator).putIfAbsent(share, coin);
        if (before != null && !before.equals(coin)) {
            throw new Violation(
                    "a share serves one coin", "v" + validator + " gives one for " + before + " and " + coin);
        }
    }

    private void comesOut(int validator, Observation.Tossed tossed) {
        Coin coin = new Coin(tossed.view(), tossed.instance().index(), tossed.round());
        Boolean other = sides.putIfAbsent(coin, tossed.side());
        if (other != null && other != tossed.side()) {
            throw new Violation(
                    "a coin has one side for all",
                    "v" + validator + " sees " + tossed.side() + " of " + coin + ", another one the contrary");
        }
    }

    private void decrypts(int validator, Decrypting share) {
        long epoch = share.epoch();
        if (!agreed.get(validator).get((int) epoch)) {
            throw new Violation(
                    "nothing is decrypted before the subset is agreed", "v" + validator + " gives its " + share);
        }
        BlockId root = delivered.get(new Instance(epoch, share.proposer().index()));
        if (root == null) {
            return;
        }
        decrypted.put(new At(validator, epoch, share.proposer().index()), root);
        for (int other = 0; other < size; other++) {
            if (other != share.proposer().index() && root.equals(decrypted.get(new At(validator, epoch, other)))) {
                throw new Violation(
                        "a copied ciphertext is not decrypted",
                        "v" + validator + " gives its " + share + ", whose ciphertext is that of v" + other);
            }
        }
    }

    private void forms(int validator, Observation.CertificateFormed formed) {
        switch (formed.kind()) {
            case "broadcast" -> {
                int proposer = formed.signers().iterator().next().index();
                BlockId root = formed.block();
                BlockId other =
                        root == null ? null : delivered.putIfAbsent(new Instance(formed.view(), proposer), root);
                if (other != null && !other.equals(root)) {
                    throw new Violation(
                            "all deliver the same broadcast",
                            "v" + validator + " delivers " + root + " of v" + proposer + " in epoch " + formed.view()
                                    + ", another one " + other);
                }
            }
            case "subset" -> {
                agreed.get(validator).set((int) formed.view());
                requireSubset(validator, formed.view(), formed.signers());
            }
            case "commit" -> {
                if (formed.signers().size() < mayFail + 1) {
                    throw new Violation("certificates have f + 1 signers", "v" + validator + " forms " + formed);
                }
            }
            default -> {}
        }
    }

    private void requireSubset(int validator, long epoch, Set<ValidatorId> members) {
        long correct = members.stream()
                .filter(member -> !trial.isFaulty(member.index()))
                .count();
        if (members.size() < size - mayFail || correct < size - 2 * mayFail) {
            throw new Violation(
                    "a subset has n - f parts, n - 2f of correct validators",
                    "v" + validator + " agrees on " + members + " in epoch " + epoch);
        }
    }

    @Override
    public void leaves(int validator, long durableRecords) {
        HoneyBadgerMessage message = asked.get(validator).poll();
        if (message != null && !(message instanceof Joining)) {
            forgotten.says(validator, message.epoch());
        }
        switch (message) {
            case null -> {}
            case Broadcasting(long epoch, ValidatorId proposer, BroadcastMessage step) -> {
                if (!(step instanceof Val)) {
                    once(new Place(validator, step.getClass(), epoch, proposer.index(), 0), step.root());
                }
            }
            case Agreeing(long epoch, SubsetMessage(ValidatorId proposer, AgreementMessage step)) ->
                agrees(validator, epoch, proposer.index(), step);
            case Vote vote -> {
                BlockId other = blocks.putIfAbsent(vote.epoch(), vote.block());
                if (other != null && !other.equals(vote.block())) {
                    throw new Violation(
                            "an epoch has one block",
                            "v" + validator + " votes for " + vote.block() + " in epoch " + vote.epoch()
                                    + ", another one for " + other);
                }
            }
            case Decrypting share -> {}
            case Joining joining -> {}
        }
    }

    private void agrees(int validator, long epoch, int proposer, AgreementMessage step) {
        switch (step) {
            case Bval bval -> {}
            case CoinShare share -> {}
            case Aux aux -> once(new Place(validator, Aux.class, epoch, proposer, aux.round()), aux);
            case Conf conf -> once(new Place(validator, Conf.class, epoch, proposer, conf.round()), conf);
            case Term term -> {
                Boolean other = bits.putIfAbsent(new Instance(epoch, proposer), term.value());
                if (other != null && other != term.value()) {
                    throw new Violation(
                            "an agreement decides once",
                            "v" + validator + " says " + term + " about v" + proposer + " in epoch " + epoch
                                    + ", another one the contrary");
                }
            }
        }
    }

    private void once(Place place, Object what) {
        Object before = said.putIfAbsent(place, what);
        if (before != null && !before.equals(what)) {
            throw new Violation("one thing in one place", "at " + place + ": " + before + " and then " + what);
        }
    }

    @Override
    public void decided(int validator, DecidedBlock block) {
        String flaw = trial.protocol().refuteDecision(trial.setup(), block);
        if (flaw != null) {
            throw new Violation("decisions are proven", "v" + validator + " decides " + block.id() + ": " + flaw);
        }
    }

    /** What it said is remembered; what it heard and agreed on is not, since nothing that it says from now on can rest on that. */
    @Override
    public void lostDisk(int validator) {
        forgotten.lostDisk(validator);
        confirmed.get(validator).clear();
        agreed.get(validator).clear();
    }

    @Override
    public void restarted(int validator, Restored restored) {
        asked.get(validator).clear();
    }
}
