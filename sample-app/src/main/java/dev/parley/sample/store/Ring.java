package dev.parley.sample.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A list that grows and shrinks at both ends, and is read anywhere, in constant time. Not thread-safe. */
final class Ring {
    /** The length is a power of two, so that a mask does for a remainder. */
    private @Nullable ByteString[] slots = new @Nullable ByteString[8];

    private int head;
    private int size;

    int size() {
        return size;
    }

    /** @param index 0 to {@code size() - 1} */
    ByteString get(int index) {
        ByteString element = index < 0 || index >= size ? null : slots[slot(index)];
        if (element == null) {
            throw new IndexOutOfBoundsException("no element " + index + " among " + size);
        }
        return element;
    }

    void addFirst(ByteString element) {
        grow();
        head = slot(-1);
        slots[head] = element;
        size++;
    }

    void addLast(ByteString element) {
        grow();
        slots[slot(size)] = element;
        size++;
    }

    ByteString removeFirst() {
        ByteString element = get(0);
        slots[head] = null;
        head = slot(1);
        size--;
        return element;
    }

    ByteString removeLast() {
        ByteString element = get(size - 1);
        slots[slot(size - 1)] = null;
        size--;
        return element;
    }

    private int slot(int index) {
        return (head + index) & (slots.length - 1);
    }

    private void grow() {
        if (size == slots.length) {
            @Nullable ByteString[] larger = Arrays.copyOfRange(slots, head, head + size * 2);
            // What lay before the head follows what lay behind it.
            System.arraycopy(slots, 0, larger, size - head, head);
            slots = larger;
            head = 0;
        }
    }
}
