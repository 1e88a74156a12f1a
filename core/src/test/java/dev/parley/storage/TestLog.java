package dev.parley.storage;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Blocks and records of a protocol that is nothing else. */
final class TestLog {
    record Note(long number) implements ConsensusRecord {}

    record Proof(int quality) implements Certificate {
        @Override
        public Set<ValidatorId> signers() {
            return Set.of();
        }
    }

    static final MessageCodec CODEC = new MessageCodec() {
        @Override
        public void writeMessage(ConsensusMessage message, BinaryWriter out) {
            throw new IllegalArgumentException("no messages");
        }

        @Override
        public ConsensusMessage readMessage(BinaryReader in) throws MalformedException {
            throw new MalformedException("no messages");
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
            out.i32(((Proof) certificate).quality());
        }

        @Override
        public Certificate readCertificate(BinaryReader in) throws MalformedException {
            return new Proof(in.i32());
        }
    };

    private TestLog() {}

    static Storage.Write put(int kind, String name, long number) {
        return new Storage.Write.Put(key(kind, name), new Note(number));
    }

    static RecordKey key(int kind, String name) {
        return new RecordKey(kind, Digest.sha256(name.getBytes(StandardCharsets.UTF_8)));
    }

    static Storage.Write append(long height) {
        return append(height, 10);
    }

    static Storage.Write append(long height, int bytes) {
        return new Storage.Write.Append(block(height, bytes, 1));
    }

    static DecidedBlock block(long height, int bytes, int quality) {
        Command command = new Command(new CommandId(new ClientId(1, 2), height), 0, 1_000, new byte[bytes]);
        return new DecidedBlock(
                height,
                id(height),
                height == 1 ? BlockId.GENESIS : id(height - 1),
                new ValidatorId(2),
                height + 7,
                new CommandBatch(height, List.of(command)),
                new Proof(quality));
    }

    private static BlockId id(long height) {
        return new BlockId(Digest.sha256(Long.toString(height).getBytes(StandardCharsets.UTF_8)));
    }
}
