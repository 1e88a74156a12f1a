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
 * turn from those who signed the QC. Each peer has one request at a time, for who is behind lacks another block with each QC that comes; and
 * no block is asked of two at once, so that one that names a block and does not send it holds it up until the timer. What is too far above is
 * left to the catch-up of the log.
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

    private final BlockRequests requests;

    /** The height of the highest certified block that an answer brought: what is a little below is mostly decided at others. */
    private long certifiedHeight;

    /** Who answered with it, null if catch-up has brought nothing since. */
    private @Nullable ValidatorId certifiedBy;

    /** Since something came: how often the timer fired or catch-up came to nothing. Then whoever names a block or a height is not asked first. */
    private int attempt;

    /** In the signers of a QC: who is asked next. */
    private int turn;

    private boolean catchingUp;
    private boolean timerRuns;
    private boolean deadEnd;
    /** In this step: the first thing that was missing; whether anything is missing that was asked for before. */
    private @Nullable Missing firstMissing;

    private boolean stillWanted;

    /** @param peers how many validators there are */
    Fetcher(ValidatorId self, int peers, Duration patience, int chainLength, BlockTree tree, Outbox outbox) {
        this.self = self;
        this.requests = new BlockRequests(peers);
        this.patience = patience;
        this.chainLength = chainLength;
        this.tree = tree;
        this.outbox = outbox;
    }

    /** The blocks that were asked for, if any is missing. */
    List<BlockId> wanted() {
        return firstMissing == null ? List.of() : requests.blocks();
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

    /** Called after them: asks, unless a request that is needed is out. */
    void end() {
        if (firstMissing == null) {
            endCatchUp();
            attempt = 0;
            if (!requests.areAwaited()) {
                stopTimer();
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
                stillWanted |= requests.isAwaited(at);
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
        ValidatorId peer = source != null && attempt == 0 ? source : freeSigner(missing.qc());
        if (attempt == 0 && peer != null && isFarAbove(missing.top())) {
            catchUp(missing.top() - chainLength, peer);
        } else if (attempt == 0 && certifiedBy != null && isFarAbove(certifiedHeight)) {
            catchUp(certifiedHeight - chainLength, certifiedBy);
        } else if (peer != null && !requests.isAwaited(peer)) {
            requests.asked(peer, missing.block());
            outbox.add(new Effect.Send(peer, new BlockRequest(missing.block(), HotStuffMessage.MAX_BLOCKS)));
            if (!timerRuns) {
                startTimer(patience);
            }
            outbox.observe(new Observation.Fetching(missing.block(), peer));
        }
    }

    private boolean isFarAbove(long height) {
        return height > tree.root().height() + BlockTree.KEPT_DECIDED;
    }

    private void catchUp(long height, ValidatorId source) {
        catchingUp = true;
        outbox.add(new Effect.CatchUp(Math.max(tree.root().height() + 1, height), source));
        startTimer(patience.multipliedBy(10));
    }

    private void startTimer(Duration delay) {
        timerRuns = true;
        outbox.add(new Effect.StartTimer(TIMER, delay));
    }

    private void stopTimer() {
        if (timerRuns) {
            timerRuns = false;
            outbox.add(new Effect.CancelTimer(TIMER));
        }
    }

    /** Nothing is left to it any more; who was asked before has its time anew. */
    private void endCatchUp() {
        if (catchingUp) {
            catchingUp = false;
            stopTimer();
            if (requests.areAwaited()) {
                startTimer(patience);
            }
        }
    }

    /** The signers in turn, who owes no answer before who is overdue; null if all others are awaited. */
    private @Nullable ValidatorId freeSigner(QC qc) {
        ValidatorId late = null;
        int size = qc.shares().size();
        for (int i = 0; i < size; i++) {
            ValidatorId signer = qc.shares().get((turn + i) % size).signer();
            if (signer.equals(self) || requests.isAwaited(signer)) {
                continue;
            }
            if (!requests.isOverdue(signer)) {
                return signer;
            }
            late = late == null ? signer : late;
        }
        return late;
    }

    /** Some answer is not there in time, or nothing has come by catch-up: the next step asks others. */
    void onTimer() {
        timerRuns = false;
        attempt++;
        turn++;
        catchingUp = false;
        requests.timeIsOver();
    }

    /**
     * Blocks prove themselves by their ids, whoever sends them; that there are none is heard from the peer alone that was asked, or
     * any other could end every request by a word.
     *
     * @return whether the response was asked for
     */
    boolean onResponse(ValidatorId from, BlockResponse response) {
        BlockId requested = response.requested();
        boolean isOfAsked = requests.answered(from, requested);
        if (!isOfAsked && (response.blocks().isEmpty() || !requests.blocks().contains(requested))) {
            return false;
        }
        if (!response.blocks().isEmpty()) {
            attempt = 0;
            keep(response.blocks(), isOfAsked ? from : null);
        } else if (!catchingUp && firstMissing != null && requested.equals(firstMissing.block())) {
            // Whoever signed the QC had the block: it is decided there by now, and kept in its log alone. What others
            // were asked for is taken all the same.
            catchUp(tree.root().height() + 1, from);
        }
        return true;
    }

    /** @param answering the peer that was asked for them, if it is the one that sends them */
    private void keep(List<Block> blocks, @Nullable ValidatorId answering) {
        long height = blocks.getFirst().height();
        if (answering != null && height >= certifiedHeight) {
            certifiedHeight = height;
            certifiedBy = answering;
        }
        for (Block block : blocks.reversed()) {
            if (block.height() > tree.root().height() && tree.block(block.id()) == null) {
                orphans.add(block);
            }
        }
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
        endCatchUp();
        if (progress) {
            attempt = 0;
        } else {
            attempt++;
            turn++;
            certifiedBy = null;
        }
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
