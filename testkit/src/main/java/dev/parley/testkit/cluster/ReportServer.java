package dev.parley.testkit.cluster;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Evidence;
import dev.parley.testkit.check.Violation;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

/** Where validators' processes tell the test what they do, by a {@link ReportWriter} each. */
final class ReportServer implements AutoCloseable {
    private static final int MAX_CONTENT = 1 << 20;

    private final ServerSocket listening;
    private final Watchtower watchtower;
    private final Timeline timeline;
    private final Supplier<Duration> elapsed;

    ReportServer(Witness<?, ?> witness, Supplier<Duration> elapsed) throws IOException {
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.watchtower = witness.watchtower();
        this.timeline = witness.timeline();
        this.elapsed = elapsed;
        Thread.ofVirtual().name("parley-reports").start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                Thread.ofVirtual().name("parley-report").start(() -> read(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void read(Socket socket) {
        try (socket;
                DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
            int validator = in.readInt();
            while (true) {
                int kind = in.readUnsignedByte();
                int length = in.readInt();
                if (length < 0 || length > MAX_CONTENT) {
                    throw new IOException("a report of " + length + " bytes");
                }
                told(validator, kind, in.readNBytes(length));
            }
        } catch (EOFException | SocketException e) {
            // It has ended, or was ended.
        } catch (IOException | MalformedException e) {
            watchtower.violated(new Violation("reports", "a validator's report is not understood: " + e.getMessage()));
        }
    }

    private void told(int validator, int kind, byte[] content) throws MalformedException {
        switch (kind) {
            case ReportWriter.SIGNED -> watchtower.signed(validator, content);
            case ReportWriter.ACCUSED -> {
                Evidence evidence = Evidence.read(new BinaryReader(content));
                watchtower.accused(validator, evidence);
                watchtower.happened(new Watchtower.Event(validator, Watchtower.Kind.ACCUSED, "accuses " + evidence));
            }
            case ReportWriter.STALLED ->
                watchtower.happened(new Watchtower.Event(validator, Watchtower.Kind.STALLED, text(content)));
            case ReportWriter.WORDS -> timeline.told(elapsed.get(), validator, text(content));
            default -> throw new MalformedException("there is no report of kind " + kind);
        }
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }

    /** Validators that run are not told; their connections end with this process. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            // Nobody connects any more.
        }
    }
}
