package dev.parley.testkit.tendermint;

import java.util.Arrays;

/** The states that were met, in the order in which they were, each with the one from which it was reached first. No hash stands for a state. */
final class StateTable {
    private static final int FREE = -1;

    private long[] states = new long[1 << 12];
    private int[] parents = new int[1 << 12];
    private int[] table = new int[1 << 13];
    private int size;

    StateTable() {
        Arrays.fill(table, FREE);
    }

    /** @return whether the state is new */
    boolean add(long state, int parent) {
        int at = find(state);
        if (table[at] != FREE) {
            return false;
        }
        if (size == states.length) {
            states = Arrays.copyOf(states, states.length + (states.length >> 1));
            parents = Arrays.copyOf(parents, states.length);
        }
        table[at] = size;
        states[size] = state;
        parents[size] = parent;
        size++;
        if (size * 3L > table.length * 2L) {
            grow();
        }
        return true;
    }

    long state(int index) {
        return states[index];
    }

    /** -1 for the first state. */
    int parent(int index) {
        return parents[index];
    }

    int size() {
        return size;
    }

    private int find(long state) {
        int mask = table.length - 1;
        long mixed = (state ^ (state >>> 29)) * 0x9E3779B97F4A7C15L;
        int at = (int) (mixed >>> 32) & mask;
        while (table[at] != FREE && states[table[at]] != state) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        table = new int[table.length * 2];
        Arrays.fill(table, FREE);
        for (int i = 0; i < size; i++) {
            table[find(states[i])] = i;
        }
    }
}
