package dev.parley.honeybadger.subset;

import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.honeybadger.Outlet;
import dev.parley.honeybadger.agreement.AgreementMessage;
import dev.parley.honeybadger.agreement.BinaryAgreement;
import dev.parley.honeybadger.coin.Coin;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Agreement on which of n broadcasts count: at least n − f of them, the same ones everywhere (HoneyBadgerBFT, figure 4). It only hears that
 * a broadcast was delivered, never what. Not thread-safe.
 */
public final class CommonSubset {
    private final int n;
    private final int f;
    private final SubsetRules rules;
    private final List<BinaryAgreement> agreements = new ArrayList<>();
    private final BitSet delivered = new BitSet();

    /** @param coins the coins of each proposer's agreement */
    public CommonSubset(ValidatorId self, int n, Function<ValidatorId, Coin> coins, SubsetRules rules) {
        this.n = n;
        this.f = (n - 1) / 3;
        this.rules = rules;
        for (int i = 0; i < n; i++) {
            agreements.add(new BinaryAgreement(self, n, coins.apply(new ValidatorId(i)), rules.agreement()));
        }
    }

    /** Upon delivery of the proposer's broadcast: input 1 to its agreement if that has none. */
    public void delivered(ValidatorId proposer, Outlet<SubsetMessage> out) {
        delivered.set(proposer.index());
        input(proposer.index(), true, out);
        examine(out);
    }

    /** What was said before a restart; before anything is received. */
    public void restore(SubsetMessage said) {
        agreements.get(said.proposer().index()).restore(said.message());
    }

    /** A coin of the proposer's agreement may have come meanwhile. */
    public void again(ValidatorId proposer, Outlet<SubsetMessage> out) {
        agreements.get(proposer.index()).again(outletOf(proposer, out));
        examine(out);
    }

    public void receive(ValidatorId from, SubsetMessage message, Outlet<SubsetMessage> out) {
        ValidatorId proposer = message.proposer();
        if (proposer.index() >= n) {
            out.refuse(from, Reason.MALFORMED, "an agreement about " + proposer);
            return;
        }
        if (!rules.inputsOneOnlyAfterDelivery()) {
            input(proposer.index(), true, out);
        }
        agreements.get(proposer.index()).receive(from, message.message(), outletOf(proposer, out));
        examine(out);
    }

    /** Whose broadcasts are in the subset, ascending; null until all agreements have decided. Their broadcasts may still be on their way. */
    public @Nullable List<ValidatorId> decided() {
        List<ValidatorId> ones = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Boolean decision = agreements.get(i).decision();
            if (decision == null) {
                return null;
            }
            if (decision) {
                ones.add(new ValidatorId(i));
            }
        }
        return ones;
    }

    /** Whether all have decided and the broadcasts of the subset are delivered. */
    public boolean isComplete() {
        List<ValidatorId> subset = decided();
        return subset != null && subset.stream().allMatch(id -> delivered.get(id.index()));
    }

    /** Whether it may be dropped: complete, and nobody needs its help in any agreement. */
    public boolean isDone() {
        return isComplete() && agreements.stream().allMatch(BinaryAgreement::isDone);
    }

    /** For reports: the agreement about the proposer's broadcast. */
    public BinaryAgreement agreement(ValidatorId proposer) {
        return agreements.get(proposer.index());
    }

    /** Upon n − f agreements with 1: input 0 to all that have no input. */
    private void examine(Outlet<SubsetMessage> out) {
        long ones = agreements.stream()
                .filter(agreement -> Boolean.TRUE.equals(agreement.decision()))
                .count();
        if (ones >= rules.onesBeforeZeros(n, f)) {
            for (int i = 0; i < n; i++) {
                input(i, false, out);
            }
        }
    }

    private void input(int index, boolean value, Outlet<SubsetMessage> out) {
        BinaryAgreement agreement = agreements.get(index);
        if (!agreement.hasInput()) {
            agreement.input(value, outletOf(new ValidatorId(index), out));
        }
    }

    private static Outlet<AgreementMessage> outletOf(ValidatorId proposer, Outlet<SubsetMessage> out) {
        return new Outlet<>() {
            @Override
            public void broadcast(AgreementMessage message) {
                out.broadcast(new SubsetMessage(proposer, message));
            }

            @Override
            public void send(ValidatorId to, AgreementMessage message) {
                out.send(to, new SubsetMessage(proposer, message));
            }

            @Override
            public void refuse(ValidatorId culprit, Reason reason, String what) {
                out.refuse(culprit, reason, "agreement about " + proposer + ": " + what);
            }
        };
    }
}
