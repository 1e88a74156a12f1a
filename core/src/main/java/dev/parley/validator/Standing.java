package dev.parley.validator;

import dev.parley.consensus.ValidatorId;

/** Which peers are not asked for anything for a while, because they did not answer or answered falsely. Counts ticks, knows no clock. */
final class Standing {
    private final long ticks;
    /** By peer: ticks for which it is still set aside. */
    private final long[] left;

    Standing(EngineSettings settings, int validators) {
        long tick = Math.max(1, settings.statusInterval().toMillis());
        this.ticks = Math.max(1, settings.setAside().toMillis() / tick);
        this.left = new long[validators];
    }

    void tick() {
        for (int i = 0; i < left.length; i++) {
            left[i] = Math.max(0, left[i] - 1);
        }
    }

    boolean isAside(ValidatorId peer) {
        return left[peer.index()] > 0;
    }

    void setAside(ValidatorId peer) {
        left[peer.index()] = ticks;
    }
}
