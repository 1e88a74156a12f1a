package dev.parley.client.remote;

import dev.parley.app.Outcome;
import dev.parley.app.ResultProof;
import dev.parley.app.RootCertificate;
import dev.parley.client.CommandReceipt;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.DecidedBlockCodec;
import dev.parley.consensus.MessageCodec;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The canonical binary form of {@link ClientFrame}s: a byte for the kind, then its fields. On the wire each frame follows its length in
 * four bytes. Reading refuses whatever writing would not have given, and never allocates more than a constant times the frame.
 * Thread-safe.
 */
public final class ClientCodec {
    /** What an append has besides the command's content. */
    static final int APPEND_OVERHEAD_BYTES = 1 + 8 + Command.HEADER_BYTES;

    /** No greeting is larger. */
    static final int MAX_HELLO_BYTES = 1 + 4 + 4 + 4 + 4 * 64;

    /** Nothing that a server says is larger: a block of the largest payload with its certificate fits. */
    static final int MAX_ANSWER_BYTES = 32 << 20;

    /** "PRLY": what tells a Parley client from whoever else finds the port. */
    private static final int MAGIC = 0x50524c59;

    private static final int MAX_CHAIN_ID = 64;

    private static final int HELLO = 1;
    private static final int WELCOME = 2;
    private static final int APPEND = 3;
    private static final int RECEIPT = 4;
    private static final int BUSY = 5;
    private static final int REFUSED = 6;
    private static final int UNKNOWN = 7;
    private static final int READ = 8;
    private static final int ENTRIES = 9;
    private static final int HEIGHT = 10;
    private static final int ERROR = 11;

    private final DecidedBlockCodec blocks;

    /** @param protocol for the certificates of log entries: the codec of the protocol that orders the log */
    public ClientCodec(MessageCodec protocol) {
        this.blocks = new DecidedBlockCodec(protocol, CommandBatch::read);
    }

    byte[] encode(ClientFrame frame) {
        BinaryWriter out = new BinaryWriter(sizeHint(frame));
        switch (frame) {
            case ClientFrame.Hello hello ->
                out.u8(HELLO).i32(MAGIC).i32(hello.version()).text(hello.chainId());
            case ClientFrame.Welcome welcome ->
                out.u8(WELCOME)
                        .i32(MAGIC)
                        .i32(welcome.version())
                        .text(welcome.chainId())
                        .i32(welcome.maxCommandBytes())
                        .i64(welcome.height());
            case ClientFrame.Append append ->
                append.command().write(out.u8(APPEND).i64(append.request()));
            case ClientFrame.Read read -> out.u8(READ).i64(read.request()).i64(read.fromHeight());
            case ClientFrame.Receipt receipt -> {
                CommandReceipt content = receipt.receipt();
                content.outcome().write(out.u8(RECEIPT).i64(receipt.request()));
                content.proof().write(out);
                content.certificate().write(out);
            }
            case ClientFrame.Busy busy -> out.u8(BUSY).i64(busy.request()).i64(busy.retryAfterMillis());
            case ClientFrame.Refused refused ->
                writeText(refused.why(), out.u8(REFUSED).i64(refused.request()));
            case ClientFrame.Unknown unknown ->
                writeText(unknown.why(), out.u8(UNKNOWN).i64(unknown.request()));
            case ClientFrame.Entries entries -> {
                out.u8(ENTRIES).i64(entries.request()).i32(entries.blocks().size());
                entries.blocks().forEach(block -> blocks.write(block, out));
            }
            case ClientFrame.Height height -> out.u8(HEIGHT).i64(height.height());
            case ClientFrame.Failure failure ->
                writeText(failure.message(), out.u8(ERROR).u8(failure.error().number()));
        }
        return out.toByteArray();
    }

