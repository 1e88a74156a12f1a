package dev.parley.honeybadger.agreement;

import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.honeybadger.Outlet;
import dev.parley.honeybadger.agreement.AgreementMessage.Aux;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.CoinShare;
import dev.parley.honeybadger.agreement.AgreementMessage.Conf;
import dev.parley.honeybadger.agreement.AgreementMessage.InRound;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.coin.Coin;
import dev.parley.honeybadger.coin.Share;
import java.util.BitSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One binary agreement: all correct validators decide the same bit, which was some correct one's input (Mostéfaoui, Moumen & Raynal,
 * PODC 2014, with the CONF phase of hbbft #37, without which a scheduler that sees the coin first stalls it for ever).
 *
 * <p>It takes part from the first message on: without an input of its own it still passes on, and may even decide, what others said. Not
 * thread-safe.
 */
public final class BinaryAgreement {
    /**
     * Messages of so many rounds ahead are kept: a BVAL of either value, an AUX, a CONF and a share of each peer and round, no more.
     * With every third coin real, others get out of reach with probability 2<sup>-16</sup>, and then their TERM brings one up.
     */
    public static final int WINDOW = 48;

    private final ValidatorId self;
    private final int n;
    private final int f;
    private final Coin coin;
    private final AgreementRules rules;
    /** The current round, those within {@link #WINDOW} of which something was heard, and those that were left. */
    private final TreeMap<Integer, Round> rounds = new TreeMap<>();

    private final @Nullable Boolean[] terms;
    private Round current;
    private boolean hasInput;
    private @Nullable Boolean decision;

    /** @param n how many validators there are, all of one power; f = ⌊(n − 1) / 3⌋ of them may be faulty */
    public BinaryAgreement(ValidatorId self, int n, Coin coin, AgreementRules rules) {
        this.self = self;
        this.n = n;
        this.f = (n - 1) / 3;
        this.coin = coin;
        this.rules = rules;
        this.terms = new @Nullable Boolean[n];
        this.current = round(0);
    }

    /** Its estimate for round 0. One that comes after that round, or after the decision, is not needed any more. */
    public void input(boolean estimate, Outlet<AgreementMessage> out) {
        if (hasInput) {
            throw new IllegalStateException("a binary agreement has one input");
        }
        hasInput = true;
        if (decision == null && current.number == 0) {
            sendBval(current, estimate, out);
            examine(out);
        }
    }

    /**
     * What was said before a restart: it counts as said, and nothing is said in its place. Before anything is received. The estimate of a later
     * round may come out differently this time; then both BVALs are said, as they may be, and both are justified.
     */
    public void restore(AgreementMessage said) {
        int own = self.index();
        switch (said) {
            case Bval(int round, boolean value) -> {
                hasInput = true;
                round(round).sentBval = round(round).sentBval.with(value);
                round(round).bvals(value).set(own);
            }
            case Aux(int round, boolean value) -> round(round).aux()[own] = BoolSet.of(value);
            case Conf(int round, BoolSet values) -> round(round).conf()[own] = values;
            case CoinShare(int round, Share share) -> {
                round(round).shareReleased = true;
                round(round).toss.release();
            }
            case Term(boolean value) -> {
                hasInput = true;
                decision = value;
                terms[own] = value;
            }
        }
    }

    /** @param from one of the n */
    public void receive(ValidatorId from, AgreementMessage message, Outlet<AgreementMessage> out) {
        if (from.index() >= n || from.equals(self)) {
            out.refuse(from, Reason.FOREIGN_SENDER, message.toString());
            return;
        }
        boolean counted = switch (message) {
            case Term term -> count(from, term, out);
            case InRound inRound -> count(from, inRound, out);
        };
        if (counted) {
            switch (message) {
                case Bval bval -> relay(round(bval.round()), out);
                case Term term -> relayAll(out);
                default -> {}
            }
            examine(out);
        }
    }

    /** A coin may have come meanwhile. */
    public void again(Outlet<AgreementMessage> out) {
        examine(out);
    }

