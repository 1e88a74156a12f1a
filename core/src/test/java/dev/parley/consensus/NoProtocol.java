package dev.parley.consensus;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.log.CommandBatch;
import java.util.Set;

/** The codec of no protocol: it has no messages, and its records and certificates are numbers, some records with a payload. */
public final class NoProtocol implements MessageCodec {
    public record Note(long number) implements ConsensusRecord {}

    /** Records are equal if their payloads' hashes are. */
    public record Undecided(long number, CommandBatch payload) implements ConsensusRecord {
        @Override
        public boolean equals(Object other) {
            return other instanceof Undecided(long otherNumber, CommandBatch otherPayload)
                    && number == otherNumber
                    && payload.digest().equals(otherPayload.digest());
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
        }
    }

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
        switch (record) {
            case Undecided(long number, CommandBatch payload) ->
                payload.write(out.i64(number).bool(true));
            default -> out.i64(((Note) record).number()).bool(false);
        }
    }

    @Override
    public ConsensusRecord readRecord(BinaryReader in) throws MalformedException {
        long number = in.i64();
        return in.bool() ? new Undecided(number, CommandBatch.read(in)) : new Note(number);
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
