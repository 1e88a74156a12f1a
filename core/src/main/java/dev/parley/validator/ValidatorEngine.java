package dev.parley.validator;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Computation;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Restored;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs one consensus core: hands it inputs and carries out its effects.
 *
 * <p><b>Persist before send.</b> What a step persists joins the batch that is being gathered; what the step sends or tells after that is
 * held until the batch is durable, and a decided block reaches the application when its own batch is. {@link #flush} closes the batch: the
 * shell calls it after it has drained its inputs, so that one sync covers them all (group commit). Messages wait for records alone: a
 * decided block, a certificate and a record that goes are no promise to anybody, and a validator that loses them in a crash is as bound as
 * before.
 *
 * <p>Not thread-safe, deterministic, without clock or thread.
 */
public final class ValidatorEngine {
    private static final TimerId STATUS_TIMER = new TimerId("status");

    /** So many late proposals are told apart by proposer. */
    private static final int MAX_PROPOSERS = 64;

    /** After so many ticks without a decision links are doubted. */
    private static final long FIRST_DOUBT = 2;
    /** Never more ticks than that pass until they are doubted again. */
    private static final long MAX_DOUBT = 16;

    /** More computations under way at once are a defect of the core, which bounds them. */
    private static final int MAX_COMPUTATIONS = 1 << 16;

    private static final long UNTOLD = -1;

    private record Held(long batch, Effect effect) {}

    private final World world;
    private final ConsensusCore core;
    private final EngineSettings settings;
    private final CatchUp catchUp;
    private final SnapshotFetch snapshots;
    private final Standing standing;
    private final Awaited awaited;
    private final ValidatorSet validators;
    private final ValidatorId self;
    private final List<ValidatorId> peers;
    /** By validator: how far it last said it was; {@link #UNTOLD} before it has said anything. */
    private final long[] told;

    /** Who proposed which block, the latest ones: only to say whose payload was refused. */
    private final Map<BlockId, ValidatorId> proposers = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<BlockId, ValidatorId> eldest) {
            return size() > MAX_PROPOSERS;
        }
    };

    /** Tickets of the computations under way. */
    private final Set<Long> computing = new HashSet<>();

    /** What waits for its batch, in order: messages and accusations, and decided blocks. */
    private final ArrayDeque<Held> heldWords = new ArrayDeque<>();

    private final ArrayDeque<Held> heldBlocks = new ArrayDeque<>();
    private List<Storage.Write> gathering = new ArrayList<>();
    private long nextBatch = 1;
    private long durableBatch;
    /** The batch of the latest record. */
    private long recordedBatch;

    private long decidedHeight;
    private boolean workPending;
    private boolean coreIsBehind;
    private long ticksWithoutDecision;
    /** Since the last decision; and of these, at which the links are doubted next: each time after twice as many. */
    private long ticksAtHeight;

    private long doubtedAt = FIRST_DOUBT;
    private int nextStatusPeer;

    public ValidatorEngine(
            ValidatorId self, ValidatorSet validators, ConsensusCore core, EngineSettings settings, World world) {
        this(self, validators, core, settings, world, new Awaited(validators.size()));
    }

    /** @param awaited shared with the gate */
    ValidatorEngine(
            ValidatorId self,
            ValidatorSet validators,
            ConsensusCore core,
            EngineSettings settings,
            World world,
            Awaited awaited) {
        this.world = world;
        this.core = core;
        this.settings = settings;
        this.validators = validators;
        this.self = self;
        this.told = new long[validators.size()];
        Arrays.fill(told, UNTOLD);
        this.peers = validators.validators().stream()
                .map(v -> v.id())
                .filter(id -> !id.equals(self))
                .toList();
        this.awaited = awaited;
        this.standing = new Standing(settings, validators.size());
        this.catchUp = new CatchUp(settings, world, validators, peers, standing, awaited);
        this.snapshots = new SnapshotFetch(settings, world, validators, peers, standing, awaited);
    }

    /** The first call, once. */
    public void start(Restored restored) {
        DecidedBlock last = restored.lastDecided();
        decidedHeight = last == null ? 0 : last.height();
        step(new Input.Start(restored));
        world.startTimer(STATUS_TIMER, settings.statusInterval());
    }

    /** @param message from an authenticated peer, verified as far as it can be without the engine's state */
    public void received(ValidatorId from, PeerMessage message) {
        switch (message) {
            case PeerMessage.Consensus consensus -> step(new Input.Received(from, consensus.message()));
            case PeerMessage.Status status -> onStatus(from, status.height());
            case PeerMessage.EntriesRequest request ->
                world.serve(
                        from,
                        request.fromHeight(),
                        Math.min(request.maxBlocks(), PeerMessage.MAX_ENTRIES),
                        CatchUp.MAX_REPLY_BYTES);
            case PeerMessage.Entries entries -> onEntries(from, entries);
            case PeerMessage.SnapshotsRequest request -> world.serveSnapshots(from);
            case PeerMessage.Snapshots offered -> {
                snapshots.offered(from, offered.snapshots(), decidedHeight);
                goOn();
            }
            case PeerMessage.ChunkRequest request -> world.serveChunk(from, request.manifest(), request.index());
            case PeerMessage.Chunk chunk -> {
                snapshots.chunkReceived(from, chunk.manifest(), chunk.chunk());
                goOn();
            }
            case PeerMessage.Commands c -> throw misdirected(c);
            case PeerMessage.Accusations a -> throw misdirected(a);
            case PeerMessage.StateVote v -> throw misdirected(v);
            case PeerMessage.StateVoteRequest v -> throw misdirected(v);
            case PeerMessage.ResultsRequest r -> throw misdirected(r);
            case PeerMessage.Results r -> throw misdirected(r);
        }
    }

    public void timerFired(TimerId timer) {
        if (timer.equals(STATUS_TIMER)) {
            onStatusTimer();
            return;
        }
        if (catchUp.isRest(timer)) {
            catchUp.rested(decidedHeight);
            tellIfNothingComes();
            return;
        }
        ValidatorId late = catchUp.peerOf(timer);
        ValidatorId lateWithSnapshot = snapshots.peerOf(timer);
        if (late != null) {
            catchUp.failed(late, decidedHeight);
            tellIfNothingComes();
        } else if (lateWithSnapshot != null) {
            snapshots.timedOut(lateWithSnapshot);
            goOn();
        } else {
            step(new Input.TimerFired(timer));
        }
    }

    /** What a peer answered to a request of this engine was refused before it got here: another one is asked. */
    public void answerRefused(ValidatorId from) {
        snapshots.answerRefused(from);
        pauseOrGoOn();
        catchUp.failed(from, decidedHeight);
        tellIfNothingComes();
    }

    /** A snapshot that {@link World#install} was given is not to be used: blocks have come meanwhile, or the application does not take it. */
    public void snapshotRefused(SnapshotManifest manifest) {
        snapshots.refused(manifest, decidedHeight);
        goOn();
    }

    public void payloadReady(long ticket, Payload payload) {
        step(new Input.PayloadReady(ticket, payload));
    }

    /**
     * A computation that the core asked for is done.
     *
     * @throws IllegalStateException if it is not under way
     */
    public void computed(long ticket, Computation.Result result) {
        if (!computing.remove(ticket)) {
            throw new IllegalStateException("no computation " + ticket + " is under way");
        }
        step(new Input.Computed(ticket, result));
    }

    public void payloadChecked(BlockId block, boolean accepted) {
        step(new Input.PayloadChecked(block, accepted));
    }

    /**
     * A payload was checked and is at fault, or the application does not want it: the core hears that it is not accepted, and whoever
     * proposed it, where that is known, is held to account.
     */
    public void payloadRefused(BlockId block, String why) {
        ValidatorId proposer = proposers.get(block);
        if (proposer != null) {
            world.observe(new Observation.Refused(new Refusal(proposer, Refusal.Reason.BAD_PAYLOAD, why)));
        }
        payloadChecked(block, false);
    }

    /** Whether the mempool holds commands or evidence that no decided block holds. */
    public void workPending(boolean pending) {
        if (pending != workPending) {
            workPending = pending;
            ticksWithoutDecision = 0;
            step(new Input.WorkPending(pending));
        }
    }

    /** Closes the batch that was gathered, if any, and asks for it to be made durable. */
    public void flush() {
        if (!gathering.isEmpty()) {
            List<Storage.Write> batch = gathering;
            gathering = new ArrayList<>();
            world.write(nextBatch++, batch);
        }
    }

    /** All batches up to this one are durable: what waited for them goes out, in order. */
    public void durable(long batch) {
        durableBatch = Math.max(durableBatch, batch);
        releaseFrom(heldBlocks);
        releaseFrom(heldWords);
    }

    private void releaseFrom(ArrayDeque<Held> held) {
        Held next = held.peek();
        while (next != null && next.batch() <= durableBatch) {
            held.remove();
            release(next.effect());
            next = held.peek();
        }
    }

    /** Whether anything waits for {@link #flush} or {@link #durable}. */
    public boolean isQuiet() {
        return gathering.isEmpty() && heldWords.isEmpty() && heldBlocks.isEmpty();
    }

    public long decidedHeight() {
        return decidedHeight;
    }

    /**
     * Whether this validator has what a quorum, itself included, says it has decided, as far as each has said since the start: at least f + 1 of
     * them are correct. Who says nothing, and who claims what nobody has, is left out of account while it is no more than f.
     */
    public boolean isInStep() {
        if (catchUp.isAsking() || snapshots.isSeeking() || snapshots.isFetching()) {
            return false;
        }
        long power = validators.power(self);
        for (ValidatorId peer : peers) {
            long height = told[peer.index()];
            if (height != UNTOLD && height <= decidedHeight) {
                power += validators.power(peer);
            }
        }
        return power >= validators.quorumPower();
    }

    public CoreReport report() {
        return core.report();
    }

    /** What peers were asked for, for the shell to refuse what nobody asked for before it is verified. */
    public Awaited awaited() {
        return awaited;
    }

    private void step(Input input) {
        for (Effect effect : core.handle(input)) {
            carryOut(effect);
        }
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Persist persist -> {
                gathering.add(new Storage.Write.Put(persist.key(), persist.record()));
                recordedBatch = nextBatch;
            }
            case Effect.Forget forget -> gathering.add(new Storage.Write.Remove(forget.key()));
            case Effect.Decide decide -> {
                DecidedBlock block = decide.block();
                decidedHeight = block.height();
                ticksWithoutDecision = 0;
                ticksAtHeight = 0;
                doubtedAt = FIRST_DOUBT;
                gathering.add(new Storage.Write.Append(block));
                catchUp.seen(block);
                world.ordered(block);
                heldBlocks.add(new Held(nextBatch, effect));
            }
            case Effect.Certify certify ->
                gathering.add(new Storage.Write.Certify(certify.height(), certify.certificate()));
            case Effect.StartTimer start -> world.startTimer(start.timer(), start.delay());
            case Effect.CancelTimer cancel -> world.cancelTimer(cancel.timer());
            case Effect.RequestPayload request ->
                world.requestPayload(request.ticket(), request.parent(), request.evenIfEmpty(), request.sample());
            case Effect.CheckPayload check ->
                world.checkPayload(check.block(), check.parent(), check.payload(), check.certified());
            case Effect.Compute compute -> {
                if (computing.size() == MAX_COMPUTATIONS || !computing.add(compute.ticket())) {
                    throw new IllegalStateException("the core asks for computation " + compute.ticket() + " while "
                            + computing.size() + " are under way");
                }
                world.compute(compute.ticket(), compute.work());
            }
            case Effect.CatchUp behind -> {
                coreIsBehind = true;
                catchUp.claimed(behind.height(), behind.source());
                askForWhatIsMissing();
            }
            case Effect.Observe observe -> {
                if (observe.observation() instanceof Observation.ProposalReceived proposal) {
                    proposers.put(proposal.block(), proposal.proposer());
                }
                world.observe(observe.observation());
            }
            case Effect.Send send -> hold(send);
            case Effect.Broadcast broadcast -> hold(broadcast);
            case Effect.Accuse accuse -> hold(accuse);
        }
    }

    /** Persist before send: what others can see waits for all that was recorded before it, and so follows what was said before it. */
    private void hold(Effect effect) {
        if (recordedBatch <= durableBatch) {
            release(effect);
        } else {
            heldWords.add(new Held(recordedBatch, effect));
        }
    }

    private void release(Effect effect) {
        switch (effect) {
            case Effect.Send send -> world.send(send.to(), new PeerMessage.Consensus(send.message()));
            case Effect.Broadcast broadcast -> world.broadcast(new PeerMessage.Consensus(broadcast.message()));
            case Effect.Decide decide -> world.decided(decide.block());
            case Effect.Accuse accuse -> {
                world.observe(new Observation.Accused(accuse.evidence()));
                world.accuse(accuse.evidence());
            }
            default -> throw new IllegalStateException("nothing holds a " + effect);
        }
    }

    private void onStatus(ValidatorId from, long height) {
        told[from.index()] = height;
        if (height < decidedHeight) {
            world.send(from, new PeerMessage.Status(decidedHeight));
        } else if (height > decidedHeight) {
            catchUp.claimed(height, from);
            if (catchUp.isStuck(decidedHeight)) {
                askForWhatIsMissing();
            }
        }
    }

    /** Tells one peer how far we are; whoever is further answers. Also the tick by which a stall is noticed. */
    private void onStatusTimer() {
        world.send(peers.get(nextStatusPeer), new PeerMessage.Status(decidedHeight));
        nextStatusPeer = (nextStatusPeer + 1) % peers.size();
        standing.tick();
        if (snapshots.isSeeking() && catchUp.isPruned(decidedHeight)) {
            catchUp.askAnew();
        } else if (!catchUp.isFarBehind(decidedHeight)) {
            snapshots.rest();
        }
        snapshots.tick(decidedHeight);
        seekIfFarBehind();
        pauseOrGoOn();
        catchUp.tick(decidedHeight);
        tellIfNothingComes();
        if (++ticksAtHeight == doubtedAt) {
            doubtedAt += Math.min(ticksAtHeight, MAX_DOUBT);
            step(new Input.LinksDoubtful());
        }
        ticksWithoutDecision++;
        if (workPending
                && settings.statusInterval().multipliedBy(ticksWithoutDecision).compareTo(settings.stallAfter()) >= 0) {
            ticksWithoutDecision = 0;
            world.observe(new Observation.Stalled(core.report().toString()));
        }
        world.startTimer(STATUS_TIMER, settings.statusInterval());
    }

    private void onEntries(ValidatorId from, PeerMessage.Entries entries) {
        if (snapshots.awaitsBlock(from) && !catchUp.isAnswer(from, entries)) {
            snapshots.blockReceived(from, entries, decidedHeight);
            goOn();
            return;
        }
        List<DecidedBlock> next = catchUp.received(from, entries, decidedHeight);
        if (!next.isEmpty()) {
            coreIsBehind = false;
            step(new Input.CaughtUp(next));
        }
        if (next.isEmpty() && catchUp.isPruned(decidedHeight)) {
            snapshots.seek(manifest -> true);
        }
        askForWhatIsMissing();
        tellIfNothingComes();
    }

    /** Asks for blocks, and which snapshots there are if one may come to less. */
    private void askForWhatIsMissing() {
        seekIfFarBehind();
        catchUp.proceed(decidedHeight);
    }

    /** A snapshot may come to less than the blocks which it stands for, though peers still have them. */
    private void seekIfFarBehind() {
        if (!snapshots.isSeeking() && !snapshots.isFetching() && catchUp.isFarBehind(decidedHeight)) {
            snapshots.seek(manifest -> catchUp.isShorter(manifest, decidedHeight));
        }
    }

    /** After anything that may have begun or ended the fetch of a snapshot. */
    private void goOn() {
        pauseOrGoOn();
        tellIfNothingComes();
    }

    /** Blocks are not asked for while a snapshot comes: what would come of it is older. */
    private void pauseOrGoOn() {
        if (snapshots.isComing()) {
            catchUp.pause();
        } else {
            catchUp.resume(decidedHeight);
        }
    }

    /** The core that asked for blocks is not left waiting for an answer when nobody has one. */
    private void tellIfNothingComes() {
        if (coreIsBehind && !catchUp.isAsking() && !snapshots.isComing()) {
            coreIsBehind = false;
            step(new Input.CaughtUp(List.of()));
        }
    }

    private static IllegalArgumentException misdirected(PeerMessage message) {
        return new IllegalArgumentException(
                "a " + message.getClass().getSimpleName() + " is not for the consensus engine");
    }
}
