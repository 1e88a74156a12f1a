package dev.parley.sample.store;

import dev.parley.app.Codec;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;

/** Snapshots as bytes: a version; height, time and the last serial; the keys in order of insertion. */
final class SnapshotCodec implements Codec<Snapshot> {
    private static final int VERSION = 1;

    @Override
    public byte[] encode(Snapshot snapshot) {
        BinaryWriter out = new BinaryWriter((int) Math.min(1 << 24, 64L * (snapshot.size() + 1))).u8(VERSION);
        snapshot.keyspace().write(out);
        return out.toByteArray();
    }

    @Override
    public Snapshot decode(byte[] bytes) {
        try {
            BinaryReader in = new BinaryReader(bytes);
            int version = in.u8();
            if (version != VERSION) {
                throw new MalformedException("version " + version + " is not known");
            }
            Keyspace keyspace = Keyspace.read(in);
            in.end();
            return new Snapshot(keyspace);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("not a snapshot of a Redis store: " + e.getMessage(), e);
        }
    }
}
