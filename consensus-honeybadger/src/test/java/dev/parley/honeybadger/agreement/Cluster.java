package dev.parley.honeybadger.agreement;

import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.SigningDomain;
import dev.parley.honeybadger.Offload;
import dev.parley.honeybadger.Outlet;
import dev.parley.honeybadger.agreement.AgreementMessage.Aux;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.CoinShare;
import dev.parley.honeybadger.agreement.AgreementMessage.Conf;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.coin.Coin;
import dev.parley.honeybadger.coin.HashedThreshold;
import dev.parley.honeybadger.coin.Share;
import dev.parley.honeybadger.coin.ThresholdCoin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One agreement among correct validators, the last f being Byzantine, over a network that delivers in the order that it is told. */
final class Cluster {
    record Packet(int from, int to, AgreementMessage message) {}

    final int n;
    final int f;
    final int correct;
    final HashedThreshold keys;
    final List<ThresholdCoin> coins = new ArrayList<>();
    final List<BinaryAgreement> agreements = new ArrayList<>();
    final List<Packet> network = new ArrayList<>();
    /** All refusals, in their order. */
    final List<Reason> refusals = new ArrayList<>();

    final List<String> violations = new ArrayList<>();
    final Set<Boolean> inputs = new TreeSet<>();
    /** (round, from, to) of CONF that arrived, and (from, to) of TERM. */
    private final Set<List<Integer>> confs = new HashSet<>();

    int shares;

    Cluster(int n, boolean byzantine, boolean patterned, AgreementRules rules, long seed) {
        this.n = n;
        this.f = (n - 1) / 3;
        this.correct = byzantine ? n - f : n;
        keys = new HashedThreshold(n, seed);
        for (int i = 0; i < n; i++) {
            ThresholdCoin coin = new ThresholdCoin(
                    keys.setup(i),
                    new SigningDomain("test", 0),
                    7,
                    new ValidatorId(2),
                    Offload.HERE,
                    rules,
                    (round, side) -> {});
            coins.add(coin);
            if (i < correct) {
                agreements.add(new BinaryAgreement(
                        new ValidatorId(i), n, patterned ? Coin.patterned(watched(coin)) : watched(coin), rules));
            }
        }
    }

    /** The coin, which the network sees before all others. */
    boolean coin(int round) {
        return (Digest.sha256(keys.signature(coins.getFirst().statement(round))).d() & 1) == 1;
    }

    /** All see the coin that the committee tossed. */
    private Coin watched(Coin real) {
        return round -> {
            Coin.Toss toss = real.toss(round);
            return new Coin.Toss() {
                @Override
                public boolean add(ValidatorId from, Share share) {
                    return toss.add(from, share);
                }

                @Override
                public @Nullable Share release() {
                    return toss.release();
                }

                @Override
                public @Nullable Boolean value(Consumer<ValidatorId> blame) {
                    Boolean value = toss.value(blame);
                    if (value != null && value != coin(round)) {
                        violations.add("another coin in round " + round);
                    }
                    return value;
                }
            };
        };
    }

    void input(int who, boolean value) {
        inputs.add(value);
        agreements.get(who).input(value, outlet(who));
        check(who);
    }

    void deliver(int from, int to, AgreementMessage message) {
        if (message instanceof Conf conf) {
            confs.add(List.of(conf.round(), from, to));
        } else if (message instanceof Term) {
            confs.add(List.of(-1, from, to));
        }
        agreements.get(to).receive(new ValidatorId(from), message, outlet(to));
        check(to);
    }

    /** Delivers what is on its way and meets the condition, oldest first; whether there was any. */
    boolean deliverFirst(Predicate<Packet> which) {
        for (int i = 0; i < network.size(); i++) {
            Packet packet = network.get(i);
            if (which.test(packet)) {
                network.remove(i);
                deliver(packet.from(), packet.to(), packet.message());
                return true;
            }
        }
        return false;
    }

    /** Any order, with a Byzantine message now and then; until nothing is on its way. */
    void runRandomly(Random random, int byzantineMessages) {
        int left = correct < n ? byzantineMessages : 0;
        for (int steps = 0; steps < 200_000 && violations.isEmpty(); steps++) {
            if (left > 0 && (network.isEmpty() || random.nextInt(3) == 0)) {
                left--;
                inject(random);
            } else if (network.isEmpty()) {
                return;
            } else {
                int at = random.nextInt(network.size());
                Packet packet = network.get(at);
                network.set(at, network.getLast());
                network.removeLast();
                deliver(packet.from(), packet.to(), packet.message());
            }
        }
    }

    private void inject(Random random) {
        int from = correct + random.nextInt(n - correct);
        int to = random.nextInt(correct);
        int round = Math.max(0, agreements.get(to).round() + random.nextInt(4) - 1);
        boolean value = random.nextBoolean();
        deliver(
                from,
                to,
                switch (random.nextInt(9)) {
                    case 0, 1, 2 -> new Bval(round, value);
                    case 3, 4 -> new Aux(round, value);
                    case 5, 6 -> new Conf(round, BoolSet.ofBits(1 + random.nextInt(3)));
                    case 7 ->
                        new CoinShare(
                                round, random.nextBoolean() ? coins.get(from).share(round) : garbage(random));
                    default -> random.nextInt(8) == 0 ? new Term(value) : new Bval(round, value);
                });
    }

    private static Share garbage(Random random) {
        byte[] bytes = new byte[64];
        random.nextBytes(bytes);
        return new Share(bytes);
    }

    void checkAllDecided() {
        for (int i = 0; i < correct; i++) {
            if (agreements.get(i).decision() == null) {
                violations.add("termination: v" + i + " stays in round "
                        + agreements.get(i).round());
            } else if (correct == n && !agreements.get(i).isDone()) {
                violations.add("v" + i + " can never be dropped");
            }
        }
    }

    private void check(int who) {
        Boolean decision = agreements.get(who).decision();
        if (decision != null) {
            if (!inputs.contains(decision)) {
                violations.add("validity: v" + who + " decides " + decision);
            }
            for (BinaryAgreement other : agreements) {
                if (other.decision() != null && !other.decision().equals(decision)) {
                    violations.add("agreement: v" + who + " decides " + decision);
                }
            }
        }
    }

    private Outlet<AgreementMessage> outlet(int self) {
        return new Outlet<>() {
            @Override
            public void broadcast(AgreementMessage message) {
                if (message instanceof CoinShare share) {
                    shares++;
                    checkConfs(self, share.round());
                }
                for (int to = 0; to < correct; to++) {
                    if (to != self) {
                        network.add(new Packet(self, to, message));
                    }
                }
            }

            @Override
            public void send(ValidatorId to, AgreementMessage message) {
                throw new AssertionError("agreement speaks to all or none");
            }

            @Override
            public void refuse(ValidatorId culprit, Reason reason, String what) {
                refusals.add(reason);
                if (culprit.index() < correct) {
                    violations.add("a correct one is blamed: " + reason + " " + what);
                }
            }
        };
    }

    /** No coin before n − f CONF, one's own among them. */
    private void checkConfs(int self, int round) {
        int count = 1;
        for (int from = 0; from < n; from++) {
            if (confs.contains(List.of(round, from, self)) || confs.contains(List.of(-1, from, self))) {
                count++;
            }
        }
        if (count < n - f) {
            violations.add("v" + self + " gives its share in round " + round + " after " + count + " CONF");
        }
    }
}
