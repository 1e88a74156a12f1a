package dev.parley.testkit.sim;

import org.jspecify.annotations.Nullable;

/** Something that will happen at a virtual time. Taken from a pool and given back, since a run has ten thousand of them. */
final class Event {
    /** What happens, with the meaning of the other fields. */
    enum Kind {
        /** {@code target} gets the message {@code subject} from {@code number}. */
        DELIVER,
        /** Timer {@code number} of {@code target}. */
        TIMER,
        /** Batch {@code number} of {@code target} is durable. */
        DURABLE,
        /** Client {@code target} has something to do. */
        CLIENT,
        /** Client {@code target} hears that its command {@code number} was executed. */
        REPLY,
        /** {@code target} gossips again what waits for long. */
        GOSSIP,
        /** The next fault of the plan's part {@code number}. */
        FAULT,
        /** {@code target} comes back. */
        RESTART,
        /** Look whether anything moves. */
        PROGRESS,
        /** {@code target}, which recovers, tells its peers what it wants ordered. */
        NOTICE
    }

    Kind kind = Kind.PROGRESS;
    int target;
    /** The incarnation of the target that it is for: what was under way to a crashed process is lost with it. */
    int incarnation;

    long number;

    @Nullable Object subject;
}
