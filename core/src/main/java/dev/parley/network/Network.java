package dev.parley.network;

import dev.parley.consensus.ValidatorId;

/**
 * Moves messages between validators. Nothing is promised but this: a message is delivered to the validator it was sent to, with
 * the true name of the validator that sent it, or is lost; and what one validator sends another and is not lost comes in order,
 * perhaps more than once. A network may let small messages overtake large ones; among each they keep their order, but that those of a topic
 * ({@link PeerMessage#topic}) may move up, in their order, into the place of one of them that was dropped before it was sent.
 */
public interface Network {
    /**
     * Joins a validator to the network. A validator that joins again (after a restart) replaces its former self.
     *
     * @param inbox called from any thread; must not block
     */
    Link join(ValidatorId self, Inbox inbox);

    /** Where a validator's messages arrive. Thread-safe; refuses what is over its bounds rather than block. */
    interface Inbox {
        void deliver(ValidatorId from, PeerMessage message);

        /** A frame as it came from the wire: whatever bytes the peer chose to send. */
        void deliverFrame(ValidatorId from, byte[] frame);

        /** Whether a peer should send no more for now; what it sends all the same may be refused. */
        boolean isFull(ValidatorId from);

        /**
         * Asks to be told once when there is room again for what a peer sends; only the last who asks is.
         *
         * @param then called from any thread, perhaps at once; must not block
         */
        void whenRoom(ValidatorId from, Runnable then);

        /**
         * Another process speaks as this validator, too: peers say so that have more power than can be faulty.
         *
         * @param how which they are
         */
        void impersonated(String how);
    }

    /** An inbox that is never full: for tests and tools. */
    interface BottomlessInbox extends Inbox {
        @Override
        default boolean isFull(ValidatorId from) {
            return false;
        }

        @Override
        default void whenRoom(ValidatorId from, Runnable then) {
            then.run();
        }

        @Override
        default void impersonated(String how) {}
    }

    /** One validator's way out. Thread-safe; never blocks. */
    interface Link extends AutoCloseable {
        void send(ValidatorId to, PeerMessage message);

        /** To all other validators of the network. */
        void broadcast(PeerMessage message);

        /** What comes from a peer is mostly refused: a network that can keep it from sending for a while does. */
        void distrust(ValidatorId peer);

        /** Leaves the network; what is sent afterwards is lost. */
        @Override
        void close();
    }
}
