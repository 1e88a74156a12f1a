package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Outbox;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.hotstuff.HotStuffMessage.BlockRequest;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gets certified blocks that are missing, from the newest down to one that connects: first from the peer that named them, then in
 * turn from those who signed the QC. One request is out at a time. What is too far above is left to the catch-up of the log.
 */
final class Fetcher {
    static final TimerId TIMER = new TimerId("fetch");
    private static final int MAX_RESPONSE_BYTES = 1 << 20;

    private final ValidatorId self;
    private final Duration patience;
    private final int chainLength;
    private final BlockTree tree;
    private final Outbox outbox;
    private final Orphans orphans = new Orphans();
    /** A block to ask for. */
    private record Missing(
            BlockId block, QC qc, long top, @Nullable ValidatorId source) {}

    private @Nullable BlockId wanted;
    /** Who was asked for it. */
    private @Nullable ValidatorId asked;

    private int attempt;
    private boolean catchingUp;
    private boolean deadEnd;
    /** In this step: the first thing that was missing; whether what was asked for before is missing still. */
    private @Nullable Missing firstMissing;

    private boolean stillWanted;

    Fetcher(ValidatorId self, Duration patience, int chainLength, BlockTree tree, Outbox outbox) {
        this.self = self;
        this.patience = patience;
        this.chainLength = chainLength;
        this.tree = tree;
        this.outbox = outbox;
    }

    /** The block that was asked for and has not come, or null. */
    @Nullable BlockId wanted() {
        return wanted;
    }

    boolean isCatchingUp() {
        return catchingUp;
    }

    void keep(Block block) {
        orphans.add(block);
    }

    int kept() {
        return orphans.size();
    }

    /** Called before the calls of {@link #pathTo} of one step. */
    void begin() {
        firstMissing = null;
        stillWanted = false;
    }

    /**
     * Called after them: asks, unless a request that is needed is out. Whoever makes two things be missing at once must not have them
     * asked for in turn at every step, each request disowning the answer to the one before.
     */
    void end() {
        if (firstMissing == null) {
            if (wanted != null || catchingUp) {
                wanted = null;
                catchingUp = false;
                attempt = 0;
                outbox.add(new Effect.CancelTimer(TIMER));
            }
        } else if (!catchingUp && !stillWanted) {
            request(firstMissing);
        }
    }

    /**
     * The blocks from {@code target} down to one whose parent is connected, or null while some are missing, which it asks for.
     *
     * @param qc for the target
     * @param height of the target if it is known, else 0
     * @param source the peer that named it, if any
     */
    @Nullable List<Block> pathTo(BlockId target, QC qc, long height, @Nullable ValidatorId source) {
        deadEnd = false;
        List<Block> path = new ArrayList<>();
        BlockId at = target;
        while (!tree.isConnected(at)) {
            Block block = orphans.get(at);
            if (block == null) {
                long top = path.isEmpty() ? height : path.getFirst().height();
                firstMissing = firstMissing == null ? new Missing(at, qc, top, source) : firstMissing;
                stillWanted |= at.equals(wanted);
                return null;
            }
            path.add(block);
            at = block.parent();
            if (block.height() <= tree.root().height() + 1 && !tree.isConnected(at)) {
                deadEnd = true;
                return null;
            }
        }
        path.forEach(orphans::remove);
        return path;
    }

    /** Whether the last target turned out to be on another branch than what is decided. */
    boolean isDeadEnd() {
        return deadEnd;
    }

    private void request(Missing missing) {
        ValidatorId source = missing.source();
        ValidatorId peer = source != null && attempt == 0 ? source : signer(missing.qc());
        if (attempt == 0 && missing.top() > tree.root().height() + BlockTree.KEPT_DECIDED) {
            catchUp(missing.top() - chainLength, peer);
        } else {
            wanted = missing.block();
            asked = peer;
            outbox.add(new Effect.Send(peer, new BlockRequest(missing.block(), HotStuffMessage.MAX_BLOCKS)));
            outbox.add(new Effect.StartTimer(TIMER, patience));
            outbox.observe(new Observation.Fetching(missing.block(), peer));
        }
    }

    private void catchUp(long height, ValidatorId source) {
        catchingUp = true;
        wanted = null;
        outbox.add(new Effect.CatchUp(Math.max(tree.root().height() + 1, height), source));
        outbox.add(new Effect.StartTimer(TIMER, patience.multipliedBy(10)));
    }

    /** The signers in turn, this validator left out. */
    private ValidatorId signer(QC qc) {
        int size = qc.shares().size();
        for (int i = 0; i < size; i++) {
            ValidatorId signer = qc.shares().get((attempt + i) % size).signer();
            if (!signer.equals(self)) {
                return signer;
            }
        }
        throw new IllegalStateException("nobody else signed " + qc);
    }

    /** The peer did not answer in time: the next step asks another. */
    void onTimer() {
        attempt++;
        wanted = null;
        catchingUp = false;
    }

    /**
     * Blocks prove themselves by their ids, whoever sends them; that there are none is heard from the peer alone that was asked, or
     * any other could end every request by a word.
     *
     * @return whether the response was asked for
     */
    boolean onResponse(ValidatorId from, BlockResponse response) {
        if (!response.requested().equals(wanted) || (response.blocks().isEmpty() && !from.equals(asked))) {
            return false;
        }
        if (response.blocks().isEmpty()) {
            // Whoever signed the QC had the block: it is decided there by now, and kept in its log alone.
            catchUp(tree.root().height() + 1, from);
            return true;
        }
        attempt = 0;
        wanted = null;
        for (int i = response.blocks().size() - 1; i >= 0; i--) {
            Block block = response.blocks().get(i);
            if (block.height() > tree.root().height()) {
                orphans.add(block);
            }
        }
        return true;
    }

    /** The root has moved up. */
    void onDecided() {
        if (!orphans.isEmpty()) {
            orphans.removeUpTo(tree.root().height());
        }
    }

    /**
     * The log's catch-up has ended.
     *
     * @param progress whether it brought any block; if not, the height that it was begun for may have been a lie
     */
    void onCaughtUp(boolean progress) {
        catchingUp = false;
        wanted = null;
        attempt = progress ? 0 : attempt + 1;
    }

    /** What a peer asked for: as many as there are, within the bounds. */
    BlockResponse answer(BlockRequest request) {
        List<Block> blocks = new ArrayList<>();
        long bytes = 0;
        Block block = blockAt(request.block());
        while (block != null && blocks.size() < request.maxBlocks()) {
            bytes += block.payload().sizeBytes();
            if (bytes > MAX_RESPONSE_BYTES && !blocks.isEmpty()) {
                break;
            }
            blocks.add(block);
            block = blockAt(block.parent());
        }
        return new BlockResponse(request.block(), blocks);
    }

    private @Nullable Block blockAt(BlockId id) {
        Block block = tree.block(id);
        return block != null ? block : orphans.get(id);
    }
}
