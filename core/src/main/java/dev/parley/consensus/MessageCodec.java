package dev.parley.consensus;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;

/**
 * The canonical binary form of one protocol's messages, records and certificates. Reading what was written gives an equal value,
 * writing what was read gives the same bytes, and anything else is refused. Thread-safe.
 */
public interface MessageCodec {
    void writeMessage(ConsensusMessage message, BinaryWriter out);

    ConsensusMessage readMessage(BinaryReader in) throws MalformedException;

    void writeRecord(ConsensusRecord record, BinaryWriter out);

    ConsensusRecord readRecord(BinaryReader in) throws MalformedException;

    void writeCertificate(Certificate certificate, BinaryWriter out);

    Certificate readCertificate(BinaryReader in) throws MalformedException;
}
