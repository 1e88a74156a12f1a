package dev.parley.testkit.cluster;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.PeerAddress;
import dev.parley.network.links.PeerTls;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLSocket;

/**
 * A validator's process that speaks the transport of links by itself and misbehaves below the protocol. What it must know of the victim's
 * chain it takes from the victim's own hello. Runs in threads of its own.
 */
public final class LinkAttack {
    /** What it does, again and again. */
    public enum Kind {
        /** Connects and says nothing. */
        CONNECTIONS,
        /** Shows its key and leaves. */
        HANDSHAKES,
        /** Shows its key and says nothing. */
        SILENCE,
        /** Takes the link over from itself with each connection. */
        TAKEOVERS,
        /** Small frames that can be read, as fast as they go. */
        CHATTER,
        /** The smallest frames there are, of which nothing can be read. */
        TINY_FRAMES,
        /** The largest frames there are, of which nothing can be read. */
        LARGEST_FRAMES,
        /** The bytes of one frame, one by one. */
        SLOW_BYTES,
        /** One frame over and over. From here on the rules of links are broken, and the victim is deaf to it for a while. */
        REPLAYS,
        /** Frames of which one in between is missing. */
        GAPS,
        /** Frames as fast as they go while its key is still being checked, and no greeting. */
        RUSHES,
        /** Bytes that are no frames. */
        GARBAGE;

        /** As a command calls it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final int HELLO = 1;
    private static final int SMALL = 2;
    private static final int LARGE = 3;
    private static final int MORE = 4;
    private static final int PIECE_BYTES = 64 << 10;
    private static final int LARGEST_BYTES = 32 << 20;
    private static final int TERMS_AT = 4 + 6 * 8;
    private static final int MAX_HELLO_BYTES = 1 << 20;
    private static final int FRAMES_AT_ONCE = 256;
    private static final int IDLE_CONNECTIONS = 200;
    private static final long SLOW_MILLIS = 50;
    /** After it was cut off or refused. */
    private static final long AGAIN_MILLIS = 5;

    private final PeerTls tls;
    private final List<PeerAddress> addresses;
    private final InetAddress from;
    private final byte[] readable;
    private final LongAdder done = new LongAdder();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile long end;

    /**
     * @param addresses of all validators, by index
     * @param from the address of this machine that victims see
     * @param readable a message that peers can read, in its canonical form
     */
    public LinkAttack(PeerTls tls, List<PeerAddress> addresses, InetAddress from, byte[] readable) {
        this.tls = tls;
        this.addresses = List.copyOf(addresses);
        this.from = from;
        this.readable = readable.clone();
    }

