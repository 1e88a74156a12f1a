package dev.parley.network.cluster;

import dev.parley.network.secure.Datagram;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Datagrams as they are: two bytes for the header's length, the header, the rest. Looks at nothing: what is no datagram comes out as
 * {@link #GARBAGE}, so that it is counted where all others are, instead of failing in here; what comes while too much waits, or before
 * anybody takes it, comes out as {@link #OVERFLOW}, before anything is allocated for it.
 */
public final class DatagramSerializer extends SerializerWithStringManifest implements ByteBufferSerializer {
    /** No header is empty, so this is refused as malformed. */
    static final Datagram GARBAGE = new Datagram(new byte[0], new byte[0]);

    static final Datagram OVERFLOW = new Datagram(new byte[0], new byte[0]);

    /** Must differ from those of all other serializers in the system. */
    static final int IDENTIFIER = 720_316_441;

    private static final String MANIFEST = "d";
    private static final int LENGTH_BYTES = 2;

    private final InboundBound bound;
    private volatile boolean opened;

    /** Called by Pekko. */
    public DatagramSerializer(ExtendedActorSystem system) {
        this(new InboundBound(system.settings().config().getBytes("parley.network.cluster.inbound-bytes")));
    }

    DatagramSerializer(InboundBound bound) {
        this.bound = bound;
    }

    /** From now on there is somebody to {@link #release} what is read; until then it is dropped. */
    void open() {
        opened = true;
    }

    /** Whoever takes a datagram that was read here says so when it is done with it, once. */
    void release(Datagram datagram) {
        if (datagram != GARBAGE && datagram != OVERFLOW) {
            bound.release(length(datagram));
        }
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object datagram) {
        return MANIFEST;
    }

    @Override
    public void toBinary(Object object, ByteBuffer out) {
        Datagram datagram = (Datagram) object;
        out.putShort((short) datagram.header().length).put(datagram.header()).put(datagram.body());
    }

    @Override
    public byte[] toBinary(Object object) {
        Datagram datagram = (Datagram) object;
        byte[] bytes = new byte[LENGTH_BYTES + length(datagram)];
        toBinary(datagram, ByteBuffer.wrap(bytes));
        return bytes;
    }

    @Override
    public Object fromBinary(ByteBuffer in, String manifest) {
        try {
            int length = Short.toUnsignedInt(in.getShort());
            if (length == 0 || length > Datagram.MAX_HEADER_BYTES || length > in.remaining()) {
                return GARBAGE;
            }
            if (!opened || !bound.take(in.remaining())) {
                return OVERFLOW;
            }
            byte[] header = new byte[length];
            in.get(header);
            byte[] body = new byte[in.remaining()];
            in.get(body);
            return new Datagram(header, body);
        } catch (BufferUnderflowException e) {
            return GARBAGE;
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        return fromBinary(ByteBuffer.wrap(bytes), manifest);
    }

    private static int length(Datagram datagram) {
        return datagram.header().length + datagram.body().length;
    }
}
