package dev.parley.log;

/**
 * Names one command of one client; it is executed at most once, however often and wherever it is submitted.
 *
 * @param sequence the client's own count, from 1
 */
public record CommandId(ClientId client, long sequence) implements Comparable<CommandId> {
    /** Also keeps hash maps fast where somebody chooses names that collide. */
    @Override
    public int compareTo(CommandId other) {
        int order = client.compareTo(other.client);
        return order == 0 ? Long.compare(sequence, other.sequence) : order;
    }

    @Override
    public int hashCode() {
        long mixed = (client.hashCode() * 31L + sequence) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CommandId that && sequence == that.sequence && client.equals(that.client);
    }

    @Override
    public String toString() {
        return client + "#" + sequence;
    }
}
