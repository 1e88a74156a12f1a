package dev.parley.client.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    /** Counts what is held. */
    private static final class Budget implements FrameReader.Allowance {
        private final int max;
        private int taken;

        private Budget(int max) {
            this.max = max;
        }

        @Override
        public boolean take(int bytes) {
            if (taken + bytes > max) {
                return false;
            }
            taken += bytes;
            return true;
        }

        @Override
        public void giveBack(int bytes) {
            taken -= bytes;
        }
    }

    @Test
    void frames_come_out_whole_however_the_bytes_come_in() throws ProtocolException {
        Random random = new Random(3);
        Budget budget = new Budget(Integer.MAX_VALUE);
        FrameReader reader = new FrameReader(200_000, budget);
        for (int i = 0; i < 300; i++) {
            byte[] frame = new byte[1 + random.nextInt(i % 10 == 0 ? 200_000 : 100)];
            random.nextBytes(frame);
            ByteBuf wire = Unpooled.buffer().writeInt(frame.length).writeBytes(frame);
            byte[] read = null;
            while (wire.isReadable()) {
                assertThat(read).isNull();
                int piece = Math.min(wire.readableBytes(), 1 + random.nextInt(20_000));
                read = reader.next(wire.readSlice(piece));
            }
            assertThat(read).isEqualTo(frame);
            assertThat(reader.isInsideFrame()).isFalse();
            assertThat(budget.taken).isZero();
        }
    }

    @Test
    void a_length_over_the_bound_is_refused_at_once() {
        for (int length : new int[] {101, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            FrameReader reader = new FrameReader(100, new Budget(0));
            assertThatThrownBy(() -> reader.next(Unpooled.buffer().writeInt(length)))
                    .hasMessageContaining("over the 100");
        }
        assertThatThrownBy(() -> new FrameReader(100, new Budget(0))
                        .next(Unpooled.buffer().writeInt(0)))
                .hasMessageContaining("empty");
    }

    @Test
    void a_claim_costs_nothing_until_its_bytes_come() throws ProtocolException {
        Budget budget = new Budget(1 << 20);
        FrameReader reader = new FrameReader(1 << 30, budget);
        assertThat(reader.next(Unpooled.buffer().writeInt(1 << 30).writeBytes(new byte[1000])))
                .isNull();
        assertThat(budget.taken).isZero();
        assertThat(reader.next(Unpooled.buffer().writeBytes(new byte[100_000]))).isNull();
        assertThat(budget.taken).isBetween(80_000, 200_000);
        assertThatThrownBy(() -> reader.next(Unpooled.buffer().writeBytes(new byte[2 << 20])))
                .hasMessageContaining("later");
        reader.release();
        assertThat(budget.taken).isZero();
    }
}
