package dev.parley.validator;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a snapshot, for when peers do not have the next block any more, or have so many blocks that it is shorter than they are. What it
 * is, a weak quorum says, each by its signature: one of them is correct. Its block, the certificate of that block proves. Each chunk is held
 * against the signed root before it gets here. So all peers that have the snapshot are asked at once, each for one chunk at a time, and a
 * false or a silent one costs a request.
 *
 * <p>A snapshot that nobody offers any more is given up, one that the application does not take is never fetched again. Deterministic,
 * without clock.
 */
final class SnapshotFetch {
    /** So many peers send at once. */
    static final int MAX_SENDERS = 8;
    /** So many snapshots that the application did not take are told apart, the latest ones. */
    private static final int MAX_UNUSABLE = 16;

    private static final int NOTHING = -2;
    private static final int BLOCK = -1;

    private final EngineSettings settings;
    private final World world;
    private final ValidatorSet validators;
    private final List<ValidatorId> peers;
    private final Standing standing;
    private final Awaited awaited;
    private final PeerTimers timers;
    /** By peer: what it says it has. */
    private final List<List<SnapshotManifest>> offers = new ArrayList<>();
    /** By peer: the chunk that it was asked for. */
    private final int[] asked;

    private final Set<SnapshotManifest> unusable = new TreeSet<>(SnapshotFetch::order);
    private boolean seeking;
    private Predicate<SnapshotManifest> worth = manifest -> true;
    private @Nullable Assembly assembly;

    /** A snapshot of which not all has come. */
    private static final class Assembly {
        private final SnapshotManifest manifest;
        /** Allocated when the first chunk is there, and not for a length alone. */
        private byte @Nullable [] content;

        private final BitSet here = new BitSet();
        /** Neither here nor asked for. */
        private final BitSet missing = new BitSet();

        private @Nullable DecidedBlock block;
        private boolean blockAsked;
        private boolean handedOver;

        private Assembly(SnapshotManifest manifest) {
            this.manifest = manifest;
            missing.set(0, manifest.chunks());
        }

        private boolean isComplete() {
            return here.cardinality() == manifest.chunks();
        }

        private void add(SnapshotChunk chunk) {
            here.set(chunk.index());
            missing.clear(chunk.index());
            byte[] whole = content;
            if (whole == null) {
                whole = new byte[manifest.length()];
                content = whole;
            }
            System.arraycopy(chunk.bytes(), 0, whole, chunk.index() * manifest.chunkBytes(), chunk.bytes().length);
        }
    }

    SnapshotFetch(
            EngineSettings settings,
            World world,
            ValidatorSet validators,
            List<ValidatorId> peers,
            Standing standing,
            Awaited awaited) {
        this.settings = settings;
        this.world = world;
        this.validators = validators;
        this.peers = peers;
        this.standing = standing;
        this.awaited = awaited;
        this.asked = new int[validators.size()];
        this.timers = new PeerTimers("snapshot", validators.size());
        for (int i = 0; i < validators.size(); i++) {
            offers.add(List.of());
            asked[i] = NOTHING;
        }
    }

    /** Whether somebody is asked for a part of a snapshot, or all of it is here. If all who have it are set aside, blocks come meanwhile. */
    boolean isComing() {
        Assembly present = assembly;
        return present != null && (present.handedOver || !nobodyIsAsked());
    }

    /** Whether there is a snapshot of which some is missing, or that is being tried. */
    boolean isFetching() {
        return assembly != null;
    }

    /** Whether snapshots are looked for, and none is found yet. */
    boolean isSeeking() {
        return seeking;
    }

    /**
     * Blocks alone will not do, or take long: asks all peers which snapshots they have.
     *
     * @param worth whether one of them is worth its bytes
     */
    void seek(Predicate<SnapshotManifest> worth) {
        this.worth = worth;
        if (!seeking && assembly == null) {
            seeking = true;
            askForOffers();
        }
    }

    /** Blocks do all the same. */
    void rest() {
        seeking = false;
    }

    /** A regular moment to try again. */
    void tick(long decidedHeight) {
        Assembly present = assembly;
        if (present != null && present.manifest.height() <= decidedHeight) {
            abandon();
        } else if (present != null && !present.handedOver) {
            if (nobodyIsAsked()) {
                askForOffers();
            }
            assign();
        } else if (present == null && seeking) {
            askForOffers();
        }
    }

