package dev.parley.sample.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.app.Codec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodecTest {
    private final Codec<Batch> batches = RedisStore.application().commands();
    private final Codec<Replies> replies = RedisStore.application().results();
    private final Codec<Snapshot> snapshots = RedisStore.application().snapshots();

    @Test
    void a_batch_comes_back_as_it_was() {
        Batch batch = new Batch(List.of(
                Request.of("SET", "key", "v".repeat(254)),
                Request.of("SET", "", "v".repeat(255)),
                new Request(IntStream.range(0, 300).mapToObj(ByteString::of).toList())));
        byte[] bytes = batches.encode(batch);
        assertThat(bytes).hasSize((int) batch.sizeBytes());
        assertThat(batches.decode(bytes)).isEqualTo(batch);
    }

    @Test
    void a_small_set_takes_few_bytes() {
        assertThat(batches.encode(new Batch(List.of(Request.of("SET", "key", "value")))))
                .hasSize(2 + 4 + 4 + 6);
    }

    @Test
    void replies_come_back_as_they_were() {
        Replies all = new Replies(List.of(
                Reply.Simple.OK,
                new Reply.Simple("hash"),
                new Reply.Failure("ERR \u00e9"),
                Reply.of(Long.MIN_VALUE),
                new Reply.Bulk(ByteString.EMPTY),
                Reply.Nil.BULK,
                Reply.Nil.ARRAY,
                new Reply.Array(List.of(Reply.Int.ONE, new Reply.Array(List.of(Reply.Nil.BULK))))));
        assertThat(replies.decode(replies.encode(all))).isEqualTo(all);
    }

    @Test
    void a_length_in_two_forms_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> batches.decode(new byte[] {1, 1, (byte) 255, 0, 0, 0, 1, 'x'}));
    }

    @Test
    void a_count_that_claims_more_than_there_is_is_refused_before_it_is_allocated() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> batches.decode(new byte[] {1, (byte) 255, 0, 15, 0, 0}))
                .withMessageContaining("bytes follow");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> replies.decode(new byte[] {1, '*', (byte) 255, 0, 127, 0, 0}));
    }

    @Test
    void an_oversized_batch_is_refused() {
        ByteString large = ByteString.wrap(new byte[Batch.MAX_BYTES]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> batches.encode(new Batch(List.of(new Request(List.of(large))))));
    }

    @Test
    void damaged_bytes_are_refused_or_are_another_value_but_never_break() {
        Random random = new Random(3);
        RedisStore store = new RedisStore();
        byte[] snapshot = snapshots.encode(store.snapshot());
        byte[] batch = batches.encode(new Batch(List.of(Request.of("SET", "a", "b"), Request.of("GET", "a"))));
        for (int i = 0; i < 20_000; i++) {
            damage(batches, batch, random);
            damage(snapshots, snapshot, random);
        }
    }

    private static <T> void damage(Codec<T> codec, byte[] bytes, Random random) {
        byte[] damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 3));
        for (int i = 0; i < 3 && damaged.length > 0; i++) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        try {
            T value = codec.decode(damaged);
            assertThat(codec.encode(value)).isEqualTo(damaged);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("not a ");
        }
    }
}
