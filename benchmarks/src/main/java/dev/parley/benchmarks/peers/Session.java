package dev.parley.benchmarks.peers;

/** One client of a contender, used by one thread; answers may come on any. */
interface Session extends AutoCloseable {
    /** Who is told of each answer, once. */
    interface Answers {
        /** @param sentNanos as {@link Session#offer} was told */
        void answered(long sentNanos);

        void failed(Throwable why);
    }

    /**
     * Sends a command, unless the system holds it back.
     *
     * @return false if it has to be tried again
     */
    boolean offer(byte[] command, long sentNanos);

    /** Whether answers are taken by {@link #poll} alone, and not by threads of the contender. */
    default boolean isPolled() {
        return false;
    }

    /** Takes answers that have come, where the session is polled. Returns how many. */
    default int poll() {
        throw new UnsupportedOperationException("threads of its own take the answers");
    }

    @Override
    void close();
}
