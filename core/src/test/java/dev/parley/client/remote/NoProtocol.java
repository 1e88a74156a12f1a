package dev.parley.client.remote;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.ValidatorId;
import java.util.Set;

/** Certificates that are a number. */
final class NoProtocol implements MessageCodec {
    record Numbered(long number) implements Certificate {
        @Override
        public Set<ValidatorId> signers() {
            return Set.of();
        }
    }

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
    public void writeCertificate(Certificate certificate, BinaryWriter out) {
        out.i64(((Numbered) certificate).number());
    }

    @Override
    public Certificate readCertificate(BinaryReader in) throws MalformedException {
        return new Numbered(in.i64());
    }
}
