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

    /** One whose answers no thread of the contender takes. */
    interface Polled extends Session {
        /** Takes answers that have come. Returns how many. */
        int poll();
    }

    @Override
    void close();
}
