package dev.parley.mempool;

import dev.parley.app.Convictions;
import dev.parley.app.SessionTable;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Sample;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.log.ClientSignatures;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The commands and the evidence that wait to be ordered, and those in blocks that are not decided yet. Not thread-safe.
 *
 * <p>Nothing that was accepted is dropped silently: a command leaves by {@link #decided} or is handed back by {@link #expire}.
 *
 * <p>One branch of undecided blocks is the present one: the commands that its blocks hold are out of the lanes, so that building on
 * its head never meets them, and a look at an entry says whether an ancestor holds it. Building on or checking against another block
 * moves the branch there, at the cost of the commands in the blocks that differ.
 */
public final class Mempool {
    /** The encoded size of a payload without commands, in bytes, or a little more. */
    private static final int PAYLOAD_HEADER_BYTES = 16;

    /** With each block those are looked at that expire in the same moment as it. */
    private static final long MOMENT_MILLIS = 50;

    private final MempoolSettings settings;
    private final Predicate<Command> authentic;
    private final Map<CommandId, Entry> entries = new HashMap<>();
    private final List<Lane> lanes = new ArrayList<>(Command.LANES);
    private final TreeMap<Long, List<Entry>> byMomentOfExpiry = new TreeMap<>();
    /** Local commands, those offered longest ago first; those that have left stay until they are met. */
    private final Deque<Entry> toGossip = new ArrayDeque<>();
    /** In the order of registration, so parents before children. */
    private final Map<BlockId, UndecidedBlock> blocks = new LinkedHashMap<>();

    private final EvidencePool evidence;
    private final List<Entry> aside = new ArrayList<>();
    private final List<Withdrawn> withdrawn = new ArrayList<>();
    private final int[] peerCommands = new int[ValidatorSet.MAX_VALIDATORS];
    private final long[] peerBytes = new long[ValidatorSet.MAX_VALIDATORS];
    private final DrainRate drainRate = new DrainRate();

    private SessionTable ordered;
    private UndecidedBlock root = UndecidedBlock.decided(BlockId.GENESIS, 0, 0);
    private UndecidedBlock head = root;
    private int waitingCommands;
    private int asideCommands;
    private long waitingBytes;
    private long arrivals;
    private long marks;

    /** An empty pool before the first block that no evidence convinces, for a log of which no session has a key. */
    public Mempool(MempoolSettings settings) {
        this(settings, evidence -> false, ClientSignatures::isWithoutKey);
    }

    /**
     * An empty pool before the first block.
     *
     * @param convicts whether evidence convicts its culprit
     * @param authentic whether a command may bear its client's id: that by which the log is executed
     */
    public Mempool(MempoolSettings settings, Predicate<Evidence> convicts, Predicate<Command> authentic) {
        this.settings = settings;
        this.authentic = authentic;
        this.evidence = new EvidencePool(convicts);
        this.ordered =
                new SessionTable(settings.maxSessions(), settings.maxLifetime().toMillis());
        for (int i = 0; i < Command.LANES; i++) {
            lanes.add(new Lane());
        }
    }

    /**
     * Goes on after a decided block; what waits is kept, undecided blocks are forgotten. Commands that were ordered meanwhile are
     * handed back by {@link #expire}.
     *
     * @param height that block's
     * @param timeMillis that block's time
     * @param table the commands ordered up to and with that block; taken over, not copied
     * @param convictions the validators convicted up to and with that block; taken over, not copied
     */
    public void restore(BlockId decided, long height, long timeMillis, SessionTable table, Convictions convictions) {
        moveTo(root);
        for (UndecidedBlock block : blocks.values()) {
            release(block);
        }
        blocks.clear();
        root = UndecidedBlock.decided(decided, height, timeMillis);
        head = root;
        ordered = table;
        evidence.restore(convictions);
        for (Entry entry : List.copyOf(entries.values())) {
            Command command = entry.waiting;
            if (command != null
                    && ordered.status(entry.id, command.expiresAtMillis(), timeMillis)
                            instanceof SessionTable.Status.Duplicate(long at, int index)) {
                withdraw(entry, command, new Admission.AlreadyOrdered(at, index));
            }
        }
    }

    /**
     * Takes a command in, or says why not. A refused one leaves no trace, and uses nothing of a peer's share (tenderdash #1479).
     * What a peer has, and is over by this validator's clock and not in block time, is taken in: the peer waits for the block that settles it,
     * and would wait alone.
     *
     * @param peer who gossiped the command, or null if a client brought it to this validator
     * @param nowMillis this validator's clock
     */
    public Admission admit(Command command, @Nullable ValidatorId peer, long nowMillis) {
        int size = command.sizeBytes();
        if (size > settings.maxCommandBytes()) {
            return new Admission.TooLarge(settings.maxCommandBytes());
        }
        Entry entry = entries.get(command.id());
        if (entry != null && entry.waiting != null) {
            if (peer == null && entry.origin != Entry.LOCAL) {
                makeLocal(entry, entry.waiting, nowMillis);
            }
            return Admission.Duplicate.INSTANCE;
        }
        if (!authentic.test(command)) {
            return Admission.NotAuthentic.INSTANCE;
        }
        // What nobody can execute any more is settled by a block all the same, whatever else is to be said of it.
        boolean isUnsettled = peer != null && command.expiresAtMillis() >= root.timeMillis;
        switch (ordered.status(command.id(), command.expiresAtMillis(), Math.max(nowMillis, root.timeMillis))) {
            case SessionTable.Status.Duplicate(long height, int index) -> {
                return new Admission.AlreadyOrdered(height, index);
            }
            case SessionTable.Status.Expired expired -> {
                if (!isUnsettled) {
                    return Admission.Expired.INSTANCE;
                }
            }
            case SessionTable.Status.TooOld tooOld -> {
                return Admission.TooOld.INSTANCE;
            }
            case SessionTable.Status.TooFarAhead ahead -> {
                return Admission.TooFarAhead.INSTANCE;
            }
            case SessionTable.Status.TableFull full -> {
                return new Admission.Busy(drainRate.retryAfter(waitingCommands, nowMillis));
            }
            case SessionTable.Status.Fresh fresh -> {}
        }
        if (!hasRoom(size, peer)) {
            return new Admission.Busy(drainRate.retryAfter(waitingCommands, nowMillis));
        }
        if (entry == null) {
            entry = new Entry(command.id());
            entries.put(command.id(), entry);
        }
        entry.waiting = command;
        entry.arrival = arrivals++;
        waitingCommands++;
        waitingBytes += size;
        if (peer == null) {
            makeLocal(entry, command, nowMillis);
        } else {
            entry.origin = peer.index();
            peerCommands[entry.origin]++;
            peerBytes[entry.origin] += size;
        }
        if (entry.onBranch == 0) {
            lanes.get(command.lane()).append(entry);
        }
        List<Entry> expiring = byMomentOfExpiry.computeIfAbsent(
                command.expiresAtMillis() / MOMENT_MILLIS, moment -> new ArrayList<>());
        entry.expiring = expiring;
        entry.expiringIndex = expiring.size();
        expiring.add(entry);
        return Admission.Accepted.INSTANCE;
    }

    /**
     * Takes evidence in that convicts, unless some waits against the same validator or that is convicted already.
     *
     * @param local whether this validator found it, rather than a peer
     * @return whether it waits now and did not before
     */
    public boolean accuse(Evidence accusation, boolean local) {
        return evidence.admit(accusation, local);
    }

    /** Evidence that this validator found and no decided block holds, at most {@code max} pieces. */
    public List<Evidence> pendingAccusations(int max) {
        return evidence.local(max);
    }

    /**
     * Remembers an undecided block. Does nothing if it is known already.
     *
     * @return false if its parent is neither registered nor the last decided block: nothing is remembered
     */
    public boolean register(BlockId block, BlockId parent, CommandBatch payload) {
        if (find(block) != null) {
            return true;
        }
        UndecidedBlock above = find(parent);
        if (above == null) {
            return false;
        }
        forgetBlocksOverBound(register(block, above, payload));
        return true;
    }

    /**
     * A payload for a child of {@code parent}: what waits and is not in an undecided ancestor, evidence and then commands by lane, then
     * by arrival. Block time is the later of the parent's and {@code nowMillis}.
     *
     * @return empty if nothing is to be ordered and not {@code evenIfEmpty}, or if the parent is not known. Where commands wait that
     *     have expired it is a batch, if need be of no commands, whatever {@code evenIfEmpty}: a later block time settles them.
     */
    public Optional<CommandBatch> build(BlockId parent, long nowMillis, boolean evenIfEmpty) {
        return build(parent, nowMillis, evenIfEmpty, null);
    }

    /**
     * As {@link #build(BlockId, long, boolean)}, with no more than a sample of the commands. Of the bytes of a block it takes no larger
     * part than of the commands, but may always hold one command.
     *
     * @param sample null for all that fit into a block
     */
    public Optional<CommandBatch> build(BlockId parent, long nowMillis, boolean evenIfEmpty, @Nullable Sample sample) {
        UndecidedBlock above = find(parent);
        if (above == null) {
            return Optional.empty();
        }
        moveTo(above);
        long time = Math.max(above.timeMillis, nowMillis);
        List<Command> batch = new ArrayList<>(Math.min(waitingCommands, settings.maxBlockCommands()));
        boolean expired = sample == null
                ? fill(batch, settings.maxBlockCommands(), settings.maxBlockBytes(), time)
                : fill(batch, sample, time);
        List<Evidence> accusations = evidence.fitting(above);
        return batch.isEmpty() && accusations.isEmpty() && !expired && !evenIfEmpty
                ? Optional.empty()
                : Optional.of(new CommandBatch(time, accusations, batch));
    }

    /** @return whether there were commands that have expired */
    private boolean fill(List<Command> batch, Sample sample, long time) {
        List<Command> candidates = new ArrayList<>();
        boolean expired = fill(candidates, sample.of(), Long.MAX_VALUE, time);
        long maxBytes = (long) settings.maxBlockBytes() * sample.take() / sample.of();
        SplittableRandom random = new SplittableRandom(sample.seed());
        long bytes = PAYLOAD_HEADER_BYTES;
        for (int i = 0; i < Math.min(sample.take(), candidates.size()) && i < settings.maxBlockCommands(); i++) {
            Collections.swap(candidates, i, random.nextInt(i, candidates.size()));
            Command chosen = candidates.get(i);
            bytes += chosen.sizeBytes();
            if (bytes > maxBytes && !batch.isEmpty()) {
                break;
            }
            batch.add(chosen);
        }
        return expired;
    }

    /** @return whether there were commands that have expired */
    private boolean fill(List<Command> batch, int maxCommands, long maxBytes, long time) {
        long bytes = PAYLOAD_HEADER_BYTES;
        boolean expired = false;
        for (Lane lane : lanes) {
            Entry next;
            for (Entry entry = lane.first(); entry != null; entry = next) {
                next = entry.next;
                Command command = entry.waiting;
                if (command == null) {
                    throw new IllegalStateException("a lane holds " + entry.id + ", which does not wait");
                }
                switch (ordered.status(entry.id, command.expiresAtMillis(), time)) {
                    case SessionTable.Status.Fresh fresh -> {
                        bytes += command.sizeBytes();
                        if (bytes > maxBytes || batch.size() == maxCommands) {
                            return expired;
                        }
                        batch.add(command);
                    }
                    case SessionTable.Status.Expired past -> {
                        if (command.expiresAtMillis() < root.timeMillis) {
                            withdraw(entry, command, Admission.Expired.INSTANCE);
                        } else {
                            expired = true;
                        }
                    }
                    case SessionTable.Status.TooOld tooOld -> withdraw(entry, command, Admission.TooOld.INSTANCE);
                    case SessionTable.Status.Duplicate(long height, int index) ->
                        withdraw(entry, command, new Admission.AlreadyOrdered(height, index));
                    // These pass with time: sessions end, and block time comes nearer.
                    case SessionTable.Status.TableFull full -> {}
                    case SessionTable.Status.TooFarAhead ahead -> {}
                }
            }
        }
        return expired;
    }

    /** Registers the block and holds its payload against the rules; a block once accepted stays so. */
    public Verdict check(BlockId block, BlockId parent, CommandBatch payload, long nowMillis) {
        String tooLarge = tooLarge(payload);
        if (tooLarge != null) {
            return new Verdict.Refused(Verdict.Fault.TOO_LARGE, tooLarge);
        }
        if (!register(block, parent, payload)) {
            return new Verdict.Refused(Verdict.Fault.UNKNOWN_PARENT, "its parent " + parent + " is not known here");
        }
        UndecidedBlock found = blocks.get(block);
        if (found == null || found.accepted) {
            return Verdict.Accepted.INSTANCE;
        }
        UndecidedBlock above = found.parent == null ? root : found.parent;
        String wrongTime = wrongTime(payload.timeMillis(), above.timeMillis, nowMillis);
        if (wrongTime != null) {
            return new Verdict.Refused(Verdict.Fault.WRONG_TIME, wrongTime);
        }
        moveTo(above);
        long mark = ++marks;
        List<Command> commands = payload.commands();
        for (int i = 0; i < found.entries.length; i++) {
            Entry entry = found.entries[i];
            if (entry.onBranch > 0) {
                return refusedCommand(entry, "is in an ancestor already");
            }
            if (entry.metBy == mark) {
                return refusedCommand(entry, "is in it twice");
            }
            entry.metBy = mark;
            Command command = commands.get(i);
            SessionTable.Status status = ordered.status(entry.id, command.expiresAtMillis(), payload.timeMillis());
            if (!(status instanceof SessionTable.Status.Fresh)) {
                return refusedCommand(entry, "must not be ordered: " + status);
            }
            if (!authentic.test(command)) {
                return refusedCommand(entry, "is not signed by the key that its client's id names");
            }
        }
        String wrongEvidence = evidence.refuse(payload.evidence(), above);
        if (wrongEvidence != null) {
            return new Verdict.Refused(Verdict.Fault.EVIDENCE, wrongEvidence);
        }
        found.accepted = true;
        return Verdict.Accepted.INSTANCE;
    }

    private static Verdict refusedCommand(Entry entry, String why) {
        return new Verdict.Refused(Verdict.Fault.COMMAND, "command " + entry.id + " " + why);
    }

    private @Nullable String tooLarge(CommandBatch payload) {
        // Evidence has a bound of its own: a small bound on commands must not keep it out of every block.
        int bytes = payload.sizeBytes() - payload.evidenceBytes();
        if (payload.commands().size() > settings.maxBlockCommands() || bytes > settings.maxBlockBytes()) {
            return "it has " + payload.commands().size() + " commands in " + bytes + " bytes, over "
                    + settings.maxBlockCommands() + " or over " + settings.maxBlockBytes();
        }
        for (Command command : payload.commands()) {
            if (command.sizeBytes() > settings.maxCommandBytes()) {
                return "command " + command.id() + " has " + command.sizeBytes() + " bytes, over "
                        + settings.maxCommandBytes();
            }
        }
        return null;
    }

    private @Nullable String wrongTime(long time, long parentTime, long nowMillis) {
        if (time < parentTime) {
            return "its time " + time + " is before its parent's, " + parentTime;
        }
        if (time > nowMillis + settings.maxAhead().toMillis()) {
            return "its time is " + (time - nowMillis) + " ms ahead of this validator's clock";
        }
        // A parent may be ahead of this clock within its bound, so a child at its parent's time is never too far
        // behind.
        if (time < nowMillis - settings.maxBehind().toMillis()) {
            return "its time is " + (nowMillis - time) + " ms behind this validator's clock";
        }
        return null;
    }

    /**
     * The next block is decided, registered before or not: its commands leave the pool, and blocks that do not descend from it are
     * forgotten.
     */
    public void decided(BlockId block, CommandBatch payload, long height) {
        UndecidedBlock known = blocks.get(block);
        UndecidedBlock next = known == null ? register(block, root, payload) : known;
        if (!next.onBranch) {
            moveTo(next);
        }
        blocks.remove(block);
        evidence.decided(payload.evidence(), height);
        ordered.advance(next.timeMillis);
        List<Command> commands = payload.commands();
        int left = 0;
        for (int i = 0; i < next.entries.length; i++) {
            Entry entry = next.entries[i];
            Command command = commands.get(i);
            if (ordered.status(entry.id, command.expiresAtMillis(), next.timeMillis)
                            instanceof SessionTable.Status.Fresh
                    && authentic.test(command)) {
                ordered.record(entry.id, command.expiresAtMillis(), height, i);
            }
            if (!entry.decided) {
                entry.decided = true;
                entries.remove(entry.id);
                if (entry.waiting != null) {
                    left++;
                    leave(entry, entry.waiting);
                }
            }
        }
        drainRate.drained(left);
        next.parent = null;
        next.entries = new Entry[0];
        next.evidence = List.of();
        root = next;
        forgetAllButDescendants();
    }

    private void forgetAllButDescendants() {
        long mark = ++marks;
        root.keptBy = mark;
        Iterator<UndecidedBlock> all = blocks.values().iterator();
        while (all.hasNext()) {
            UndecidedBlock block = all.next();
            if (block.parent != null && block.parent.keptBy == mark) {
                block.keptBy = mark;
            } else {
                all.remove();
                release(block);
            }
        }
    }

    /**
     * Removes what can never be ordered any more: commands whose time is over, and those that were found to be unfit when a block was
     * built. What a block on the way holds and has expired in the last decided block's time would not be executed. All validators
     * remove the same: one that kept what the others have done with would wait alone for a block.
     *
     * @param blockTimeMillis of the last decided block, not of a clock: a command whose time is over by the clock may still be in a
     *     block on the way
     */
    public List<Withdrawn> expire(long blockTimeMillis) {
        long moment = blockTimeMillis / MOMENT_MILLIS;
        for (List<Entry> bucket :
                List.copyOf(byMomentOfExpiry.headMap(moment, true).values())) {
            // From the end: the last one takes the place of one that leaves.
            for (int i = bucket.size() - 1; i >= 0; i--) {
                Entry entry = bucket.get(i);
                Command command = entry.waiting;
                if (command == null) {
                    throw new IllegalStateException(entry.id + " expires but does not wait");
                }
                if (command.expiresAtMillis() < blockTimeMillis) {
                    withdraw(entry, command, Admission.Expired.INSTANCE);
                }
            }
        }
        List<Withdrawn> all = List.copyOf(withdrawn);
        withdrawn.clear();
        return all;
    }

    /**
     * The batch with those commands alone that the application accepts. It does not want the others proposed now: they wait on, outside
     * of what is built, and are no work until {@link #takeBack}.
     *
     * @param built by {@link #build}
     * @param chosen of its commands, in the same order
     */
    public CommandBatch choose(CommandBatch built, List<Command> chosen) {
        if (chosen.size() == built.commands().size()) {
            return built;
        }
        int next = 0;
        for (Command command : built.commands()) {
            if (next < chosen.size() && chosen.get(next).id().equals(command.id())) {
                next++;
            } else {
                setAside(command);
            }
        }
        return new CommandBatch(built.timeMillis(), built.evidence(), chosen);
    }

    private void setAside(Command command) {
        Entry entry = entries.get(command.id());
        if (entry != null && entry.waiting != null && !entry.aside) {
            if (entry.ready) {
                lanes.get(command.lane()).remove(entry);
            }
            entry.aside = true;
            asideCommands++;
            aside.add(entry);
        }
    }

    /** Commands that were set aside may be proposed again: the state may be another now. */
    public void takeBack() {
        if (aside.isEmpty()) {
            return;
        }
        List<Entry> back = new ArrayList<>(aside.size());
        for (Entry entry : aside) {
            if (entry.aside) {
                entry.aside = false;
                asideCommands--;
                back.add(entry);
            }
        }
        aside.clear();
        putBack(back);
    }

    /** The last decided height. */
    public long decidedHeight() {
        return root.height;
    }

    /** The height of a child of {@code parent}; that of the next block if the parent is not known. */
    public long heightUnder(BlockId parent) {
        UndecidedBlock above = find(parent);
        return (above == null ? root : above).height + 1;
    }

    /** Whether commands or evidence wait here that no decided block holds. */
    public boolean hasPending() {
        return waitingCommands > asideCommands || !evidence.isEmpty();
    }

    /**
     * Whether commands or evidence wait here that neither a decided block nor {@code tip} or its ancestors hold; false for an unknown
     * tip.
     */
    public boolean hasPending(BlockId tip) {
        UndecidedBlock block = find(tip);
        if (block == null) {
            return false;
        }
        moveTo(block);
        if (!evidence.fitting(block).isEmpty()) {
            return true;
        }
        for (Lane lane : lanes) {
            if (!lane.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Local commands that wait since {@code intervalMillis} or longer, since they came or since they were last returned here.
     *
     * @param max the most that are returned, oldest first
     */
    public List<Command> pendingOlderThan(long intervalMillis, long nowMillis, int max) {
        List<Command> old = new ArrayList<>();
        for (int left = toGossip.size(); left > 0 && old.size() < max; left--) {
            Entry entry = toGossip.getFirst();
            if (entry.waiting != null) {
                if (nowMillis - entry.offeredAtMillis < intervalMillis) {
                    break;
                }
                old.add(entry.waiting);
                entry.offeredAtMillis = nowMillis;
                toGossip.addLast(entry);
            }
            toGossip.removeFirst();
        }
        return old;
    }

    /** Commands that wait. */
    public int size() {
        return waitingCommands;
    }

    /** Encoded bytes of the commands that wait. */
    public long sizeBytes() {
        return waitingBytes;
    }

    /** Blocks on the way that are remembered. */
    int undecidedBlocks() {
        return blocks.size();
    }

    private boolean hasRoom(int size, @Nullable ValidatorId peer) {
        return waitingCommands < settings.maxCommands()
                && waitingBytes + size <= settings.maxBytes()
                && (peer == null
                        || (peerCommands[peer.index()] < settings.maxPeerCommands()
                                && peerBytes[peer.index()] + size <= settings.maxPeerBytes()));
    }

    private void makeLocal(Entry entry, Command command, long nowMillis) {
        if (entry.origin != Entry.LOCAL) {
            peerCommands[entry.origin]--;
            peerBytes[entry.origin] -= command.sizeBytes();
        }
        entry.origin = Entry.LOCAL;
        entry.offeredAtMillis = nowMillis;
        toGossip.addLast(entry);
        if (toGossip.size() > 2 * waitingCommands + 64) {
            toGossip.removeIf(old -> old.waiting == null);
        }
    }

    /** The command does not wait any more: out of its lane, its list of expiry, and the counts. */
    private void leave(Entry entry, Command command) {
        if (entry.ready) {
            lanes.get(command.lane()).remove(entry);
        }
        List<Entry> bucket = entry.expiring;
        if (bucket != null) {
            Entry moved = bucket.removeLast();
            if (moved != entry) {
                bucket.set(entry.expiringIndex, moved);
                moved.expiringIndex = entry.expiringIndex;
            }
            if (bucket.isEmpty()) {
                byMomentOfExpiry.remove(command.expiresAtMillis() / MOMENT_MILLIS);
            }
        }
        if (entry.aside) {
            entry.aside = false;
            asideCommands--;
        }
        entry.expiring = null;
        entry.waiting = null;
        waitingCommands--;
        waitingBytes -= command.sizeBytes();
        if (entry.origin != Entry.LOCAL) {
            peerCommands[entry.origin]--;
            peerBytes[entry.origin] -= command.sizeBytes();
            entry.origin = Entry.LOCAL;
        }
    }

    private void withdraw(Entry entry, Command command, Admission why) {
        leave(entry, command);
        withdrawn.add(new Withdrawn(command, why));
        if (entry.inBlocks == 0) {
            entries.remove(entry.id);
        }
    }

    private @Nullable UndecidedBlock find(BlockId block) {
        return block.equals(root.id) ? root : blocks.get(block);
    }

    private UndecidedBlock register(BlockId block, UndecidedBlock parent, CommandBatch payload) {
        UndecidedBlock added = UndecidedBlock.under(parent, block, payload);
        List<Command> commands = payload.commands();
        for (int i = 0; i < added.entries.length; i++) {
            CommandId id = commands.get(i).id();
            Entry entry = entries.get(id);
            if (entry == null) {
                entry = new Entry(id);
                entries.put(id, entry);
            }
            entry.inBlocks++;
            added.entries[i] = entry;
        }
        blocks.put(block, added);
        return added;
    }

    /** Makes {@code target} the head of the present branch. */
    private void moveTo(UndecidedBlock target) {
        if (head == target) {
            return;
        }
        UndecidedBlock fork = target;
        while (!fork.onBranch && fork.parent != null) {
            fork = fork.parent;
        }
        List<Entry> released = new ArrayList<>();
        for (UndecidedBlock block = head; block != fork && block.parent != null; block = block.parent) {
            block.onBranch = false;
            for (Entry entry : block.entries) {
                if (--entry.onBranch == 0) {
                    released.add(entry);
                }
            }
        }
        for (UndecidedBlock block = target; block != fork && block.parent != null; block = block.parent) {
            block.onBranch = true;
            for (Entry entry : block.entries) {
                if (entry.onBranch++ == 0 && entry.ready && entry.waiting != null) {
                    lanes.get(entry.waiting.lane()).remove(entry);
                }
            }
        }
        head = target;
        putBack(released);
    }

    /** Commands of blocks that are off the branch now go back to their places in their lanes. */
    private void putBack(List<Entry> released) {
        if (released.isEmpty()) {
            return;
        }
        List<List<Entry>> byLane = new ArrayList<>(Command.LANES);
        for (int i = 0; i < Command.LANES; i++) {
            byLane.add(new ArrayList<>());
        }
        for (Entry entry : released) {
            if (entry.onBranch == 0 && entry.waiting != null && !entry.aside) {
                byLane.get(entry.waiting.lane()).add(entry);
            }
        }
        for (int i = 0; i < Command.LANES; i++) {
            byLane.get(i).sort(Comparator.comparingLong(entry -> entry.arrival));
            lanes.get(i).insertInOrder(byLane.get(i));
        }
    }

    /** A block that is off the branch is forgotten: what only it held is too. */
    private void release(UndecidedBlock block) {
        for (Entry entry : block.entries) {
            if (--entry.inBlocks == 0 && !entry.decided && entry.waiting == null) {
                entries.remove(entry.id);
            }
        }
    }

    /** Forgets the oldest blocks that are neither on the branch nor ancestors of {@code added}, with all that descends from them. */
    private void forgetBlocksOverBound(UndecidedBlock added) {
        if (blocks.size() <= settings.maxUndecidedBlocks()) {
            return;
        }
        long spared = ++marks;
        for (UndecidedBlock block = added; block != null; block = block.parent) {
            block.keptBy = spared;
        }
        @Nullable UndecidedBlock oldest = null;
        for (UndecidedBlock block : blocks.values()) {
            if (!block.onBranch && block.keptBy != spared) {
                oldest = block;
                break;
            }
        }
        if (oldest == null) {
            return;
        }
        long forgotten = ++marks;
        Iterator<UndecidedBlock> all = blocks.values().iterator();
        while (all.hasNext()) {
            UndecidedBlock block = all.next();
            if (block == oldest || (block.parent != null && block.parent.keptBy == forgotten)) {
                block.keptBy = forgotten;
                all.remove();
                release(block);
            }
        }
    }
}
