package dev.parley.consensus;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.Set;

/** The codec of no protocol: it has no messages, and its records and certificates are numbers. */
public final class NoProtocol implements MessageCodec {
    public record Note(long number) implements ConsensusRecord {}

    public record Proof(long number) implements Certificate {
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
    public void writeRecord(ConsensusRecord record, BinaryWriter out) {
        out.i64(((Note) record).number());
    }

    @Override
    public ConsensusRecord readRecord(BinaryReader in) throws MalformedException {
        return new Note(in.i64());
    }

    @Override
    public void writeCertificate(Certificate certificate, BinaryWriter out) {
        out.i64(((Proof) certificate).number());
    }

    @Override
    public Certificate readCertificate(BinaryReader in) throws MalformedException {
        return new Proof(in.i64());
    }
}
