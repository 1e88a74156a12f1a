package dev.parley.storage;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.Payload;
import dev.parley.consensus.PayloadDecoder;

/** For who counts what a protocol wrote and does not read it. */
enum UnreadCodec implements MessageCodec, PayloadDecoder {
    INSTANCE;

    @Override
    public void writeMessage(ConsensusMessage message, BinaryWriter out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConsensusMessage readMessage(BinaryReader in) throws MalformedException {
        throw unread();
    }

    @Override
    public void writeRecord(ConsensusRecord record, BinaryWriter out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConsensusRecord readRecord(BinaryReader in) throws MalformedException {
        throw unread();
    }

    @Override
    public void writeCertificate(Certificate certificate, BinaryWriter out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Certificate readCertificate(BinaryReader in) throws MalformedException {
        throw unread();
    }

    @Override
    public Payload read(BinaryReader in) throws MalformedException {
        throw unread();
    }

    private static MalformedException unread() {
        return new MalformedException("the protocol is not at hand");
    }
}
