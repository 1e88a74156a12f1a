package dev.parley.sample.store;

import dev.parley.app.Codec;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.ArrayList;
import java.util.List;

/** Replies as bytes: their count; each a byte for its kind and what the kind asks for. */
final class RepliesCodec implements Codec<Replies> {
    /** SCAN answers an array within an array; nothing nests deeper. */
    private static final int MAX_DEPTH = 2;

    @Override
    public byte[] encode(Replies replies) {
        long size = 5;
        for (Reply reply : replies.replies()) {
            size += reply.sizeBytes();
        }
        BinaryWriter out = new BinaryWriter((int) Math.min(size, 2L * Replies.MAX_BYTES + 64));
        Lengths.write(out, replies.replies().size());
        for (Reply reply : replies.replies()) {
            reply.write(out);
        }
        return out.toByteArray();
    }

    @Override
    public Replies decode(byte[] bytes) {
        try {
            BinaryReader in = new BinaryReader(bytes);
            int count = Lengths.read(in, Batch.MAX_REQUESTS, 1);
            List<Reply> replies = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                replies.add(Reply.read(in, MAX_DEPTH));
            }
            in.end();
            return new Replies(replies);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("not replies: " + e.getMessage(), e);
        }
    }
}
