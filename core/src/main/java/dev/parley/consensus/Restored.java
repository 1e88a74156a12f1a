package dev.parley.consensus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a validator found on its disk.
 *
 * @param records the records that were persisted and not forgotten, in the order in which their keys were first written
 * @param lastDecided the newest block of the log, or null for an empty log
 */
public record Restored(
        List<ConsensusRecord> records, @Nullable DecidedBlock lastDecided) {
    public static final Restored NOTHING = new Restored(List.of(), null);

    public Restored {
        records = List.copyOf(records);
    }
}
