package dev.parley.mempool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of one lane that a block may take, in the order of arrival: a list linked through its entries. */
final class Lane {
    private @Nullable Entry first;
    private @Nullable Entry last;

    @Nullable Entry first() {
        return first;
    }

    boolean isEmpty() {
        return first == null;
    }

    void append(Entry entry) {
        insert(entry, last, null);
    }

    /** @param entries in the order of arrival; one walk finds the places of all of them */
    void insertInOrder(List<Entry> entries) {
        Entry place = first;
        for (Entry entry : entries) {
            while (place != null && place.arrival < entry.arrival) {
                place = place.next;
            }
            insert(entry, place == null ? last : place.previous, place);
        }
    }

    void remove(Entry entry) {
        Entry previous = entry.previous;
        Entry next = entry.next;
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            last = previous;
        } else {
            next.previous = previous;
        }
        entry.previous = null;
        entry.next = null;
        entry.ready = false;
    }

    private void insert(Entry entry, @Nullable Entry previous, @Nullable Entry next) {
        entry.previous = previous;
        entry.next = next;
        entry.ready = true;
        if (previous == null) {
            first = entry;
        } else {
            previous.next = entry;
        }
        if (next == null) {
            last = entry;
        } else {
            next.previous = entry;
        }
    }
}
