package dev.parley.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BinaryFormTest {
    @Property
    void reads_what_was_written(
            @ForAll byte small,
            @ForAll boolean flag,
            @ForAll int number,
            @ForAll long large,
            @ForAll @Size(max = 300) byte[] bytes,
            @ForAll @StringLength(max = 100) String text)
            throws MalformedException {
        BinaryReader in = new BinaryReader(written(small, flag, number, large, bytes, text));

        assertThat(in.u8()).isEqualTo(small & 0xff);
        assertThat(in.bool()).isEqualTo(flag);
        assertThat(in.i32()).isEqualTo(number);
        assertThat(in.i64()).isEqualTo(large);
        assertThat(in.bytes(300)).isEqualTo(bytes);
        assertThat(in.text(400)).isEqualTo(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        in.end();
    }

    /** What is accepted has one form: to write it again gives the same bytes. */
    @Property
    void whatever_is_accepted_is_canonical(@ForAll @Size(max = 40) byte[] frame) {
        byte[] again;
        try {
            BinaryReader in = new BinaryReader(frame);
            boolean flag = in.bool();
            byte[] bytes = in.bytes(16);
            String text = in.text(16);
            in.end();
            again = new BinaryWriter().bool(flag).bytes(bytes).text(text).toByteArray();
        } catch (MalformedException e) {
            return;
        }
        assertThat(again).isEqualTo(frame);
    }

    @Property
    void refuses_every_truncation(@ForAll long large, @ForAll @Size(max = 20) byte[] bytes) {
        byte[] whole = written((byte) 1, true, 2, large, bytes, "text");
        for (int length = 0; length < whole.length; length++) {
            byte[] frame = Arrays.copyOf(whole, length);
            assertMalformed(() -> readAll(new BinaryReader(frame)));
        }
    }

    @Property
    void refuses_bytes_after_the_value(@ForAll @Size(min = 1, max = 9) byte[] more) {
        byte[] whole = written((byte) 1, true, 2, 3, new byte[4], "text");
        byte[] frame = Arrays.copyOf(whole, whole.length + more.length);
        System.arraycopy(more, 0, frame, whole.length, more.length);

        assertMalformed(() -> readAll(new BinaryReader(frame)));
    }

    @Property
    void reads_only_its_own_part_of_a_buffer(
            @ForAll @IntRange(max = 20) int before, @ForAll @IntRange(max = 20) int length) {
        BinaryReader in = new BinaryReader(new byte[before + length + 8], before, length);

        assertThat(in.remaining()).isEqualTo(length);
        assertMalformed(() -> in.raw(length + 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 30, 5})
    void a_claimed_length_is_refused_before_it_allocates(int claimed) {
        byte[] frame = new BinaryWriter().i32(claimed).i32(0).toByteArray();
        long before = allocatedBytes();

        assertMalformed(() -> new BinaryReader(frame).bytes(Integer.MAX_VALUE));
        assertMalformed(() -> new BinaryReader(frame).text(Integer.MAX_VALUE));
        assertMalformed(() -> new BinaryReader(frame).count(Integer.MAX_VALUE, 1));

        // Assertions allocate too, but nothing near the smallest of the lengths that would matter.
        assertThat(allocatedBytes() - before).isLessThan(64 << 20);
    }

    @Test
    void a_length_may_not_pass_the_bound_even_if_the_bytes_are_there() throws MalformedException {
        byte[] frame = new BinaryWriter().bytes(new byte[17]).toByteArray();

        assertMalformed(() -> new BinaryReader(frame).bytes(16));
        assertThat(new BinaryReader(frame).bytes(17)).hasSize(17);
    }

    @Test
    void a_count_is_held_against_the_size_of_its_elements() throws MalformedException {
        byte[] frame = new BinaryWriter().i32(3).raw(new byte[29]).toByteArray();

        assertThat(new BinaryReader(frame).count(100, 9)).isEqualTo(3);
        assertMalformed(() -> new BinaryReader(frame).count(100, 10));
        assertMalformed(() -> new BinaryReader(frame).count(2, 1));
    }

    @Test
    void a_count_times_a_size_does_not_overflow() {
        byte[] frame = new BinaryWriter().i32(1 << 30).raw(new byte[8]).toByteArray();

        assertMalformed(() -> new BinaryReader(frame).count(Integer.MAX_VALUE, 4));
    }

    @Test
    void numbers_are_big_endian_and_of_fixed_width() {
        assertThat(new BinaryWriter()
                        .u8(0x1ff)
                        .i32(0x01020304)
                        .i64(-2)
                        .bytes(new byte[] {7})
                        .toByteArray())
                .containsExactly(0xff, 1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 1, 7);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 128, 255})
    void a_boolean_has_two_forms_alone(int value) {
        assertMalformed(() -> new BinaryReader(new byte[] {(byte) value}).bool());
    }

    @Test
    void a_negative_number_is_refused_where_none_may_be() throws MalformedException {
        assertMalformed(() -> new BinaryReader(new BinaryWriter().i64(-1).toByteArray()).nonNegative());
        assertMalformed(
                () -> new BinaryReader(new BinaryWriter().i64(Long.MIN_VALUE).toByteArray()).nonNegative());
        assertThat(new BinaryReader(new BinaryWriter().i64(Long.MAX_VALUE).toByteArray()).nonNegative())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void a_text_that_is_not_utf_8_is_refused() {
        byte[][] texts = {
            {(byte) 0xff},
            {(byte) 0xc0, (byte) 0x80},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            {(byte) 0xe2, (byte) 0x82}
        };
        for (byte[] text : texts) {
            byte[] frame = new BinaryWriter().bytes(text).toByteArray();
            assertMalformed(() -> new BinaryReader(frame).text(10));
        }
    }

    private static byte[] written(byte small, boolean flag, int number, long large, byte[] bytes, String text) {
        return new BinaryWriter(1)
                .u8(small)
                .bool(flag)
                .i32(number)
                .i64(large)
                .bytes(bytes)
                .text(text)
                .toByteArray();
    }

    private static void readAll(BinaryReader in) throws MalformedException {
        in.u8();
        in.bool();
        in.i32();
        in.i64();
        in.bytes(300);
        in.text(400);
        in.end();
    }

    private static void assertMalformed(ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOf(MalformedException.class);
    }

    private static long allocatedBytes() {
        return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
                ? threads.getCurrentThreadAllocatedBytes()
                : 0;
    }
}
