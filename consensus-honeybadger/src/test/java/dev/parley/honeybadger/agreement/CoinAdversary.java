package dev.parley.honeybadger.agreement;

import dev.parley.honeybadger.agreement.AgreementMessage.Aux;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.CoinShare;
import dev.parley.honeybadger.agreement.AgreementMessage.Conf;
import dev.parley.honeybadger.agreement.AgreementMessage.InRound;
import dev.parley.honeybadger.agreement.Cluster.Packet;

/**
 * The attack on the protocol of 2014 (amiller/HoneyBadgerBFT #59), n = 4 with v3 Byzantine and a network that v3 commands. In each round two
 * validators of different estimates get both values and, by that, release the coin; the third has heard nothing yet, and is then led to the
 * value that the coin is not. So it keeps that, the others take the coin's, and all begins again. Where the coin is not out at that moment
 * the adversary lets everything arrive.
 */
final class CoinAdversary {
    private static final int BYZANTINE = 3;
    private final Cluster cluster;

    CoinAdversary(AgreementRules rules, long seed) {
        cluster = new Cluster(4, true, false, rules, seed);
    }

    /** In how many rounds all decide; {@code limit} if they don't within so many. */
    int rounds(int limit) {
        boolean[] estimates = {false, true, false};
        for (int i = 0; i < 3; i++) {
            cluster.input(i, estimates[i]);
        }
        for (int round = 0; round < limit; round++) {
            boolean mixed = estimates[0] != estimates[1] || estimates[1] != estimates[2];
            if (mixed) {
                attack(round, estimates);
            }
            int current = round;
            while (cluster.deliverFirst(
                    packet -> !(packet.message() instanceof InRound inRound) || inRound.round() <= current)) {
                // All that is left of the round.
            }
            if (!cluster.violations.isEmpty()) {
                throw new AssertionError(cluster.violations);
            }
            if (cluster.agreements.stream().allMatch(each -> each.decision() != null)) {
                return round + 1;
            }
            estimates = estimates(round + 1, estimates);
        }
        return limit;
    }

    private void attack(int round, boolean[] estimates) {
        // z: the estimate of two; x one of these, third the other; y alone has the other value.
        int y = estimates[0] == estimates[1] ? 2 : estimates[0] == estimates[2] ? 1 : 0;
        int x = (y + 1) % 3;
        int third = (y + 2) % 3;
        boolean z = estimates[x];
        lie(x, new Bval(round, z));
        pass(third, x, new Bval(round, z)); // AUX(z) of x
        lie(x, new Bval(round, !z));
        pass(y, x, new Bval(round, !z)); // passed on
        lie(y, new Bval(round, !z));
        pass(x, y, new Bval(round, !z)); // AUX(1 − z) of y
        pass(x, y, new Bval(round, z));
        pass(third, y, new Bval(round, z)); // both have both
        lie(x, new Aux(round, z));
        lie(y, new Aux(round, z));
        pass(y, x, new Aux(round, !z));
        pass(x, y, new Aux(round, z));
        lie(x, new Conf(round, BoolSet.BOTH));
        lie(y, new Conf(round, BoolSet.BOTH));
        pass(y, x, new Conf(round, BoolSet.BOTH));
        pass(x, y, new Conf(round, BoolSet.BOTH));
        // With the share of x and its own, v3 knows the coin. What else keeps a coin back can't be known here: it is
        // seen only if released.
        boolean seen = cluster.network.stream()
                .anyMatch(packet -> packet.message() instanceof CoinShare share && share.round() == round);
        boolean target = seen ? !cluster.coin(round) : z;
        int holder = target == z ? x : y;
        lie(third, new Bval(round, target));
        pass(holder, third, new Bval(round, target));
        if (target != z) {
            pass(x, third, new Bval(round, target));
        }
        lie(third, new Aux(round, target));
        pass(holder, third, new Aux(round, target));
        lie(third, new Conf(round, BoolSet.of(target)));
        deliverShares(round);
    }

    private void deliverShares(int round) {
        while (cluster.deliverFirst(packet -> packet.message() instanceof CoinShare share && share.round() == round)) {
            // Each of them.
        }
    }

    private void lie(int to, AgreementMessage message) {
        cluster.deliver(BYZANTINE, to, message);
    }

    private void pass(int from, int to, AgreementMessage message) {
        cluster.deliverFirst(new Packet(from, to, message)::equals);
    }

    /** What they say in the next round, first. */
    private boolean[] estimates(int round, boolean[] before) {
        boolean[] estimates = before.clone();
        for (int i = 0; i < 3; i++) {
            int from = i;
            for (Packet packet : cluster.network.reversed()) {
                if (packet.from() == from
                        && packet.message() instanceof Bval(int number, boolean value)
                        && number == round) {
                    estimates[from] = value;
                }
            }
        }
        return estimates;
    }
}
