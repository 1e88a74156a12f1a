package dev.parley.honeybadger.broadcast;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Echo;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Val;
import java.util.ArrayList;
import java.util.List;

/** The canonical binary form: one byte for the kind, the root, and the branch and the shard if there is one. */
public final class BroadcastCodec {
    private static final int VAL = 1;
    private static final int ECHO = 2;
    private static final int READY = 3;

    /** The branch in a tree of 255 shards. */
    private static final int MAX_BRANCH = 8;

    private BroadcastCodec() {}

    public static void write(BroadcastMessage message, BinaryWriter out) {
        switch (message) {
            case Val(Shard shard) -> writeShard(shard, out.u8(VAL));
            case Echo(Shard shard) -> writeShard(shard, out.u8(ECHO));
            case Ready(Digest root) -> root.write(out.u8(READY));
        }
    }

    /** @param maxShardBytes a longer shard is refused before it is read; see {@link ReliableBroadcast#maxShardBytes} */
    public static BroadcastMessage read(BinaryReader in, int maxShardBytes) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case VAL -> new Val(readShard(in, maxShardBytes));
            case ECHO -> new Echo(readShard(in, maxShardBytes));
            case READY -> new Ready(Digest.read(in));
            default -> throw new MalformedException("no message of a reliable broadcast is of kind " + kind);
        };
    }

    private static void writeShard(Shard shard, BinaryWriter out) {
        shard.root().write(out);
        out.i32(shard.branch().size());
        shard.branch().forEach(digest -> digest.write(out));
        out.bytes(shard.bytes());
    }

    private static Shard readShard(BinaryReader in, int maxShardBytes) throws MalformedException {
        Digest root = Digest.read(in);
        int length = in.count(MAX_BRANCH, Digest.BYTES);
        List<Digest> branch = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            branch.add(Digest.read(in));
        }
        return new Shard(root, branch, in.bytes(maxShardBytes));
    }
}
