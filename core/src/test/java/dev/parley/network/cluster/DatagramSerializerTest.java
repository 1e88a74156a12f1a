package dev.parley.network.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.network.secure.Datagram;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatagramSerializerTest {
    private final DatagramSerializer serializer = new DatagramSerializer(new InboundBound(10_000));

    @BeforeEach
    void open() {
        serializer.open();
    }

    @Test
    void nothing_is_held_before_anybody_takes_it() {
        DatagramSerializer closed = new DatagramSerializer(new InboundBound(10_000));
        byte[] bytes = closed.toBinary(new Datagram(new byte[100], new byte[8000]));
        assertThat(closed.fromBinary(bytes, "d")).isSameAs(DatagramSerializer.OVERFLOW);
        assertThat(closed.fromBinary(bytes, "d")).isSameAs(DatagramSerializer.OVERFLOW);
        closed.open();
        assertThat(((Datagram) closed.fromBinary(bytes, "d")).body()).hasSize(8000);
    }

    @Test
    void what_is_written_is_read() {
        Datagram read = (Datagram) serializer.fromBinary(
                serializer.toBinary(new Datagram(new byte[] {1, 2}, new byte[] {3, 4, 5})), "d");
        assertThat(read.header()).containsExactly(1, 2);
        assertThat(read.body()).containsExactly(3, 4, 5);
    }

    @Test
    void what_is_no_datagram_becomes_one_that_is_refused() {
        byte[][] wrong = {{}, {1}, {0, 5, 1}, {(byte) 0xff, (byte) 0xff, 1}, {2, 1, 1}};
        for (byte[] bytes : wrong) {
            Datagram read = (Datagram) serializer.fromBinary(ByteBuffer.wrap(bytes), "d");
            assertThat(read).isSameAs(DatagramSerializer.GARBAGE);
        }
    }

    @Test
    void what_comes_while_too_much_waits_is_dropped_until_some_was_looked_at() {
        byte[] bytes = serializer.toBinary(new Datagram(new byte[100], new byte[4900]));
        Datagram first = read(bytes);
        Datagram second = read(bytes);
        assertThat(read(bytes)).isSameAs(DatagramSerializer.OVERFLOW);
        serializer.release(DatagramSerializer.OVERFLOW);
        assertThat(read(bytes)).isSameAs(DatagramSerializer.OVERFLOW);
        serializer.release(first);
        assertThat(read(bytes).body()).hasSize(4900);
        serializer.release(second);
    }

    private Datagram read(byte[] bytes) {
        return (Datagram) serializer.fromBinary(ByteBuffer.wrap(bytes), "d");
    }
}
