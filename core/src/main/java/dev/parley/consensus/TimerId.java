package dev.parley.consensus;

/**
 * One of a core's timers. Starting a timer that runs starts it anew; the shell never delivers a time-out of a timer that was
 * cancelled or started anew since. The shell's own are called {@code status} and {@code catch-up}.
 */
public record TimerId(String name) {
    @Override
    public String toString() {
        return name;
    }
}