    public boolean hasInput() {
        return hasInput;
    }

    /** Null until decided; then the same for ever. */
    public @Nullable Boolean decision() {
        return decision;
    }

    /** The round that it is in, or was in when it decided; from 0. */
    public int round() {
        return current.number;
    }

    /**
     * Whether it may be dropped. Until then a decided one still passes on BVALs for those who are behind. With 2f + 1 TERM of its value,
     * its own among them, f + 1 come from correct validators, who have sent theirs to all: everybody decides, without any help.
     */
    public boolean isDone() {
        return decision != null && termsOf(decision) >= 2 * f + 1;
    }

    private boolean count(ValidatorId from, Term term, Outlet<AgreementMessage> out) {
        Boolean earlier = terms[from.index()];
        if (earlier != null) {
            refuseSecond(from, earlier.equals(term.value()), term, out);
            return false;
        }
        terms[from.index()] = term.value();
        return true;
    }

    private boolean count(ValidatorId from, InRound message, Outlet<AgreementMessage> out) {
        if (message.round() > current.number + (long) WINDOW) {
            out.refuse(from, Reason.OUT_OF_WINDOW, message + " in round " + current.number);
            return false;
        }
        if (message instanceof Bval bval) {
            BitSet said = round(bval.round()).bvals(bval.value());
            boolean first = !said.get(from.index());
            said.set(from.index());
            return first;
        }
        if (message.round() < current.number || decision != null) {
            return false;
        }
        Round round = round(message.round());
        return switch (message) {
            case Bval bval -> throw new AssertionError(bval);
            case Aux aux -> countOnce(round.aux(), from, BoolSet.of(aux.value()), message, out);
            case Conf conf -> countOnce(round.conf(), from, conf.values(), message, out);
            case CoinShare(int number, Share share) -> {
                if (!rules.keepsEarlyShares() && !round.shareReleased) {
                    yield false;
                }
                boolean added = round.toss.add(from, share);
                if (!added) {
                    out.refuse(from, Reason.UNREQUESTED, "a share of the coin of round " + number);
                }
                yield added;
            }
        };
    }

    /** The first one counts. */
    private static boolean countOnce(
            @Nullable BoolSet[] said,
            ValidatorId from,
            BoolSet values,
            AgreementMessage message,
            Outlet<AgreementMessage> out) {
        BoolSet earlier = said[from.index()];
        if (earlier != null) {
            refuseSecond(from, earlier == values, message, out);
            return false;
        }
        said[from.index()] = values;
        return true;
    }

    private static void refuseSecond(
            ValidatorId from, boolean same, AgreementMessage message, Outlet<AgreementMessage> out) {
        if (!same) {
            out.refuse(from, Reason.CONFLICT, message + " after another one");
        }
    }

    /** All rules, again and again until none fires: what one of them says is counted at once and may let another fire. */
    private void examine(Outlet<AgreementMessage> out) {
        relay(current, out);
        while (decision == null && !decideByTerms(out) && step(out)) {
            relay(current, out);
        }
    }

    /**
     * f + 1 BVAL(b): BVAL(b), once. In rounds that were left too, and after the decision in any: whoever is behind may need 2f + 1 of
     * them, and that is all correct validators.
     */
    private void relay(Round round, Outlet<AgreementMessage> out) {
        if (round.number > current.number && decision == null) {
            return;
        }
        for (int bit = 0; bit < 2; bit++) {
            boolean value = bit == 1;
            if (bvals(round, value) >= rules.bvalRelay(n, f)) {
                sendBval(round, value, out);
            }
            if (bvals(round, value) >= rules.binValues(n, f)) {
                round.binValues = round.binValues.with(value);
            }
        }
    }

    private void relayAll(Outlet<AgreementMessage> out) {
        rounds.values().forEach(round -> relay(round, out));
    }

    private boolean decideByTerms(Outlet<AgreementMessage> out) {
        for (int bit = 0; bit < 2; bit++) {
            if (termsOf(bit == 1) >= rules.termQuorum(n, f)) {
                decide(bit == 1, out);
                return true;
            }
        }
        return false;
    }

