package dev.parley.network;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.MessageCodec;

/** For messages that belong to no protocol. */
public final class NoProtocol implements MessageCodec {
    @Override
    public void writeMessage(ConsensusMessage message, BinaryWriter out) {}

    @Override
    public ConsensusMessage readMessage(BinaryReader in) throws MalformedException {
        throw new MalformedException("no protocol");
    }

    @Override
    public void writeRecord(ConsensusRecord record, BinaryWriter out) {}

    @Override
    public ConsensusRecord readRecord(BinaryReader in) throws MalformedException {
        throw new MalformedException("no protocol");
    }

    @Override
    public void writeCertificate(Certificate certificate, BinaryWriter out) {}

    @Override
    public Certificate readCertificate(BinaryReader in) throws MalformedException {
        throw new MalformedException("no protocol");
    }
}
