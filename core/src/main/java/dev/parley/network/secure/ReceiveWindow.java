package dev.parley.network.secure;

/** Takes one peer's numbered frames in order, each once. What is after a gap is not kept: the sender has it. Not thread-safe. */
public final class ReceiveWindow {
    /** What becomes of a frame. */
    public enum Verdict {
        DELIVER,
        DUPLICATE,
        AFTER_GAP
    }

    private long next = 1;

    public Verdict accept(long number) {
        if (number == next) {
            next++;
            return Verdict.DELIVER;
        }
        return number < next ? Verdict.DUPLICATE : Verdict.AFTER_GAP;
    }

    /** All below have come. */
    public long next() {
        return next;
    }

    /** The sender has started anew. */
    public void restart(long first) {
        next = first;
    }

    /** The sender no longer keeps what is below. */
    public void skipTo(long first) {
        next = Math.max(next, first);
    }
}
