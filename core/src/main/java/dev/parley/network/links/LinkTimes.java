package dev.parley.network.links;

/**
 * Times of links, in milliseconds.
 *
 * @param redialMillis after a connection was lost or not made; doubles with each failure, up to 64 times
 * @param barMillis how long a peer is not heard that broke the rules; doubles with each time, up to 16 times
 * @param steadyMillis a connection that lasted so long has made good for all failures before
 * @param heartbeatMillis so often one says that one lives
 * @param silenceMillis who says nothing for so long is taken for gone
 * @param stallMillis who takes nothing of what is written for so long is cut off
 * @param handshakeMillis within it the other side must have been reached, again within it have shown its key, and again within it have said
 *     hello
 */
record LinkTimes(
        long redialMillis,
        long barMillis,
        long steadyMillis,
        long heartbeatMillis,
        long silenceMillis,
        long stallMillis,
        long handshakeMillis) {
    static final LinkTimes DEFAULT = new LinkTimes(50, 500, 10_000, 1_000, 5_000, 20_000, 5_000);
}
