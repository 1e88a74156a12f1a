package dev.parley.storage;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Blocks and records of a protocol that is nothing else. */
final class TestLog {
    private TestLog() {}

    static Storage.Write put(int kind, String name, long number) {
        return new Storage.Write.Put(key(kind, name), new NoProtocol.Note(number));
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

    /** A record of an undecided block. */
    static Storage.Write undecided(String name, long number, CommandBatch payload) {
        return new Storage.Write.Put(key(2, name), new NoProtocol.Undecided(number, payload));
    }

    /** @param number tells payloads apart */
    static CommandBatch payload(long number, int bytes) {
        Command command = new Command(new CommandId(new ClientId(1, 2), number), 0, 1_000, new byte[bytes]);
        return new CommandBatch(number, List.of(command));
    }

    static DecidedBlock block(long height, int bytes, int quality) {
        return block(height, payload(height, bytes), quality);
    }

    static DecidedBlock block(long height, CommandBatch payload, int quality) {
        return new DecidedBlock(
                height,
                id(height),
                height == 1 ? BlockId.GENESIS : id(height - 1),
                new ValidatorId(2),
                height + 7,
                payload,
                new NoProtocol.Proof(quality));
    }

    static Snapshot snapshot(long height, byte[] content) {
        return Snapshot.of(height, id(height), content, 1 << 10);
    }

    private static BlockId id(long height) {
        return new BlockId(Digest.sha256(Long.toString(height).getBytes(StandardCharsets.UTF_8)));
    }
}