    private void askForOffers() {
        for (ValidatorId peer : peers) {
            awaited.asked(peer, Awaited.Kind.SNAPSHOTS);
        }
        world.broadcast(new PeerMessage.SnapshotsRequest());
    }

    /**
     * What a peer has, also in place of a chunk of what it has no more. Who still has the snapshot still owes its chunk: this may be a late
     * answer to an earlier question.
     *
     * @param signed by the peer, verified
     */
    void offered(ValidatorId from, List<SignedSnapshot> signed, long decidedHeight) {
        awaited.answered(from, Awaited.Kind.SNAPSHOTS);
        has(from, signed.stream().map(SignedSnapshot::manifest).distinct().toList(), decidedHeight);
    }

    private void has(ValidatorId from, List<SnapshotManifest> manifests, long decidedHeight) {
        offers.set(from.index(), manifests);
        Assembly present = assembly;
        if (present == null) {
            choose(decidedHeight);
            return;
        }
        if (asked[from.index()] != NOTHING && !offers(from, present.manifest)) {
            release(from);
        }
        if (!present.handedOver && !isCertified(present.manifest)) {
            abandon();
            seeking = true;
            choose(decidedHeight);
        } else {
            assign();
        }
    }

    /** Begins with the highest snapshot for which a weak quorum vouches, if there is one. */
    private void choose(long decidedHeight) {
        if (!seeking) {
            return;
        }
        SnapshotManifest best = null;
        for (ValidatorId peer : peers) {
            for (SnapshotManifest manifest : offers.get(peer.index())) {
                if (manifest.height() > decidedHeight
                        && manifest.length() <= settings.maxSnapshotBytes()
                        && (best == null || manifest.height() > best.height())
                        && !unusable.contains(manifest)
                        && worth.test(manifest)
                        && isCertified(manifest)) {
                    best = manifest;
                }
            }
        }
        if (best != null) {
            seeking = false;
            assembly = new Assembly(best);
            world.observe(new Observation.FetchingSnapshot(best.height(), best.length()));
            assign();
        }
    }

    /** Whether those who say that they have it have more power than can be faulty. */
    private boolean isCertified(SnapshotManifest manifest) {
        long power = 0;
        for (ValidatorId peer : peers) {
            if (offers(peer, manifest)) {
                power += validators.power(peer);
            }
        }
        return power >= validators.weakQuorumPower();
    }

    private boolean offers(ValidatorId peer, SnapshotManifest manifest) {
        return offers.get(peer.index()).contains(manifest);
    }

    /** Asks everybody who has the snapshot and is not asked yet: for its block first, then for the chunks in order. */
    private void assign() {
        Assembly present = assembly;
        if (present == null || present.handedOver) {
            return;
        }
        int senders = 0;
        for (ValidatorId peer : peers) {
            senders += asked[peer.index()] == NOTHING ? 0 : 1;
        }
        for (ValidatorId peer : peers) {
            if (senders < MAX_SENDERS
                    && asked[peer.index()] == NOTHING
                    && !standing.isAside(peer)
                    && offers(peer, present.manifest)
                    && ask(present, peer)) {
                senders++;
            }
        }
    }

    private boolean ask(Assembly present, ValidatorId peer) {
        if (present.block == null && !present.blockAsked) {
            present.blockAsked = true;
            asked[peer.index()] = BLOCK;
            awaited.asked(peer, Awaited.Kind.SNAPSHOT_BLOCK);
            world.send(peer, new PeerMessage.EntriesRequest(present.manifest.height(), 1));
        } else {
            int chunk = present.missing.nextSetBit(0);
            if (chunk < 0) {
                return false;
            }
            present.missing.clear(chunk);
            asked[peer.index()] = chunk;
            awaited.asked(peer, Awaited.Kind.CHUNK);
            world.send(peer, new PeerMessage.ChunkRequest(present.manifest, chunk));
        }
        world.startTimer(timers.of(peer), settings.fetchTimeout());
        return true;
    }

    boolean awaitsBlock(ValidatorId peer) {
        return asked[peer.index()] == BLOCK;
    }

