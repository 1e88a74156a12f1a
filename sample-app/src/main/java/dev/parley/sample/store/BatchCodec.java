package dev.parley.sample.store;

import dev.parley.app.Codec;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.ArrayList;
import java.util.List;

/** Batches as bytes: a count of requests; each a count of arguments; each a length and its bytes. */
final class BatchCodec implements Codec<Batch> {
    /** A count of one and an empty name. */
    private static final int MIN_REQUEST_BYTES = 2;

    @Override
    public byte[] encode(Batch batch) {
        long size = batch.sizeBytes();
        if (size > Batch.MAX_BYTES) {
            throw new IllegalArgumentException("a batch of " + size + " bytes is over the limit of " + Batch.MAX_BYTES);
        }
        BinaryWriter out = new BinaryWriter((int) size);
        Lengths.write(out, batch.requests().size());
        for (Request request : batch.requests()) {
            request.write(out);
        }
        return out.toByteArray();
    }

    @Override
    public Batch decode(byte[] bytes) {
        try {
            BinaryReader in = new BinaryReader(bytes);
            int count = Lengths.read(in, Batch.MAX_REQUESTS, MIN_REQUEST_BYTES);
            List<Request> requests = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                requests.add(Request.read(in));
            }
            in.end();
            return new Batch(requests);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("not a batch: " + e.getMessage(), e);
        }
    }
}
