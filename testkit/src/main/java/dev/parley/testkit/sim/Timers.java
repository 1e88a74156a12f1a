package dev.parley.testkit.sim;

import dev.parley.consensus.TimerId;
import java.util.ArrayList;
import java.util.List;

/**
 * One validator's timers. Each has at most one event in the queue: a timer that is started anew, as a pacemaker does at every view, only moves
 * its deadline, and the event that comes too soon is put off to it.
 */
final class Timers {
    private static final long OFF = Long.MAX_VALUE;

    private final EventQueue queue;
    private final int validator;
    private final List<TimerId> names = new ArrayList<>();
    private long[] deadlines = new long[8];
    private long[] scheduled = new long[8];

    Timers(EventQueue queue, int validator) {
        this.queue = queue;
        this.validator = validator;
    }

    void start(TimerId timer, long deadline) {
        int slot = slot(timer);
        deadlines[slot] = deadline;
        if (scheduled[slot] > deadline) {
            scheduled[slot] = deadline;
            queue.add(deadline, Event.Kind.TIMER, validator).number = slot;
        }
    }

    void cancel(TimerId timer) {
        deadlines[slot(timer)] = OFF;
    }

    void cancelAll() {
        for (int i = 0; i < names.size(); i++) {
            deadlines[i] = OFF;
        }
    }

    /** @return whether the timer has elapsed, as opposed to an event of a deadline that was moved or called off */
    boolean elapsed(int slot, long now) {
        if (scheduled[slot] != now) {
            return false;
        }
        scheduled[slot] = OFF;
        if (deadlines[slot] > now) {
            if (deadlines[slot] != OFF) {
                scheduled[slot] = deadlines[slot];
                queue.add(deadlines[slot], Event.Kind.TIMER, validator).number = slot;
            }
            return false;
        }
        deadlines[slot] = OFF;
        return true;
    }

    TimerId name(int slot) {
        return names.get(slot);
    }

    private int slot(TimerId timer) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equals(timer)) {
                return i;
            }
        }
        int slot = names.size();
        names.add(timer);
        if (slot == deadlines.length) {
            deadlines = java.util.Arrays.copyOf(deadlines, slot * 2);
            scheduled = java.util.Arrays.copyOf(scheduled, slot * 2);
        }
        deadlines[slot] = OFF;
        scheduled[slot] = OFF;
        return slot;
    }
}
