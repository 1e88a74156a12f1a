package dev.parley.consensus;

import dev.parley.crypto.Digest;

/**
 * Where a record is kept; a later record with the same key replaces it.
 *
 * @param kind the protocol's own small number for the kind of record
 * @param name tells records of one kind apart; {@link Digest#ZERO} where there is just one
 */
public record RecordKey(int kind, Digest name) {
    public static RecordKey single(int kind) {
        return new RecordKey(kind, Digest.ZERO);
    }
}
