package dev.parley.testkit.hotstuff;

import dev.parley.crypto.SigningDomain;
import dev.parley.testkit.check.StatementSlots;
import java.util.Arrays;

/** A correct validator signs one vote, one time-out and one proposal in a view: each kind and view is a slot. */
final class HotStuffSlots implements StatementSlots {
    private final byte[][] heads;

    HotStuffSlots(SigningDomain domain) {
        heads = new byte[][] {
            domain.kind("hotstuff.vote").statement(out -> {}),
            domain.kind("hotstuff.timeout").statement(out -> {}),
            domain.kind("hotstuff.proposal").statement(out -> {})
        };
    }

    @Override
    public long slot(byte[] statement) {
        for (int kind = 0; kind < heads.length; kind++) {
            byte[] head = heads[kind];
            if (statement.length >= head.length + Long.BYTES
                    && Arrays.equals(head, 0, head.length, statement, 0, head.length)) {
                long view = 0;
                for (int i = 0; i < Long.BYTES; i++) {
                    view = (view << 8) | (statement[head.length + i] & 0xff);
                }
                return view * heads.length + kind;
            }
        }
        return NONE;
    }
}
