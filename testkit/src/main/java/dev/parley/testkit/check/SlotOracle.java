package dev.parley.testkit.check;

import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import java.util.Arrays;
import java.util.List;

/**
 * No correct validator signs two different statements for one slot, whatever it forgot at a restart in between, or with its disk. What it signed and lost in
 * a crash before anything left it binds nobody: nobody has seen it.
 */
public final class SlotOracle implements Oracle {
    /** What one validator signed. */
    private static final class Signed {
        private final LongTable contents = new LongTable();
        /** Slots that were signed since the last message left, oldest first, with how many messages were asked for before. */
        private long[] unseen = new long[16];

        private long[] askedBefore = new long[16];
        private int first;
        private int end;
        private long asked;
        private long left;

        void sign(long slot) {
            if (first == end) {
                first = 0;
                end = 0;
            }
            if (end == unseen.length) {
                unseen = Arrays.copyOf(unseen, end * 2);
                askedBefore = Arrays.copyOf(askedBefore, end * 2);
            }
            unseen[end] = slot;
            askedBefore[end++] = asked;
        }

        void leaves() {
            left++;
            while (first < end && askedBefore[first] < left) {
                first++;
            }
        }

        void restart() {
            for (int i = first; i < end; i++) {
                contents.forget(unseen[i]);
            }
            first = 0;
            end = 0;
            asked = 0;
            left = 0;
        }
    }

    private final StatementSlots slots;
    private final Signed[] signed;

    public SlotOracle(Trial trial, StatementSlots slots) {
        this.slots = slots;
        this.signed = new Signed[trial.validators()];
        Arrays.setAll(signed, i -> new Signed());
    }

    @Override
    public void signed(int validator, byte[] statement) {
        long slot = slots.slot(statement);
        if (slot != StatementSlots.NONE) {
            long content = hash(statement);
            if (signed[validator].contents.putIfAbsent(slot, content) != content) {
                throw new Violation(
                        "one statement for a slot", "v" + validator + " signed two statements for slot " + slot);
            }
            signed[validator].sign(slot);
        }
    }

    @Override
    public void stepped(int validator, Input input, List<Effect> effects) {
        for (int i = 0; i < effects.size(); i++) {
            if (effects.get(i) instanceof Effect.Send || effects.get(i) instanceof Effect.Broadcast) {
                signed[validator].asked++;
            }
        }
    }

    @Override
    public void leaves(int validator, long durableRecords) {
        signed[validator].leaves();
    }

    @Override
    public void restarted(int validator, Restored restored) {
        signed[validator].restart();
    }

    /** Never zero, which stands for no statement. */
    private static long hash(byte[] bytes) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : bytes) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return hash | 1;
    }
}