    /**
     * Attacks all victims at once and returns when the time is over.
     *
     * @return how often it did what it does
     */
    public long run(Kind kind, List<ValidatorId> victims, long millis) throws InterruptedException {
        done.reset();
        end = System.nanoTime() + millis * 1_000_000;
        List<Thread> threads = new ArrayList<>();
        for (ValidatorId victim : victims) {
            threads.add(Thread.ofPlatform().daemon().start(() -> attack(kind, victim)));
        }
        for (Thread thread : threads) {
            thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
        // A victim that does not read holds up who writes.
        open.forEach(LinkAttack::close);
        for (Thread thread : threads) {
            thread.join();
        }
        open.clear();
        return done.sum();
    }

    private boolean goesOn() {
        return System.nanoTime() - end < 0;
    }

    private void attack(Kind kind, ValidatorId victim) {
        ArrayDeque<Socket> idle = new ArrayDeque<>();
        try {
            while (goesOn()) {
                try {
                    once(kind, victim, idle);
                } catch (InterruptedIOException e) {
                    return;
                } catch (IOException cutOff) {
                    Thread.sleep(AGAIN_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            idle.forEach(this::end);
        }
    }

    private void once(Kind kind, ValidatorId victim, ArrayDeque<Socket> idle) throws IOException, InterruptedException {
        if (kind == Kind.CONNECTIONS) {
            PeerAddress address = addresses.get(victim.index());
            Socket socket = new Socket(address.host(), address.port(), from, 0);
            open.add(socket);
            keep(idle, socket);
            done.increment();
            return;
        }
        SSLSocket socket = connect(victim);
        switch (kind) {
            case HANDSHAKES -> {
                done.increment();
                end(socket);
            }
            case SILENCE -> {
                done.increment();
                keep(idle, socket);
            }
            case TAKEOVERS -> {
                greet(socket);
                done.increment();
                keep(idle, socket);
            }
            default -> {
                try (socket) {
                    OutputStream out = socket.getOutputStream();
                    if (kind != Kind.GARBAGE && kind != Kind.RUSHES) {
                        greet(socket);
                    }
                    speak(kind, out);
                }
            }
        }
    }

    private void speak(Kind kind, OutputStream out) throws IOException, InterruptedException {
        long number = 1;
        while (goesOn()) {
            switch (kind) {
                case GARBAGE -> {
                    byte[] garbage = new byte[PIECE_BYTES];
                    Arrays.fill(garbage, (byte) 0x55);
                    out.write(garbage);
                    done.increment();
                }
                case LARGEST_FRAMES -> {
                    largest(number++, out);
                    done.increment();
                }
                case GAPS -> {
                    out.write(frames(number, 2, readable, 1));
                    number += 2;
                    done.increment();
                }
                case REPLAYS -> {
                    out.write(frames(number, 0, readable, FRAMES_AT_ONCE));
                    done.add(FRAMES_AT_ONCE);
                }
                case SLOW_BYTES -> {
                    for (byte each : frames(number++, 1, new byte[PIECE_BYTES], 1)) {
                        out.write(each);
                        out.flush();
                        done.increment();
                        Thread.sleep(SLOW_MILLIS);
                        if (!goesOn()) {
                            return;
                        }
                    }
                }
                default -> {
                    out.write(frames(number, 1, kind == Kind.CHATTER ? readable : new byte[1], FRAMES_AT_ONCE));
                    number += FRAMES_AT_ONCE;
                    done.add(FRAMES_AT_ONCE);
                }
            }
            out.flush();
        }
    }

    /** Small frames of one content. */
    private static byte[] frames(long first, int step, byte[] content, int count) {
        BinaryWriter frames = new BinaryWriter(count * (content.length + 16));
        for (int i = 0; i < count; i++) {
            frames.i32(8 + content.length)
                    .u8(SMALL)
                    .i64(first + (long) i * step)
                    .raw(content);
        }
        return frames.toByteArray();
    }

    private void largest(long number, OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        out.write(new BinaryWriter(PIECE_BYTES + 32)
                .i32(12 + PIECE_BYTES)
                .u8(LARGE)
                .i64(number)
                .i32(LARGEST_BYTES)
                .raw(piece)
                .toByteArray());
        for (int sent = PIECE_BYTES; sent < LARGEST_BYTES && goesOn(); sent += PIECE_BYTES) {
            out.write(new BinaryWriter(PIECE_BYTES + 8)
                    .i32(PIECE_BYTES)
                    .u8(MORE)
                    .raw(piece)
                    .toByteArray());
        }
    }

    private SSLSocket connect(ValidatorId victim) throws IOException {
        PeerAddress address = addresses.get(victim.index());
        SSLSocket socket = (SSLSocket)
                tls.context(victim).getSocketFactory().createSocket(address.host(), address.port(), from, 0);
        open.add(socket);
        try {
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            end(socket);
            throw e;
        }
    }

    /** Says what a correct one says first, with what the victim says of the chain; each time as a process that has just begun. */
    private static void greet(SSLSocket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = in.readInt();
        if (length < TERMS_AT || length > MAX_HELLO_BYTES || in.readUnsignedByte() != HELLO) {
            throw new IOException("the victim says no hello");
        }
        byte[] theirs = in.readNBytes(length);
        byte[] hello = new BinaryWriter(length)
                .i32(1)
                .i64(System.nanoTime() | 1)
                .i64(1)
                .i64(1)
                .i64(0)
                .i64(1)
                .i64(1)
                .raw(Arrays.copyOfRange(theirs, TERMS_AT, theirs.length))
                .toByteArray();
        OutputStream out = socket.getOutputStream();
        out.write(new BinaryWriter(hello.length + 5)
                .i32(hello.length)
                .u8(HELLO)
                .raw(hello)
                .toByteArray());
        out.flush();
    }

    private void keep(ArrayDeque<Socket> idle, Socket socket) {
        idle.add(socket);
        if (idle.size() > IDLE_CONNECTIONS) {
            end(idle.remove());
        }
    }

    private void end(Socket socket) {
        open.remove(socket);
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
        }
    }
}
