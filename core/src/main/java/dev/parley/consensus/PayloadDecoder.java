package dev.parley.consensus;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;

/** Reads what {@link Payload#write} wrote. Thread-safe. */
@FunctionalInterface
public interface PayloadDecoder {
    Payload read(BinaryReader in) throws MalformedException;
}
