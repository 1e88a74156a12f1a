package dev.parley.honeybadger.broadcast;

import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.MerkleTree;
import dev.parley.honeybadger.Offload;
import dev.parley.honeybadger.Outlet;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Echo;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Val;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One validator's part in one broadcast of one sender: algorithm RBC of HoneyBadgerBFT, Figure 2. The value is cut into n shards, any n −
 * 2f of which give it back, so that everyone sends about n / (n − 2f) times its size, and not n times.
 *
 * <p>Holds no more than one shard and one READY of each validator, and the value. Not thread-safe.
 */
public final class ReliableBroadcast {
    /** What has come of the broadcast. */
    public enum Outcome {
        /** Perhaps for ever, if the sender is faulty. */
        PENDING,
        DELIVERED,
        /**
         * The sender's shards are no value. No correct validator delivers one, but not all need learn that there is none: this is nothing
         * to wait for.
         */
        NOTHING
    }

    private final ValidatorId self;
    private final ValidatorId sender;
    private final int n;
    private final int f;
    private final int maxBytes;
    private final BroadcastRules rules;
    private final Sharding sharding;
    private final Offload offload;

    private @Nullable Digest echoed;
    private boolean ready;
    private final @Nullable Digest[] echoes;
    /** Those of the echoes, as long as they are needed. */
    private final @Nullable Shard[] shards;

    private final @Nullable Digest[] readies;
    /** Whose shards are being joined. */
    private @Nullable Digest joining;
    /** Whose shards were joined, to {@link #value}. */
    private @Nullable Digest joined;

    private byte @Nullable [] value;
    private Outcome outcome = Outcome.PENDING;

    /**
     * @param n how many validators there are, at most 255; f is (n − 1) / 3
     * @param maxBytes what a value may have at most, the same at all validators
     * @param offload where shards are joined and cut again; {@link #again} is to be called when that is done
     */
    public ReliableBroadcast(
            ValidatorId self, ValidatorId sender, int n, int maxBytes, Offload offload, BroadcastRules rules) {
        if (self.index() >= n || sender.index() >= n) {
            throw new IllegalArgumentException(self + " and " + sender + " must be among the " + n + " validators");
        }
        this.self = self;
        this.sender = sender;
        this.n = n;
        this.f = (n - 1) / 3;
        this.maxBytes = maxBytes;
        this.rules = rules;
        this.offload = offload;
        this.sharding = new Sharding(needed(n), n, maxBytes);
        this.echoes = new Digest[n];
        this.shards = new Shard[n];
        this.readies = new Digest[n];
    }

    /** How many bytes a shard of the longest value has, for {@link BroadcastCodec#read}. */
    public static int maxShardBytes(int n, int maxBytes) {
        return Sharding.shardBytes(needed(n), maxBytes);
    }

    /**
     * What can be said of a message without any state; {@link #receiveVerified} relies on it.
     *
     * @param index of the shard: its receiver's for VAL, its sender's for ECHO
     * @return null if nothing is wrong with it, else what is
     */
    public static @Nullable String refute(BroadcastMessage message, int index, int n, int maxBytes) {
        return switch (message) {
            case Val(Shard shard) -> refute(shard, index, n, maxBytes);
            case Echo(Shard shard) -> refute(shard, index, n, maxBytes);
            case Ready ready -> null;
        };
    }

    private static @Nullable String refute(Shard shard, int index, int n, int maxBytes) {
        int length = shard.bytes().length;
        int max = maxShardBytes(n, maxBytes);
        if (length < 1 || length > max) {
            return "a shard has 1 to " + max + " bytes, not " + length;
        }
        return shard.root().equals(MerkleTree.rootOf(shard.bytes(), index, n, shard.branch()))
                ? null
                : "the branch of shard " + index + " does not lead to "
                        + shard.root().abbreviated();
    }

    public Outcome outcome() {
        return outcome;
    }

    /** Of what was delivered; two values never have the same. */
    public Digest root() {
        Digest root = joined;
        if (outcome != Outcome.DELIVERED || root == null) {
            throw new IllegalStateException("nothing is delivered, the broadcast is " + outcome);
        }
        return root;
    }

    /** What was delivered; not a copy, not to be changed. */
    public byte[] value() {
        byte[] delivered = value;
        if (outcome != Outcome.DELIVERED || delivered == null) {
            throw new IllegalStateException("nothing is delivered, the broadcast is " + outcome);
        }
        return delivered;
    }

    /**
     * "Upon input(v)", at the sender: VAL(h, b_j, s_j) to each party. Once.
     *
     * @param cut the value, by {@link Shard#cut}
     */
    public void propose(List<Shard> cut, Outlet<BroadcastMessage> out) {
        if (!self.equals(sender)) {
            throw new IllegalStateException(self + " can't propose in the broadcast of " + sender);
        }
        if (echoed != null) {
            throw new IllegalStateException(self + " has proposed already");
        }
        for (int i = 0; i < n; i++) {
            if (i != self.index()) {
                out.send(new ValidatorId(i), new Val(cut.get(i)));
            }
        }
        onVal(cut.get(self.index()), out);
    }

    /** Shards may have been joined meanwhile. */
    public void again(Outlet<BroadcastMessage> out) {
        if (joined != null && outcome == Outcome.PENDING) {
            advance(joined, out);
        }
    }

    /** What was said before a restart: it counts as said, and nothing is said in its place. Before anything is received. */
    public void restore(BroadcastMessage said) {
        switch (said) {
            case Val val -> {}
            case Echo(Shard shard) -> {
                echoed = shard.root();
                echoes[self.index()] = shard.root();
                shards[self.index()] = shard;
            }
            case Ready(Digest root) -> {
                ready = true;
                readies[self.index()] = root;
            }
        }
    }

