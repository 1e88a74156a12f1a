package dev.parley.consensus;

/**
 * Heavy work that a core hands out, such as combining shares: a pure function of what it holds, all of it immutable. Runs outside the core
 * on another thread and, in simulation, at once; what it throws is a defect of the core that made it.
 */
@FunctionalInterface
public interface Computation {
    /** A protocol's own kind of result; immutable. */
    interface Result {}

    Result run();
}
