package dev.parley.testkit.honeybadger;

import dev.parley.crypto.SigningDomain;
import dev.parley.honeybadger.HoneyBadgerStatements;
import dev.parley.testkit.check.StatementSlots;

/** A correct validator signs one block an epoch. */
final class HoneyBadgerSlots implements StatementSlots {
    private final HoneyBadgerStatements statements;

    HoneyBadgerSlots(SigningDomain domain) {
        statements = new HoneyBadgerStatements(domain);
    }

    @Override
    public long slot(byte[] statement) {
        long epoch = statements.epochOf(statement);
        return epoch < 0 ? NONE : epoch;
    }
}