    /** Takes a message of which nothing is known but whom it comes from. */
    public void receive(ValidatorId from, BroadcastMessage message, Outlet<BroadcastMessage> out) {
        if (!admits(from, message, out)) {
            return;
        }
        String fault = refute(message, (message instanceof Val ? self : from).index(), n, maxBytes);
        if (fault != null) {
            out.refuse(from, Reason.BAD_SHARE, fault);
            return;
        }
        dispatch(from, message, out);
    }

    /** Takes a message that {@link #refute} finds nothing wrong with. */
    public void receiveVerified(ValidatorId from, BroadcastMessage message, Outlet<BroadcastMessage> out) {
        if (admits(from, message, out)) {
            dispatch(from, message, out);
        }
    }

    /** Once there is an outcome, no other validator needs more of this one: its READY is out, or nobody's will come. */
    private boolean admits(ValidatorId from, BroadcastMessage message, Outlet<BroadcastMessage> out) {
        if (from.index() >= n || from.equals(self)) {
            out.refuse(from, Reason.FOREIGN_SENDER, from + " is no other validator of " + n);
            return false;
        }
        if (message instanceof Val && !from.equals(sender)) {
            out.refuse(from, Reason.NOT_LEADER, "VAL in the broadcast of " + sender);
            return false;
        }
        return outcome == Outcome.PENDING;
    }

    private void dispatch(ValidatorId from, BroadcastMessage message, Outlet<BroadcastMessage> out) {
        switch (message) {
            case Val(Shard shard) -> onVal(shard, out);
            case Echo(Shard shard) -> {
                if (isFirst(from, echoes[from.index()], "ECHO", shard.root(), out)) {
                    onEcho(from, shard, out);
                }
            }
            case Ready(Digest root) -> {
                if (isFirst(from, readies[from.index()], "READY", root, out)) {
                    readies[from.index()] = root;
                    advance(root, out);
                }
            }
        }
    }

    /** "Upon receiving VAL(h, b_i, s_i) from the sender, multicast ECHO(h, b_i, s_i)": the first one. */
    private void onVal(Shard shard, Outlet<BroadcastMessage> out) {
        boolean first = rules.echoesFirstValOnly()
                ? isFirst(sender, echoed, "VAL", shard.root(), out)
                : !shard.root().equals(echoed);
        if (first) {
            echoed = shard.root();
            out.broadcast(new Echo(shard));
            onEcho(self, shard, out);
        }
    }

    private void onEcho(ValidatorId from, Shard shard, Outlet<BroadcastMessage> out) {
        echoes[from.index()] = shard.root();
        shards[from.index()] = shard;
        advance(shard.root(), out);
    }

    /** One message of each kind counts for each peer. That it is sent again is no fault, that it differs is one. */
    private boolean isFirst(
            ValidatorId from, @Nullable Digest before, String kind, Digest root, Outlet<BroadcastMessage> out) {
        if (before != null && !before.equals(root)) {
            out.refuse(
                    from, Reason.CONFLICT, kind + " of " + before.abbreviated() + " and then of " + root.abbreviated());
        }
        return before == null;
    }

    /** The upon-rules that ECHO and READY of one root can fire, in Figure 2's order. */
    private void advance(Digest root, Outlet<BroadcastMessage> out) {
        int echoCount = count(echoes, root);
        boolean whole = echoCount >= needed(n);
        if (!ready && whole && echoCount >= rules.echoesForReady(n, f) && isJoined(root)) {
            if (value == null) {
                end(Outcome.NOTHING);
                return;
            }
            sendReady(root, out);
        }
        if (!ready && count(readies, root) >= rules.readiesForReady(n, f)) {
            sendReady(root, out);
        }
        if (count(readies, root) >= rules.readiesForDelivery(n, f) && whole && isJoined(root)) {
            end(value == null ? Outcome.NOTHING : Outcome.DELIVERED);
        }
    }

    private void sendReady(Digest root, Outlet<BroadcastMessage> out) {
        ready = true;
        readies[self.index()] = root;
        out.broadcast(new Ready(root));
    }

    /**
     * "Interpolate {s′_j} from any N − 2f leaves received; recompute Merkle root h′ and if h′ ≠ h then abort." The answer is the root's:
     * what was joined before READY need not be joined again for delivery.
     */
    private boolean isJoined(Digest root) {
        if (!root.equals(joined) && !root.equals(joining)) {
            @Nullable Shard[] under = new Shard[n];
            for (int i = 0; i < n; i++) {
                under[i] = root.equals(echoes[i]) ? shards[i] : null;
            }
            joining = root;
            offload.compute(() -> new Joined(sharding.join(root, under, rules.comparesRoot())), result -> {
                joined = root;
                value = result.value;
            });
        }
        return root.equals(joined);
    }

    /** Null if the shards are no value. */
    private static final class Joined {
        private final byte @Nullable [] value;

        private Joined(byte @Nullable [] value) {
            this.value = value;
        }
    }

    private void end(Outcome reached) {
        outcome = reached;
        Arrays.fill(shards, null);
        if (reached == Outcome.NOTHING) {
            value = null;
        }
    }

    int shardsHeld() {
        int held = 0;
        for (Shard shard : shards) {
            held += shard == null ? 0 : 1;
        }
        return held;
    }

    static int needed(int n) {
        return n - 2 * ((n - 1) / 3);
    }

    private static int count(@Nullable Digest[] by, Digest root) {
        int count = 0;
        for (Digest digest : by) {
            count += root.equals(digest) ? 1 : 0;
        }
        return count;
    }
}
