package dev.parley.client.remote;

import dev.parley.app.Outcome;
import dev.parley.app.ResultProof;
import dev.parley.app.RootCertificate;
import dev.parley.client.CommandReceipt;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.List;
import java.util.Optional;

/** One of each kind of what a protocol carries. */
final class Frames {
    static final ClientCodec CODEC = new ClientCodec(new NoProtocol());
    static final String CHAIN = "test chain";

    private Frames() {}

    static Command command(long sequence) {
        return command(sequence, 3);
    }

    static Command command(long sequence, int bytes) {
        return new Command(new CommandId(new ClientId(1, 2), sequence), 1, Long.MAX_VALUE, new byte[bytes]);
    }

    static CommandReceipt receipt(long height) {
        try {
            BinaryWriter proof =
                    new BinaryWriter().i32(3).bytes(new byte[] {1, 2, 3}).i32(1);
            new Digest(1, 2, 3, 4).write(proof);
            return new CommandReceipt(
                    new Outcome(Outcome.Code.OK, new byte[] {7}),
                    ResultProof.read(new BinaryReader(proof.toByteArray())),
                    new RootCertificate(
                            height,
                            new BlockId(new Digest(5, 6, 7, 8)),
                            Digest.ZERO,
                            new Digest(9, 9, 9, 9),
                            4,
                            Optional.of(new Digest(3, 3, 3, 3)),
                            List.of(
                                    new RootCertificate.Share(new ValidatorId(0), new Signature(new byte[64])),
                                    new RootCertificate.Share(new ValidatorId(2), new Signature(new byte[64])))));
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static DecidedBlock block(long height, int bytes) {
        return new DecidedBlock(
                height,
                new BlockId(new Digest(height, 0, 0, 0)),
                new BlockId(new Digest(height - 1, 0, 0, 0)),
                new ValidatorId(1),
                height + 5,
                new CommandBatch(99, List.of(command(height, bytes))),
                new NoProtocol.Proof(height));
    }

    static List<ClientFrame> all() {
        return List.of(
                new ClientFrame.Hello(1, CHAIN),
                new ClientFrame.Welcome(1, CHAIN, 1000, 17),
                new ClientFrame.Append(5, command(9)),
                new ClientFrame.Read(6, 1),
                new ClientFrame.Receipt(7, receipt(12)),
                new ClientFrame.Busy(8, 50),
                new ClientFrame.Refused(9, "zero is not admitted – ever"),
                new ClientFrame.Unknown(10, ""),
                new ClientFrame.Entries(11, List.of(block(1, 0), block(2, 5))),
                new ClientFrame.Entries(12, List.of()),
                new ClientFrame.Height(13),
                new ClientFrame.Failure(ProtocolError.WRONG_CHAIN, "another"));
    }
}
