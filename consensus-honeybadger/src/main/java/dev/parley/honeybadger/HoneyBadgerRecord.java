package dev.parley.honeybadger;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import org.jspecify.annotations.Nullable;

/** What a validator must find again after a restart. */
public sealed interface HoneyBadgerRecord extends ConsensusRecord {
    /**
     * Something that it said: it says the same again and nothing else in its place.
     *
     * @param number counts what it said in the epoch, from 0
     * @param to null for everybody
     */
    record Said(int number, @Nullable ValidatorId to, HoneyBadgerMessage message) implements HoneyBadgerRecord {
        @Override
        public int approximateBytes() {
            return 64 + message.approximateBytes();
        }

        RecordKey key() {
            return key(message.epoch(), number);
        }

        static RecordKey key(long epoch, int number) {
            return new RecordKey(
                    1, Digest.sha256(new BinaryWriter(12).i64(epoch).i32(number).toByteArray()));
        }
    }
}
