package dev.parley.testkit.cluster;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.validator.Observer;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One validator's way to tell the test what it does, from another process: frames of kind, length and content. What was told is told: the kernel
 * has it before anything that depends on it leaves, so a kill loses none of it. Thread-safe.
 */
final class ReportWriter implements Observer, WatchedNode.Told {
    static final int SIGNED = 'S';
    static final int ACCUSED = 'A';
    static final int STALLED = 'L';
    static final int WORDS = 'W';

    private final Socket socket;
    private final DataOutputStream out;
    private final ConsensusProtocol names;

    /**
     * @param port on loopback, where the test listens
     * @param names what views are called
     */
    ReportWriter(int port, int validator, ConsensusProtocol names) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        this.names = names;
        out.writeInt(validator);
        out.flush();
    }

    /** Returns when the test is gone. */
    void awaitEnd() {
        try {
            var unused = socket.getInputStream().read();
        } catch (IOException e) {
            // Gone, too.
        }
    }

    @Override
    public void signed(int validator, byte[] statement) {
        write(SIGNED, statement);
    }

    @Override
    public void observed(ValidatorId validator, Observation observation) {
        switch (observation) {
            case Observation.Accused accused -> {
                BinaryWriter form = new BinaryWriter(accused.evidence().sizeBytes());
                accused.evidence().write(form);
                write(ACCUSED, form.toByteArray());
            }
            case Observation.Stalled stalled -> write(STALLED, stalled.report().getBytes(StandardCharsets.UTF_8));
            default -> {}
        }
        Timeline.words(names, observation).ifPresent(words -> write(WORDS, words.getBytes(StandardCharsets.UTF_8)));
    }

    private synchronized void write(int kind, byte[] content) {
        try {
            out.writeByte(kind);
            out.writeInt(content.length);
            out.write(content);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the test is gone", e);
        }
    }
}
