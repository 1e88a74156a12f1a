package dev.parley.testkit.tendermint;

import dev.parley.crypto.SigningDomain;
import dev.parley.tendermint.TendermintStatements;
import dev.parley.tendermint.TendermintStatements.Slot;
import dev.parley.testkit.check.StatementSlots;

/** A correct validator signs one proposal, one prevote and one precommit in a round of a height. */
final class TendermintSlots implements StatementSlots {
    private static final int KINDS = 3;
    /** No simulated run has as many rounds at one height. */
    private static final int ROUNDS = 1 << 20;

    private final TendermintStatements statements;

    TendermintSlots(SigningDomain domain) {
        statements = new TendermintStatements(domain);
    }

    @Override
    public long slot(byte[] statement) {
        Slot slot = statements.slotOf(statement);
        return slot == null ? NONE : (slot.height() * ROUNDS + slot.round()) * KINDS + slot.kind();
    }
}
