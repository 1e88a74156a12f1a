package dev.parley.testkit.cluster;

import dev.parley.client.Receipt;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.validator.ValidatorNode.StateAt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What one world does for a {@link Cluster}. Called by one thread. Validators are given by index and are checked before they get here. */
interface Driver<C, R> extends AutoCloseable {
    /** Has all validators started. */
    void start();

    /** @param first the validator that is asked first */
    CompletionStage<Receipt<R>> submit(int first, C command);

    /** Lets a little happen: the next thing, or a few milliseconds. */
    void step();

    /** Lets so much time pass. */
    default void pass(Duration duration) {
        Duration end = elapsed().plus(duration);
        while (elapsed().compareTo(end) < 0) {
            step();
        }
    }

    /** Since the start, as the world counts it. */
    Duration elapsed();

    /** It runs; afterwards it does not. */
    void kill(int validator);

    /** As {@link #kill}; what its disk had not been told to keep is lost. */
    void powerOff(int validator);

    /** It does not run; afterwards it does, and has what it had stored. */
    void restart(int validator);

    /** As {@link #restart}; from now on it misbehaves. */
    void restart(int validator, List<Behaviour> behaviours);

    void pause(int validator);

    void resume(int validator);

    /** Loses what the one sends to the other. */
    void cut(int from, int to);

    void delay(int from, int to, Duration by);

    /** Ends all cuts and delays. */
    void heal();

    /** The last height of its log; 0 if it does not say. */
    long height(int validator);

    /** The height that it has executed and the hash of its state there; empty if it does not say. */
    Optional<StateAt> state(int validator);

    /** What it says of itself, in words. */
    String status(int validator);

    /** The last lines that it printed, none if it prints nothing of its own. */
    List<String> logTail(int validator);

    /** What it has in files stays there, for whoever reads of a failure. */
    void keepFiles();

    /** What runs the same again. */
    String again();

    @Override
    void close();
}
