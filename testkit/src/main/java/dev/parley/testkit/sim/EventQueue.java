package dev.parley.testkit.sim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What will happen, in the order of (virtual time, sequence): a binary heap over one number that holds both, without allocation once it has
 * its size.
 */
final class EventQueue {
    private static final int SEQUENCE_BITS = 26;
    /** No run has more events. */
    static final long MAX_EVENTS = 1L << SEQUENCE_BITS;

    private long[] keys = new long[1024];
    private @Nullable Event[] events = new @Nullable Event[1024];
    private int size;
    private long sequence;
    private Event[] free = new Event[256];
    private int freeCount;

    /** @param micros virtual time, not before the last event that was taken */
    Event add(long micros, Event.Kind kind, int target) {
        Event event = freeCount > 0 ? free[--freeCount] : new Event();
        event.kind = kind;
        event.target = target;
        event.incarnation = 0;
        event.number = 0;
        event.subject = null;
        if (sequence >= MAX_EVENTS) {
            throw new IllegalStateException("a run has at most " + MAX_EVENTS + " events");
        }
        push((micros << SEQUENCE_BITS) | sequence++, event);
        return event;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The time of the next event in microseconds. */
    long nextMicros() {
        return keys[0] >>> SEQUENCE_BITS;
    }

    /** The next event; give it back by {@link #release}. */
    Event remove() {
        Event first = events[0];
        if (first == null) {
            throw new IllegalStateException("nothing will ever happen any more");
        }
        size--;
        long key = keys[size];
        Event last = events[size];
        events[size] = null;
        if (size > 0) {
            int at = 0;
            int child = 1;
            while (child < size) {
                if (child + 1 < size && keys[child + 1] < keys[child]) {
                    child++;
                }
                if (keys[child] >= key) {
                    break;
                }
                keys[at] = keys[child];
                events[at] = events[child];
                at = child;
                child = 2 * at + 1;
            }
            keys[at] = key;
            events[at] = last;
        }
        return first;
    }

    void release(Event event) {
        event.subject = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = event;
    }

    private void push(long key, Event event) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
            events = Arrays.copyOf(events, size * 2);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (keys[parent] <= key) {
                break;
            }
            keys[at] = keys[parent];
            events[at] = events[parent];
            at = parent;
        }
        keys[at] = key;
        events[at] = event;
    }
}
