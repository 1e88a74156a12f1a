package dev.parley.testkit.check;

import java.util.Arrays;

/** No correct validator signs two different statements for one slot, whatever it forgot at a restart in between. */
public final class SlotOracle implements Oracle {
    private final StatementSlots slots;
    private final LongTable[] signed;

    public SlotOracle(Trial trial, StatementSlots slots) {
        this.slots = slots;
        this.signed = new LongTable[trial.validators()];
        Arrays.setAll(signed, i -> new LongTable());
    }

    @Override
    public void signed(int validator, byte[] statement) {
        long slot = slots.slot(statement);
        if (slot != StatementSlots.NONE) {
            long content = hash(statement);
            long before = signed[validator].putIfAbsent(slot, content);
            if (before != content) {
                throw new Violation(
                        "one statement for a slot", "v" + validator + " signed two statements for slot " + slot);
            }
        }
    }

    private static long hash(byte[] bytes) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : bytes) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return hash;
    }
}