    /** @throws MalformedException on anything that {@link #encode} does not give */
    ClientFrame decode(byte[] frame) throws MalformedException {
        BinaryReader in = new BinaryReader(frame);
        int kind = in.u8();
        ClientFrame read = switch (kind) {
            case HELLO -> new ClientFrame.Hello(readVersion(in), readChainId(in));
            case WELCOME ->
                new ClientFrame.Welcome(
                        readVersion(in), readChainId(in), in.count(Command.MAX_CONTENT_BYTES, 0), in.nonNegative());
            case APPEND -> new ClientFrame.Append(in.nonNegative(), Command.read(in));
            case READ -> new ClientFrame.Read(in.nonNegative(), readHeight(in));
            case RECEIPT ->
                new ClientFrame.Receipt(
                        in.nonNegative(),
                        new CommandReceipt(Outcome.read(in), ResultProof.read(in), RootCertificate.read(in)));
            case BUSY -> new ClientFrame.Busy(in.nonNegative(), in.nonNegative());
            case REFUSED -> new ClientFrame.Refused(in.nonNegative(), in.text(ClientFrame.MAX_TEXT_BYTES));
            case UNKNOWN -> new ClientFrame.Unknown(in.nonNegative(), in.text(ClientFrame.MAX_TEXT_BYTES));
            case ENTRIES -> new ClientFrame.Entries(in.nonNegative(), readBlocks(in));
            case HEIGHT -> new ClientFrame.Height(in.nonNegative());
            case ERROR -> new ClientFrame.Failure(ProtocolError.read(in), in.text(ClientFrame.MAX_TEXT_BYTES));
            default -> throw new MalformedException("there is no frame of kind " + kind);
        };
        in.end();
        return read;
    }

    /** Whether the first frame of a connection is a greeting of any version, so that a stranger can be told what this port is. */
    static boolean isGreeting(byte[] frame) {
        try {
            BinaryReader in = new BinaryReader(frame);
            return in.u8() == HELLO && in.i32() == MAGIC;
        } catch (MalformedException e) {
            return false;
        }
    }

    private static int readVersion(BinaryReader in) throws MalformedException {
        if (in.i32() != MAGIC) {
            throw new MalformedException("a greeting that is not of Parley");
        }
        return in.i32();
    }

    private static String readChainId(BinaryReader in) throws MalformedException {
        String chainId = in.text(4 * MAX_CHAIN_ID);
        if (chainId.isEmpty() || chainId.length() > MAX_CHAIN_ID) {
            throw new MalformedException("a chain id has 1 to " + MAX_CHAIN_ID + " characters");
        }
        return chainId;
    }

    private static long readHeight(BinaryReader in) throws MalformedException {
        long height = in.i64();
        if (height < 1) {
            throw new MalformedException("the first entry has height 1, not " + height);
        }
        return height;
    }

    private List<DecidedBlock> readBlocks(BinaryReader in) throws MalformedException {
        int count = in.count(ClientFrame.MAX_ENTRIES, DecidedBlockCodec.MIN_BYTES);
        List<DecidedBlock> read = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            read.add(blocks.read(in));
        }
        return read;
    }

    /** What is too long is cut: it is for people. */
    private static void writeText(String text, BinaryWriter out) {
        String whole = text;
        while (whole.getBytes(StandardCharsets.UTF_8).length > ClientFrame.MAX_TEXT_BYTES) {
            whole = whole.substring(0, Math.min(whole.length() - 1, ClientFrame.MAX_TEXT_BYTES / 3));
        }
        out.text(whole);
    }

    private static int sizeHint(ClientFrame frame) {
        return switch (frame) {
            case ClientFrame.Append append -> 1 + 8 + append.command().sizeBytes();
            case ClientFrame.Receipt receipt ->
                1536 + receipt.receipt().outcome().bytes().length;
            case ClientFrame.Entries entries ->
                entries.blocks().stream()
                                .mapToInt(block -> block.payload().sizeBytes() + 1024)
                                .sum()
                        + 16;
            default -> 64;
        };
    }
}
