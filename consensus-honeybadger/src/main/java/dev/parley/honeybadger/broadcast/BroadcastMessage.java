package dev.parley.honeybadger.broadcast;

import dev.parley.crypto.Digest;

/** What validators say to each other in one broadcast; which broadcast it is says whoever composes them. */
public sealed interface BroadcastMessage {
    /** Of which value the message is: the root of the Merkle tree over the value's shards. */
    Digest root();

    /** VAL(h, b, s): the sender gives each validator its shard; that of the validator it goes to. */
    record Val(Shard shard) implements BroadcastMessage {
        @Override
        public Digest root() {
            return shard.root();
        }
    }

    /** ECHO(h, b, s): a validator shows all others its shard; that of the validator it comes from. */
    record Echo(Shard shard) implements BroadcastMessage {
        @Override
        public Digest root() {
            return shard.root();
        }
    }

    /** READY(h): a validator knows that all can have the value. */
    record Ready(Digest root) implements BroadcastMessage {}
}
