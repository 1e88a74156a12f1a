package dev.parley.consensus;

/**
 * Which of the commands that wait a payload is to hold: a random choice, so that validators that propose at once propose different ones.
 *
 * @param of how many commands, the first ones, to choose among; 1 or more
 * @param take how many of those, 1 to {@code of}
 * @param seed of the generator that chooses: the same commands and the same seed give the same choice
 */
public record Sample(int of, int take, long seed) {
    public Sample {
        if (take < 1 || of < take) {
            throw new IllegalArgumentException("a sample of " + take + " out of " + of);
        }
    }
}
