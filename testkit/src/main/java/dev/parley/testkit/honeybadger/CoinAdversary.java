package dev.parley.testkit.honeybadger;

import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.honeybadger.HoneyBadgerMessage;
import dev.parley.honeybadger.HoneyBadgerMessage.Agreeing;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.Offload;
import dev.parley.honeybadger.agreement.AgreementMessage;
import dev.parley.honeybadger.agreement.AgreementMessage.Aux;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.CoinShare;
import dev.parley.honeybadger.agreement.AgreementMessage.Conf;
import dev.parley.honeybadger.agreement.AgreementMessage.InRound;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.agreement.BoolSet;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.coin.Coin;
import dev.parley.honeybadger.coin.CoinRules;
import dev.parley.honeybadger.coin.Share;
import dev.parley.honeybadger.coin.ThresholdCoin;
import dev.parley.honeybadger.subset.SubsetMessage;
import dev.parley.network.PeerMessage;
import dev.parley.testkit.sim.Adversary;
import dev.parley.testkit.sim.Scheduler;
import dev.parley.testkit.sim.SimulatedCluster;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The attack on the agreement of 2014 (amiller/HoneyBadgerBFT #59), n = 4: v3 and the network are in one hand, and aim at the agreement about
 * v3's broadcast, in each epoch. One validator alone delivers that broadcast in time, so that estimates differ. In each round then
 *
 * <ol>
 *   <li>x is led to both values, which takes the first step to the coin: without CONF it releases its share, and with v3's own the coin is
 *       known;
 *   <li>the other two are led to the one value that the coin is not, so that they keep it while x takes the coin's, and all begins again.
 * </ol>
 *
 * Where no coin is out at that moment, because x says CONF first, the adversary has to guess. Rounds whose coin is fixed it always wins, with
 * CONF and without. Shares of coins arrive before all else, and v3 gives everybody a wrong one first.
 */
final class CoinAdversary implements Scheduler {
    static final Adversary ADVERSARY = new Adversary("coin", Map.of(3, List.of("puppet")), CoinAdversary::new);

    private static final int BYZANTINE = 3;
    private static final ValidatorId PUPPET = new ValidatorId(BYZANTINE);
    /** Who delivers v3's broadcast in time. */
    private static final int LONE = 1;

    private static final int CORRECT = 3;
    private static final long STEP_MICROS = 1_000;
    /** After so long without a move, something else than the adversary is in the way, and it lets the epoch go. */
    private static final long PATIENCE_MICROS = 1_000_000;

    /** What it does as soon as it can. */
    private record Move(BooleanSupplier condition, Runnable action) {}

    private record Packet(int from, int to, HoneyBadgerMessage message) {}

    private record Said(int by, AgreementMessage message) {}

    private final SimulatedCluster cluster;
    private final ConsensusSetup keys;
    private final List<Packet> held = new ArrayList<>();
    private final Deque<Move> script = new ArrayDeque<>();
    /** About v3 in the epoch under attack, by correct validators, in the present round and the next. */
    private final Set<Said> said = new HashSet<>();
    /** What each said first. */
    private final Map<Integer, TreeMap<Integer, Boolean>> estimates = new HashMap<>();

    private final Map<Integer, Share> shares = new HashMap<>();
    private long epoch = 1;
    private int round;
    private boolean begun;
    private long lastMove;

    private final TreeMap<Integer, Integer> decided = new TreeMap<>();
    private int unanimous;
    private int letGo;

    CoinAdversary(SimulatedCluster cluster) {
        if (cluster.size() != CORRECT + 1) {
            throw new IllegalArgumentException("the coin's adversary plays with 4 validators, not " + cluster.size());
        }
        this.cluster = cluster;
        this.keys = cluster.keysOf(BYZANTINE);
        await();
    }

    // The network

    @Override
    public long late(int from, int to, PeerMessage message) {
        if (!(message instanceof PeerMessage.Consensus(HoneyBadgerMessage consensus))) {
            return 0;
        }
        if (from != BYZANTINE && consensus instanceof Agreeing agreeing) {
            hear(from, agreeing);
        }
        if (to == BYZANTINE || !isHeld(to, consensus)) {
            return 0;
        }
        if (consensus instanceof Agreeing agreeing && agreeing.step().message() instanceof CoinShare) {
            send(from, to, consensus);
        } else {
            held.add(new Packet(from, to, consensus));
        }
        return HELD;
    }

    private boolean isHeld(int to, HoneyBadgerMessage message) {
        return switch (message) {
            case Joining joining -> begun;
            case Broadcasting(long of, ValidatorId proposer, var step) ->
                of >= epoch && proposer.equals(PUPPET) && step instanceof Ready && to != LONE;
            case Agreeing(long of, SubsetMessage(ValidatorId proposer, AgreementMessage step)) ->
                of >= epoch && proposer.equals(PUPPET);
            default -> false;
        };
    }

    private void hear(int from, Agreeing agreeing) {
        SubsetMessage step = agreeing.step();
        if (agreeing.epoch() != epoch || !step.proposer().equals(PUPPET)) {
            return;
        }
        if (!begun) {
            begun = true;
            lastMove = cluster.now();
        }
        said.add(new Said(from, step.message()));
        switch (step.message()) {
            case Bval(int of, boolean value) ->
                estimates.computeIfAbsent(of, r -> new TreeMap<>()).putIfAbsent(from, value);
            case CoinShare(int of, Share share) -> {
                if (of == round) {
                    shares.put(from, share);
                }
            }
            default -> {}
        }
    }

    @Override
    public void happened() {
        while (begun && !script.isEmpty() && script.peekFirst().condition().getAsBoolean()) {
            lastMove = cluster.now();
            script.removeFirst().action().run();
        }
        if (begun && cluster.now() - lastMove > PATIENCE_MICROS) {
            letGo++;
            release();
        }
    }

    // The script

    /** Waits for the first estimates of an epoch. */
    private void await() {
        then(() -> isSaidByAll(0), this::attack);
    }

    private void then(BooleanSupplier condition, Runnable action) {
        script.addLast(new Move(condition, action));
    }

    private void attack() {
        Map<Integer, Boolean> mine = estimates.getOrDefault(round, new TreeMap<>());
        boolean zero = Boolean.TRUE.equals(mine.get(0));
        boolean one = Boolean.TRUE.equals(mine.get(1));
        boolean two = Boolean.TRUE.equals(mine.get(2));
        if (zero == one && one == two) {
            unanimous++;
            release();
            return;
        }
        int lone = zero == one ? 2 : zero == two ? 1 : 0;
        boolean lonely = Boolean.TRUE.equals(mine.get(lone));
        Boolean known = fixed(round);
        boolean target = known == null ? lonely : !known;
        int next = (lone + 1) % CORRECT;
        int last = (lone + 2) % CORRECT;
        if (target == lonely) {
            mislead(next, lone, last, target);
        } else {
            mislead(lone, next, last, target);
        }
    }

    /**
     * @param x gets both values, and says AUX of the other one
     * @param y says AUX(target), its own estimate
     * @param third as yet undetermined
     */
    private void mislead(int x, int y, int third, boolean target) {
        boolean other = !target;
        boolean pair = fixed(round) == null || !isEstimate(third, target);
        if (fixed(round) == null) {
            CoinShare wrong = new CoinShare(round, new Share(new byte[Digest.BYTES]));
            List.of(x, y, third).forEach(to -> lie(to, wrong));
        }
        if (pair) {
            lie(x, new Bval(round, other));
            pass(third, x, new Bval(round, other));
            lie(x, new Bval(round, target));
            pass(y, x, new Bval(round, target));
            lie(y, new Bval(round, target));
            pass(x, y, new Bval(round, target));
        } else {
            lie(y, new Bval(round, target));
            pass(third, y, new Bval(round, target));
            lie(y, new Bval(round, other));
            pass(x, y, new Bval(round, other));
            lie(x, new Bval(round, other));
            pass(y, x, new Bval(round, other));
            lie(x, new Bval(round, target));
            pass(y, x, new Bval(round, target));
        }
        lie(x, new Aux(round, other));
        pass(y, x, new Aux(round, target));
        then(() -> hasLookedAtTheCoin(x), () -> {
            boolean confirms = said.contains(new Said(x, new Conf(round, BoolSet.BOTH)));
            Boolean coin = confirms ? null : seen(x);
            if (coin != null && coin == target) {
                turn(x, y, third, other);
            } else {
                lead(x, y, third, target, confirms);
            }
            then(this::isOver, this::next);
        });
    }

    /** y and the third one to the target, and x between both values. */
    private void lead(int x, int y, int third, boolean target, boolean confirms) {
        lie(third, new Bval(round, target));
        pass(y, third, new Bval(round, target));
        lie(third, new Aux(round, target));
        pass(y, third, new Aux(round, target));
        lie(y, new Aux(round, target));
        pass(third, y, new Aux(round, target));
        if (confirms) {
            Conf conf = new Conf(round, BoolSet.of(target));
            lie(third, conf);
            pass(y, third, conf);
            lie(y, conf);
            pass(third, y, conf);
            if (fixed(round) == null) {
                then(() -> shares.containsKey(y) && shares.containsKey(third), () -> {});
            }
            lie(x, conf);
            pass(y, x, conf);
        }
    }

    /** The coin is what y says: so y gets both values too, and the third one the other. */
    private void turn(int x, int y, int third, boolean other) {
        lie(y, new Bval(round, other));
        pass(x, y, new Bval(round, other));
        pass(third, y, new Bval(round, other));
        lie(y, new Aux(round, other));
        pass(x, y, new Aux(round, other));
        lie(third, new Bval(round, other));
        pass(x, third, new Bval(round, other));
        lie(third, new Aux(round, other));
        pass(x, third, new Aux(round, other));
    }

    private void next() {
        if (isDecided()) {
            decided.merge(round + 1, 1, Integer::sum);
            release();
            return;
        }
        deliver(packet -> packet.message() instanceof Agreeing(long of, SubsetMessage step)
                && of == epoch
                && step.message() instanceof InRound inRound
                && inRound.round() <= round);
        said.removeIf(each -> each.message() instanceof InRound inRound && inRound.round() <= round);
        estimates.remove(round);
        shares.clear();
        round++;
        attack();
    }

    /** Everything arrives, and the next epoch is under attack. */
    private void release() {
        long over = epoch;
        epoch++;
        round = 0;
        begun = false;
        script.clear();
        said.clear();
        estimates.clear();
        shares.clear();
        deliver(packet -> packet.message().epoch() <= over || packet.message() instanceof Joining);
        for (Packet packet : held) {
            if (packet.message() instanceof Agreeing agreeing) {
                hear(packet.from(), agreeing);
            }
        }
        await();
    }

    private void deliver(Predicate<Packet> which) {
        for (Iterator<Packet> packets = held.iterator(); packets.hasNext(); ) {
            Packet packet = packets.next();
            if (which.test(packet)) {
                packets.remove();
                send(packet.from(), packet.to(), packet.message());
            }
        }
    }

    private void lie(int to, AgreementMessage message) {
        then(() -> true, () -> send(BYZANTINE, to, new Agreeing(epoch, new SubsetMessage(PUPPET, message))));
    }

    private void pass(int from, int to, AgreementMessage message) {
        Packet packet = new Packet(from, to, new Agreeing(epoch, new SubsetMessage(PUPPET, message)));
        then(() -> held.remove(packet), () -> send(from, to, packet.message()));
    }

    private void send(int from, int to, HoneyBadgerMessage message) {
        cluster.deliver(from, to, new PeerMessage.Consensus(message), STEP_MICROS);
    }

    // What it knows

    /** The coin of rounds that have a fixed one, as all know it; null if it is a real one. */
    private static @Nullable Boolean fixed(int round) {
        return round % 3 == 2 ? null : round % 3 == 0;
    }

    private boolean isEstimate(int validator, boolean value) {
        return estimates.getOrDefault(round, new TreeMap<>()).getOrDefault(validator, !value) == value;
    }

    private boolean isSaidByAll(int of) {
        return estimates.getOrDefault(of, new TreeMap<>()).size() == CORRECT;
    }

    private boolean isDecided() {
        return said.stream().anyMatch(each -> each.message() instanceof Term);
    }

    private boolean isOver() {
        return isDecided() || isSaidByAll(round + 1);
    }

    /** x has done what AUX let it do: said CONF, given its share or, where the coin is fixed and nobody says CONF, gone on. */
    private boolean hasLookedAtTheCoin(int x) {
        return said.contains(new Said(x, new Conf(round, BoolSet.BOTH)))
                || shares.containsKey(x)
                || estimates.getOrDefault(round + 1, new TreeMap<>()).containsKey(x)
                || isDecided();
    }

    /** The coin, from one correct validator's share and v3's own; null if that is not out or there is none. */
    private @Nullable Boolean seen(int x) {
        Share share = shares.get(x);
        if (share == null) {
            return null;
        }
        ThresholdSetup threshold = Objects.requireNonNull(keys.threshold());
        Coin.Toss toss = new ThresholdCoin(
                        threshold, keys.domain(), epoch, PUPPET, Offload.HERE, CoinRules.PAPER, (of, side) -> {})
                .toss(round);
        toss.release();
        toss.add(new ValidatorId(x), share);
        return toss.value(culprit -> {});
    }

    @Override
    public String report() {
        int attacked = decided.values().stream().mapToInt(Integer::intValue).sum();
        String rounds = decided.entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, "%d in round %d", entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "adversary of the coin: %,d agreements decided%s; %d not attackable, %d let go%s",
                attacked,
                rounds.isEmpty() ? "" : ": " + rounds,
                unanimous,
                letGo,
                begun ? String.format(Locale.ROOT, "; undecided in round %,d of epoch %d", round + 1, epoch) : "");
    }
}
