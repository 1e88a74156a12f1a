package dev.parley.sample.command;

import dev.parley.app.Codec;
import dev.parley.sample.store.Batch;
import dev.parley.sample.store.ByteString;
import dev.parley.sample.store.RedisStore;
import dev.parley.sample.store.Request;
import java.util.List;

/** Bytes as the replicated store's command {@code SET bench <bytes>}, for measuring. */
final class SetCodec implements Codec<byte[]> {
    private static final ByteString SET = Request.of("SET").name();
    private static final ByteString KEY = Request.of("bench").name();
    private final Codec<Batch> batches = RedisStore.application().commands();

    @Override
    public byte[] encode(byte[] value) {
        return batches.encode(new Batch(List.of(new Request(List.of(SET, KEY, ByteString.wrap(value))))));
    }

    @Override
    public byte[] decode(byte[] bytes) {
        return bytes;
    }
}