    /** @param entries of a peer of which the block was awaited, with certificates that prove them */
    void blockReceived(ValidatorId from, PeerMessage.Entries entries, long decidedHeight) {
        List<DecidedBlock> blocks = entries.blocks();
        Assembly present = assembly;
        if (present == null) {
            return;
        }
        if (blocks.isEmpty() && entries.firstHeight() > present.manifest.height()) {
            // It has pruned the block, and so the snapshot. While it was asked again and again, nobody was for what
            // there is now.
            has(
                    from,
                    offers.get(from.index()).stream()
                            .filter(manifest -> !manifest.equals(present.manifest))
                            .toList(),
                    decidedHeight);
            return;
        }
        if (blocks.isEmpty() || blocks.getFirst().height() != present.manifest.height()) {
            // Perhaps the late answer to a request for blocks; else its time will be over.
            return;
        }
        if (!blocks.getFirst().id().equals(present.manifest.block())) {
            wrong(from, "not the block of the snapshot of height " + present.manifest.height());
            return;
        }
        finished(from);
        present.block = blocks.getFirst();
        goOn(present);
    }

    /** @param chunk that belongs to the manifest it came with */
    void chunkReceived(ValidatorId from, SnapshotManifest manifest, SnapshotChunk chunk) {
        Assembly present = assembly;
        if (present == null || present.handedOver) {
            return;
        }
        if (!manifest.equals(present.manifest)) {
            // Late, if it is of a snapshot that the peer had said it has.
            if (!offers(from, manifest)) {
                wrong(from, "a chunk of a snapshot that nobody asked for");
            }
            return;
        }
        // A late one is as good as any: it is proven.
        present.add(chunk);
        if (chunk.index() == asked[from.index()]) {
            finished(from);
        }
        goOn(present);
    }

    private void goOn(Assembly present) {
        assign();
        byte[] content = present.content;
        DecidedBlock block = present.block;
        if (present.isComplete() && content != null && block != null) {
            peers.forEach(this::finished);
            present.handedOver = true;
            world.install(present.manifest, content, block);
        }
    }

    /** The application does not take the snapshot that was handed over. */
    void refused(SnapshotManifest manifest, long decidedHeight) {
        if (unusable.size() == MAX_UNUSABLE) {
            unusable.remove(unusable.iterator().next());
        }
        unusable.add(manifest);
        abandon();
        seeking = true;
        choose(decidedHeight);
    }

    private void wrong(ValidatorId from, String what) {
        world.observe(new Observation.Refused(new Refusal(from, Reason.BAD_SNAPSHOT, what)));
        answerRefused(from);
    }

    /** What a peer answered was false: another one is asked. */
    void answerRefused(ValidatorId from) {
        if (asked[from.index()] != NOTHING) {
            standing.setAside(from);
            release(from);
            assign();
        }
    }

    /** The peer whose time is over, null if the timer is not of this. */
    @Nullable ValidatorId peerOf(TimerId timer) {
        return timers.peer(timer);
    }

    void timedOut(ValidatorId peer) {
        int what = asked[peer.index()];
        if (what != NOTHING) {
            world.observe(new Observation.Refused(new Refusal(
                    peer,
                    Reason.UNANSWERED,
                    what == BLOCK ? "the block of a snapshot" : "chunk " + what + " of a snapshot")));
            answerRefused(peer);
        }
    }

    private boolean nobodyIsAsked() {
        for (ValidatorId peer : peers) {
            if (asked[peer.index()] != NOTHING) {
                return false;
            }
        }
        return true;
    }

    /** What the peer was asked for is to be asked of another. */
    private void release(ValidatorId peer) {
        Assembly present = assembly;
        int what = asked[peer.index()];
        if (present != null && what == BLOCK) {
            present.blockAsked = false;
        } else if (present != null && what >= 0 && !present.here.get(what)) {
            present.missing.set(what);
        }
        finished(peer);
    }

    private void finished(ValidatorId peer) {
        if (asked[peer.index()] != NOTHING) {
            awaited.answered(peer, asked[peer.index()] == BLOCK ? Awaited.Kind.SNAPSHOT_BLOCK : Awaited.Kind.CHUNK);
            asked[peer.index()] = NOTHING;
            world.cancelTimer(timers.of(peer));
        }
    }

    private void abandon() {
        peers.forEach(this::finished);
        assembly = null;
    }

    private static int order(SnapshotManifest one, SnapshotManifest other) {
        int byHeight = Long.compare(one.height(), other.height());
        return byHeight != 0 ? byHeight : one.root().compareTo(other.root());
    }
}
