package dev.parley.testkit.cluster;

/** What a test may need of the world that it runs in. */
public enum Capability {
    /** A validator ends at once, as by {@code kill -9}, and starts again with what it had stored. */
    KILL,
    /** The same, where what the disk had not been told to keep is lost. */
    POWER_LOSS,
    /** A validator stops where it is and goes on later, as by {@code SIGSTOP} and {@code SIGCONT}. */
    PAUSE,
    /** Links lose everything, in one direction or both. */
    PARTITION,
    /** Links take longer. */
    DELAY,
    /** Validators misbehave. */
    BYZANTINE,
    /** Time is the machine's: what takes long is slow. */
    REAL_TIME,
    /** Validators keep what they must not forget in files. */
    REAL_DISK
}