    /** The rules of the current round from AUX on. Whether there is a next round to look at. */
    private boolean step(Outlet<AgreementMessage> out) {
        Round round = current;
        if (rules.releasesCoinEarly()) {
            release(round, out);
        }
        if (round.binValues == BoolSet.NONE) {
            return false;
        }
        if (round.aux()[self.index()] == null) {
            boolean first = round.binValues.contains(true) && !round.binValues.contains(false);
            round.aux()[self.index()] = BoolSet.of(first);
            out.broadcast(new Aux(round.number, first));
        }
        BoolSet settled = settled(round.aux(), round.binValues);
        if (rules.confBeforeCoin()) {
            if (settled != BoolSet.NONE && round.conf()[self.index()] == null) {
                round.conf()[self.index()] = settled;
                out.broadcast(new Conf(round.number, settled));
            }
            settled = round.conf()[self.index()] == null ? BoolSet.NONE : settled(round.conf(), round.binValues);
        }
        if (round.values == null) {
            if (settled == BoolSet.NONE) {
                return false;
            }
            round.values = settled;
            release(round, out);
        }
        Boolean side = round.toss.value(
                culprit -> out.refuse(culprit, Reason.BAD_SHARE, "a share of the coin of round " + round.number));
        if (side == null) {
            return false;
        }
        endRound(round.values, side, out);
        return decision == null;
    }

    /** {b}: b is the estimate, and decided if it is the coin; {0, 1}: the coin is the estimate. */
    private void endRound(BoolSet values, boolean side, Outlet<AgreementMessage> out) {
        if (values == BoolSet.of(side)) {
            decide(side, out);
            return;
        }
        boolean estimate = values == BoolSet.BOTH ? side : !side;
        current.leave();
        current = round(current.number + 1);
        sendBval(current, estimate, out);
    }

    private void decide(boolean value, Outlet<AgreementMessage> out) {
        decision = value;
        terms[self.index()] = value;
        out.broadcast(new Term(value));
        relayAll(out);
    }

    private void release(Round round, Outlet<AgreementMessage> out) {
        if (!round.shareReleased) {
            round.shareReleased = true;
            Share share = round.toss.release();
            if (share != null) {
                out.broadcast(new CoinShare(round.number, share));
            }
        }
    }

    private void sendBval(Round round, boolean value, Outlet<AgreementMessage> out) {
        if (!round.sentBval.contains(value)) {
            round.sentBval = round.sentBval.with(value);
            round.bvals(value).set(self.index());
            out.broadcast(new Bval(round.number, value));
        }
    }

    /** Who said BVAL(value), or TERM(value). */
    private int bvals(Round round, boolean value) {
        int count = 0;
        for (int i = 0; i < n; i++) {
            Boolean term = terms[i];
            if (round.bvals(value).get(i) || (term != null && term == value)) {
                count++;
            }
        }
        return count;
    }

    /**
     * The values of n − f peers that lie in bin_values; none if there are not so many. Whoever said nothing in this round but TERM(b) says
     * b. What it did say in the round, which may come after the TERM and differ, takes the TERM's place.
     */
    private BoolSet settled(@Nullable BoolSet[] said, BoolSet binValues) {
        int count = 0;
        BoolSet union = BoolSet.NONE;
        for (int i = 0; i < n; i++) {
            BoolSet values = said[i];
            Boolean term = terms[i];
            if (values == null && term != null) {
                values = BoolSet.of(term);
            }
            if (values != null && values.isWithin(binValues)) {
                count++;
                union = union.union(values);
            }
        }
        return count >= rules.auxQuorum(n, f) ? union : BoolSet.NONE;
    }

    private int termsOf(boolean value) {
        int count = 0;
        for (Boolean term : terms) {
            if (term != null && term == value) {
                count++;
            }
        }
        return count;
    }

    private Round round(int number) {
        Round known = rounds.get(number);
        if (known == null) {
            known = new Round(number, n, coin.toss(number));
            rounds.put(number, known);
        }
        return known;
    }
}
