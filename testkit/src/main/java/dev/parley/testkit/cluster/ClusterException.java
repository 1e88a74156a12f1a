package dev.parley.testkit.cluster;

/** Something that was asked of a cluster cannot be done, or one of its processes has failed; the message says what, where and what to do. */
public final class ClusterException extends RuntimeException {
    public ClusterException(String message) {
        super(message);
    }

    public ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
