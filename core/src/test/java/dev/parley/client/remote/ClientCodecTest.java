package dev.parley.client.remote;

import static dev.parley.client.remote.Frames.CODEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClientCodecTest {
    static List<ClientFrame> frames() {
        return Frames.all();
    }

    @ParameterizedTest
    @MethodSource("frames")
    void reading_what_was_written_and_writing_it_again_gives_the_same_bytes(ClientFrame frame)
            throws MalformedException {
        byte[] bytes = CODEC.encode(frame);
        ClientFrame read = CODEC.decode(bytes);
        assertThat(read.getClass()).isEqualTo(frame.getClass());
        assertThat(CODEC.encode(read)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void every_truncation_and_every_addition_is_malformed(ClientFrame frame) {
        byte[] bytes = CODEC.encode(frame);
        for (int length = 0; length < bytes.length; length++) {
            byte[] shorter = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(MalformedException.class)
                    .as("%s cut to %d bytes", frame, length)
                    .isThrownBy(() -> CODEC.decode(shorter));
        }
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> CODEC.decode(Arrays.copyOf(bytes, bytes.length + 1)));
    }

    @Test
    void flipped_bytes_are_malformed_or_have_one_form_and_nothing_else_is_thrown() {
        Random random = new Random(11);
        List<ClientFrame> all = Frames.all();
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = CODEC.encode(all.get(i % all.size()));
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(CODEC.encode(CODEC.decode(bytes))).isEqualTo(bytes);
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void random_bytes_are_malformed_and_nothing_else() {
        Random random = new Random(12);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) random.nextInt(14);
            }
            try {
                assertThat(CODEC.encode(CODEC.decode(bytes))).isEqualTo(bytes);
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void a_frame_that_claims_two_gibibytes_is_refused_before_anything_is_allocated() {
        for (int kind = 0; kind < 14; kind++) {
            byte[] claim = new BinaryWriter()
                    .u8(kind)
                    .i64(1)
                    .i32(Integer.MAX_VALUE)
                    .i32(Integer.MAX_VALUE)
                    .i32(Integer.MAX_VALUE)
                    .toByteArray();
            assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> CODEC.decode(claim));
        }
    }

    @Test
    void a_text_that_is_too_long_is_cut_and_stays_text() throws MalformedException {
        for (String unit : List.of("a", "ä", "€", "😀")) {
            ClientFrame read = CODEC.decode(CODEC.encode(new ClientFrame.Refused(1, unit.repeat(5000))));
            assertThat(((ClientFrame.Refused) read).why()).hasSizeBetween(300, 1024);
        }
    }

    @Test
    void greetings_of_other_versions_can_be_read() throws MalformedException {
        assertThat(CODEC.decode(CODEC.encode(new ClientFrame.Hello(77, "c"))))
                .isEqualTo(new ClientFrame.Hello(77, "c"));
    }
}
