package dev.parley.consensus;

/**
 * What messages are about of which only the newest are worth sending, those that the sender said last: of those that wait for one peer, among large ones and
 * among small ones, no more are kept, and the oldest is dropped. A message has one only where a peer does without the older ones, or gets
 * what is in them otherwise.
 *
 * @param of tells topics apart; all messages of one have the same {@code newest}
 * @param newest how many are kept, 1 or more
 */
public record Topic(Class<?> of, int newest) {
    public Topic {
        if (newest < 1) {
            throw new IllegalArgumentException("a topic keeps 1 message or more, not " + newest);
        }
    }

    /** Of which the newest leaves nothing worth knowing in those before. */
    public static Topic newest(Class<?> of) {
        return new Topic(of, 1);
    }
}
