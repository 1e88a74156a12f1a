package dev.parley.honeybadger;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Computation;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.Outbox;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.Restored;
import dev.parley.consensus.Sample;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import dev.parley.crypto.SignedStatement;
import dev.parley.crypto.threshold.ThresholdKeys;
import dev.parley.crypto.threshold.ThresholdSecret;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.honeybadger.Epoch.Proposal;
import dev.parley.honeybadger.HoneyBadgerCertificate.Share;
import dev.parley.honeybadger.HoneyBadgerMessage.Agreeing;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.HoneyBadgerMessage.Vote;
import dev.parley.honeybadger.HoneyBadgerRecord.Said;
import dev.parley.honeybadger.broadcast.BroadcastMessage;
import dev.parley.honeybadger.broadcast.ReliableBroadcast;
import dev.parley.honeybadger.broadcast.ReliableBroadcast.Outcome;
import dev.parley.honeybadger.broadcast.Shard;
import dev.parley.honeybadger.coin.Coin;
import dev.parley.honeybadger.coin.ThresholdCoin;
import dev.parley.honeybadger.subset.CommonSubset;
import dev.parley.honeybadger.subset.SubsetMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One validator's part in HoneyBadgerBFT (Miller et al., CCS 2016, Figure 1, "HoneyBadgerBFT protocol for node P_i"). Each epoch
 * decides one block: everybody broadcasts an encrypted sample of its pool; a common subset of n − f or more of these is agreed; only then
 * are they decrypted, and their union, in an order that no proposer controls, is the block. No clock and no time-out: everything
 * waits for messages alone. Links that lose some are the shell's affair: it says when they are in doubt, and then everybody says again what it
 * said. Who is left behind in a decided epoch is brought up by its certificate.
 */
final class HoneyBadgerCore implements ConsensusCore {
    /** So many epochs above the present one take part in; who is further behind is brought up by certificates. */
    static final int WINDOW = 2;
    /** However idle it is, a validator proposes so many commands if they are there. */
    private static final int LEAST_SHARE = 16;
    /** Of so many decided epochs it can still say again what it said. */
    static final int KEPT = 2;

    /**
     * What is worked on outside of the core.
     *
     * @param proposer about whose proposal
     * @param then takes what comes of it where a sub-protocol asked; null where the core did
     */
    private record Work(long epoch, int proposer, @Nullable Consumer<Object> then) {
        Work(long epoch, int proposer) {
            this(epoch, proposer, null);
        }
    }

    /** What comes of such work. */
    private sealed interface Done extends Computation.Result {}

    /**
     * This validator's proposal.
     *
     * @param bytes of its ciphertext
     * @param shards of nothing if those are too many
     */
    private record Encrypted(int bytes, List<Shard> shards) implements Done {}

    /** This validator's share for decrypting, null if there is nothing that anybody should decrypt. */
    private static final class Admitted implements Done {
        private final byte @Nullable [] share;

        private Admitted(byte @Nullable [] share) {
            this.share = share;
        }
    }

    /**
     * What a proposal holds.
     *
     * @param payload null if it is none
     * @param flaw what is wrong with the plaintext, null if nothing is or there is none
     * @param culprits without plaintext: those whose shares were wrong, nobody if the proposer put garbage in
     */
    private record Decrypted(
            @Nullable Payload payload, @Nullable String flaw, List<Integer> culprits) implements Done {}

    /** The epoch's block. */
    private record United(Payload payload, Header header) implements Done {}

    /** What a broadcast or the coin of an agreement needed. */
    private record Offloaded(Object result) implements Done {}

    private final ValidatorId self;
    private final ConsensusSetup setup;
    private final ValidatorSet validators;
    private final int size;
    private final HoneyBadgerSettings settings;
    private final HoneyBadgerRules rules;
    private final HoneyBadgerStatements statements;
    private final ThresholdSetup threshold;
    private final ThresholdKeys keys;
    private final ThresholdSecret secret;
    private final Outbox outbox = new Outbox();

    /** From {@code decided + 1 − KEPT} on. */
    private final TreeMap<Long, Epoch> epochs = new TreeMap<>();

    private final Map<Long, Work> working = new HashMap<>();
    private final BitSet accused = new BitSet();
    /**
     * By validator: from which epoch on it was said all again since the last decision or the last doubt. For each epoch that is kept once:
     * whoever names all epochs that ever were hears it {@link #KEPT} + 1 times.
     */
    private final long[] answeredUpTo;

    /** Where messages wait until more is recorded; null if they need not. */
    private @Nullable List<Effect> withheld;

    private long lastTicket;
    private long decided;
    private BlockId tip = BlockId.GENESIS;
    private @Nullable Payload lastPayload;
    private boolean workPending;
    /** Whether no command waited at some time since the last block. */
    private boolean ranOut = true;

    /** B of the next proposal. */
    private int batch;

    private boolean resting;
    /** Up to which epoch certificates were asked for and have not come. */
    private long askedUpTo;

    private long payloadTicket;
    /** For which epoch a payload is asked for; a later request withdraws an earlier one. */
    private long payloadEpoch;

    private boolean payloadEvenIfEmpty;

    HoneyBadgerCore(ConsensusSetup setup, HoneyBadgerSettings settings, HoneyBadgerRules rules) {
        this.self = setup.self();
        this.setup = setup;
        this.validators = setup.validators();
        this.size = validators.size();
        this.settings = settings;
        this.answeredUpTo = new long[size];
        this.rules = rules;
        this.statements = new HoneyBadgerStatements(setup.domain());
        HoneyBadgerProtocol.requireEqual(validators);
        ThresholdSetup dealt = setup.threshold();
        if (dealt == null) {
            throw new IllegalArgumentException("HoneyBadgerBFT needs threshold keys, and none were dealt to " + self);
        }
        this.threshold = dealt;
        this.batch = leastBatch();
        this.keys = dealt.keys();
        this.secret = dealt.secret();
    }

    @Override
    public List<Effect> handle(Input input) {
        switch (input) {
            case Input.Start(Restored restored) -> onStart(restored);
            case Input.Received(ValidatorId from, HoneyBadgerMessage message) -> onMessage(from, message);
            case Input.Received(ValidatorId from, var other) ->
                outbox.refuse(from, Reason.MALFORMED, "not a message of HoneyBadgerBFT");
            case Input.PayloadReady(long ticket, Payload payload) -> onPayload(ticket, payload);
            case Input.WorkPending(boolean pending) -> {
                workPending = pending;
                ranOut |= !pending;
            }
            case Input.CaughtUp(List<DecidedBlock> blocks) -> onCaughtUp(blocks);
            case Input.Computed(long ticket, Computation.Result result) -> onComputed(ticket, result);
            case Input.LinksDoubtful doubtful -> onLinksDoubtful();
            case Input.TimerFired timer -> {}
            case Input.PayloadChecked checked -> {}
        }
        advance();
        return outbox.drain();
    }

    /** Lets every epoch go on until none can: a decision opens the next epoch. */
    private void advance() {
        long before;
        do {
            before = decided;
            for (long number = decided + 1; number <= decided + 1 + WINDOW; number++) {
                Epoch epoch = epochs.get(number);
                if (epoch != null) {
                    onBroadcastsDelivered(epoch);
                    onSubset(epoch);
                    onDecrypted(epoch);
                    onVotes(epoch);
                }
            }
            begin();
        } while (decided > before);
        boolean idle = !workPending && !epoch(decided + 1).begun;
        if (idle && !resting) {
            outbox.observe(new Observation.Resting(decided + 1));
        }
        resting = idle;
    }

    // Figure 1, step by step

    /**
     * Step 1, "random selection and encryption". An epoch is begun for commands that wait, or because another validator has begun it: nobody
     * waits for who has nothing to say. While commands never ran out since the last block, the next epoch is begun as soon as the subset of this
     * one is agreed, so that its broadcasts run while this one is decrypted; else that would only make a block of the same commands.
     */
    private void begin() {
        Epoch present = epoch(decided + 1);
        propose(present);
        if (present.members != null && !ranOut) {
            propose(epoch(decided + 2));
        }
    }

    private void propose(Epoch epoch) {
        boolean over = epoch.proposed || epoch.members != null;
        if (over || (payloadEpoch == epoch.number && payloadEvenIfEmpty == epoch.begun)) {
            return;
        }
        payloadEpoch = epoch.number;
        payloadEvenIfEmpty = epoch.begun;
        payloadTicket = ++lastTicket;
        int take = (batch + size - 1) / size;
        outbox.add(new Effect.RequestPayload(
                payloadTicket, tip, epoch.begun, new Sample(batch, take, seedOf(epoch.number))));
    }

    /**
     * B follows the load: twice as much if there is work left after a block, else half. It is each validator's own affair: it bounds what it
     * proposes and nothing else.
     */
    private void adaptBatch() {
        batch = !ranOut ? Math.min(settings.batch(), batch * 2) : Math.max(leastBatch(), batch / 2);
    }

    private int leastBatch() {
        return Math.min(settings.batch(), LEAST_SHARE * size);
    }

    /** Nobody else knows which commands it will be: who did could crowd them out. */
    private long seedOf(long epoch) {
        byte[] purpose = statements.label(epoch, self);
        return Digest.of(secret.seed(purpose)).a();
    }

    private void onPayload(long ticket, Payload payload) {
        Epoch epoch = epochs.get(payloadEpoch);
        if (ticket != payloadTicket || epoch == null || epoch.proposed) {
            return;
        }
        payloadEpoch = 0;
        adaptBatch();
        epoch.proposed = true;
        epoch.begun = true;
        BinaryWriter out = new BinaryWriter(payload.sizeBytes());
        payload.write(out);
        byte[] plaintext = out.toByteArray();
        byte[] label = label(epoch, self);
        outbox.observe(
                new Observation.Proposed(epoch.number, epoch.number, new BlockId(payload.digest()), payload.isEmpty()));
        BinaryWriter purpose = new BinaryWriter(label.length + Digest.BYTES).raw(label);
        payload.digest().write(purpose);
        compute(new Work(epoch.number, self.index()), () -> {
            byte[] ciphertext = keys.encrypt(label, plaintext, secret.seed(purpose.toByteArray()));
            boolean fits = ciphertext.length <= settings.maxProposalBytes();
            return new Encrypted(ciphertext.length, Shard.cut(fits ? ciphertext : new byte[0], size));
        });
    }

    /**
     * What is too large to be broadcast is proposed as nothing, which everybody can tell: the others' proposals are there. Nothing of it leaves
     * before all of it is recorded, the ECHO last: half a proposal would keep its validator from another one.
     */
    private void onEncrypted(Epoch epoch, Encrypted encrypted) {
        if (encrypted.bytes > settings.maxProposalBytes()) {
            outbox.refuse(
                    self,
                    Reason.OVER_CAPACITY,
                    "its own proposal of " + encrypted.bytes
                            + " bytes; raise parley.consensus.honeybadger.max-proposal-bytes");
        }
        List<Effect> sends = new ArrayList<>();
        withheld = sends;
        epoch.broadcasts.get(self.index()).propose(encrypted.shards, outlet(epoch, self));
        withheld = null;
        sends.forEach(outbox::add);
    }

    /** Step 2, "agreement on ciphertexts": a broadcast that is delivered is for the subset. */
    private void onBroadcastsDelivered(Epoch epoch) {
        for (int i = 0; i < size; i++) {
            if (!epoch.told[i] && epoch.broadcasts.get(i).outcome() == Outcome.DELIVERED) {
                epoch.told[i] = true;
                ReliableBroadcast broadcast = epoch.broadcasts.get(i);
                outbox.observe(new Observation.CertificateFormed(
                        "broadcast", epoch.number, new BlockId(broadcast.root()), Set.of(new ValidatorId(i))));
                if (!rules.decryptsAfterAgreement()) {
                    admit(epoch, new ValidatorId(i));
                }
                epoch.subset.delivered(new ValidatorId(i), subsetOutlet(epoch));
            }
        }
    }

    /** All agreements have decided, and all that is in the subset is here. */
    private void onSubset(Epoch epoch) {
        if (epoch.members != null || !epoch.subset.isComplete()) {
            return;
        }
        List<ValidatorId> members = Objects.requireNonNull(epoch.subset.decided());
        epoch.members = members;
        outbox.observe(new Observation.CertificateFormed("subset", epoch.number, null, new LinkedHashSet<>(members)));
        for (ValidatorId member : members) {
            if (epoch.proposals.get(member.index()).ciphertext == null) {
                admit(epoch, member);
            }
        }
    }

    private void admit(Epoch epoch, ValidatorId member) {
        byte[] ciphertext = epoch.broadcasts.get(member.index()).value();
        epoch.proposals.get(member.index()).ciphertext = ciphertext;
        byte[] label = label(epoch, member);
        compute(
                new Work(epoch.number, member.index()),
                () -> new Admitted(keys.isCiphertext(label, ciphertext) ? secret.decryptionShare(ciphertext) : null));
    }

    private byte[] label(Epoch epoch, ValidatorId proposer) {
        return rules.bindsCiphertexts()
                ? statements.label(epoch.number, proposer)
                : statements.label(0, new ValidatorId(0));
    }

    /** Step 3, "decryption": only now is a share given, and for ciphertexts that are bound to this place alone. */
    private void onAdmitted(Epoch epoch, int proposer, byte @Nullable [] share) {
        Proposal proposal = epoch.proposals.get(proposer);
        if (share == null) {
            proposal.known = true;
            outbox.refuse(new ValidatorId(proposer), Reason.BAD_PAYLOAD, "no ciphertext of epoch " + epoch.number);
            return;
        }
        proposal.admitted = true;
        proposal.add(self, share);
        say(epoch, null, new Decrypting(epoch.number, new ValidatorId(proposer), share));
        decrypt(epoch, proposer);
    }

    private void onShare(Epoch epoch, ValidatorId from, Decrypting message) {
        Proposal proposal = epoch.proposals.get(message.proposer().index());
        proposal.add(from, message.share());
        decrypt(epoch, message.proposer().index());
    }

    /** Combines f + 1 shares unverified; only if that fails each is looked at, and the wrong ones are left out the next time. */
    private void decrypt(Epoch epoch, int proposer) {
        Proposal proposal = epoch.proposals.get(proposer);
        byte[] ciphertext = proposal.ciphertext;
        if (!proposal.admitted
                || proposal.decrypting
                || proposal.known
                || ciphertext == null
                || proposal.shares.size() < rules.sharesToDecrypt(keys)) {
            return;
        }
        proposal.decrypting = true;
        byte[] label = label(epoch, new ValidatorId(proposer));
        Map<Integer, byte[]> shares = new TreeMap<>(proposal.shares);
        compute(new Work(epoch.number, proposer), () -> {
            byte[] plaintext = keys.decrypt(label, ciphertext, shares);
            if (plaintext != null) {
                return read(plaintext);
            }
            List<Integer> culprits = new ArrayList<>();
            shares.forEach((party, share) -> {
                if (!keys.isDecryptionShare(party, ciphertext, share)) {
                    culprits.add(party);
                }
            });
            return new Decrypted(null, null, culprits);
        });
    }

    private void onDecryption(Epoch epoch, int proposer, Decrypted attempt) {
        Proposal proposal = epoch.proposals.get(proposer);
        proposal.decrypting = false;
        if (!attempt.culprits.isEmpty()) {
            for (int culprit : attempt.culprits) {
                proposal.shares.remove(culprit);
                outbox.refuse(
                        new ValidatorId(culprit),
                        Reason.BAD_SHARE,
                        "its share of the proposal of v" + proposer + " in epoch " + epoch.number);
            }
            decrypt(epoch, proposer);
            return;
        }
        proposal.known = true;
        proposal.payload = attempt.payload;
        if (attempt.flaw != null) {
            outbox.refuse(
                    new ValidatorId(proposer),
                    Reason.BAD_PAYLOAD,
                    "its proposal of epoch " + epoch.number + ": " + attempt.flaw);
        }
    }

    /** What is no payload counts for nothing, at every correct validator alike: they all have the same bytes. */
    private Decrypted read(byte[] plaintext) {
        try {
            BinaryReader in = new BinaryReader(plaintext);
            Payload payload = setup.payloads().read(in);
            in.end();
            payload.digest(); // remembered, with those of all that it holds
            return new Decrypted(payload, null, List.of());
        } catch (MalformedException e) {
            return new Decrypted(null, e.getMessage(), List.of());
        }
    }

    /** The block is the union of what was decrypted. It follows the last one, so it waits for that. */
    private void onDecrypted(Epoch epoch) {
        List<ValidatorId> members = epoch.members;
        if (epoch.number != decided + 1 || epoch.uniting || members == null || !epoch.isDecrypted()) {
            return;
        }
        epoch.uniting = true;
        List<Payload> payloads = new ArrayList<>();
        for (ValidatorId member : members) {
            Payload payload = epoch.proposals.get(member.index()).payload;
            if (payload != null) {
                payloads.add(payload);
            }
        }
        BlockId parent = tip;
        Payload previous = lastPayload;
        ValidatorId first = members.getFirst();
        compute(new Work(epoch.number, self.index()), () -> {
            Payload union = setup.payloads()
                    .union(payloads, previous, evidence -> HoneyBadgerProtocol.convictsBy(setup, evidence));
            return new United(union, new Header(epoch.number, parent, first, union.digest()));
        });
    }

    private void onUnited(Epoch epoch, United united) {
        Header header = united.header();
        epoch.payload = united.payload();
        epoch.header = header;
        outbox.observe(new Observation.Voted("vote", epoch.number, header.id()));
        Vote vote =
                new Vote(epoch.number, header.id(), setup.signer().sign(statements.vote(epoch.number, header.id())));
        epoch.add(self, vote);
        say(epoch, null, vote);
    }

    private void onVote(Epoch epoch, ValidatorId from, Vote vote) {
        Vote earlier = epoch.add(from, vote);
        if (earlier != null) {
            outbox.refuse(from, Reason.CONFLICT, "a second vote in epoch " + epoch.number);
            if (!accused.get(from.index())) {
                accused.set(from.index());
                outbox.add(new Effect.Accuse(new Evidence(
                        from,
                        "two votes in epoch " + epoch.number,
                        new SignedStatement(statements.vote(epoch.number, earlier.block()), earlier.signature()),
                        new SignedStatement(statements.vote(epoch.number, vote.block()), vote.signature()))));
            }
        }
    }

    /** f + 1 votes for what one has computed oneself prove it to others: one of them is correct. */
    private void onVotes(Epoch epoch) {
        Header header = epoch.header;
        Payload payload = epoch.payload;
        if (epoch.number != decided + 1 || header == null || payload == null) {
            return;
        }
        List<Share> shares = epoch.votesFor(header.id());
        if (shares.size() < rules.votesToDecide(validators)) {
            return;
        }
        HoneyBadgerCertificate certificate = new HoneyBadgerCertificate(header, shares);
        outbox.observe(new Observation.CertificateFormed("commit", epoch.number, header.id(), certificate.signers()));
        decide(new DecidedBlock(
                epoch.number, header.id(), header.parent(), header.proposer(), epoch.number, payload, certificate));
    }

    private void decide(DecidedBlock block) {
        outbox.add(new Effect.Decide(block));
        outbox.observe(new Observation.Decided(
                block.view(), block.height(), block.id(), block.payload().isEmpty()));
        decided = block.height();
        tip = block.id();
        lastPayload = block.payload();
        // Nobody answers any more what was asked for on the block before.
        payloadEpoch = 0;
        ranOut = !workPending;
        Arrays.fill(answeredUpTo, 0);
        while (!epochs.isEmpty() && epochs.firstKey() <= decided - KEPT) {
            forget(epochs.pollFirstEntry().getValue());
        }
        outbox.observe(new Observation.ViewEntered(decided + 1, null, "commit"));
    }

    private void forget(Epoch epoch) {
        for (Said said : epoch.said) {
            outbox.add(new Effect.Forget(said.key()));
        }
    }

    // Messages

    private void onMessage(ValidatorId from, HoneyBadgerMessage message) {
        if (message instanceof Joining joining) {
            onJoining(from, joining);
            return;
        }
        if (message.epoch() <= decided) {
            return;
        }
        if (message.epoch() > decided + 1 + WINDOW) {
            behind(from, message.epoch() - 1);
            return;
        }
        Epoch epoch = epoch(message.epoch());
        epoch.begun = true;
        switch (message) {
            case Broadcasting(long number, ValidatorId proposer, var step) -> receive(epoch, from, proposer, step);
            case Agreeing(long number, var step) -> epoch.subset.receive(from, step, subsetOutlet(epoch));
            case Decrypting share -> onShare(epoch, from, share);
            case Vote vote -> onVote(epoch, from, vote);
            case Joining joining -> {}
        }
    }

    /** The verifier has looked at all but VAL, whose shard must be this validator's. */
    private void receive(Epoch epoch, ValidatorId from, ValidatorId proposer, BroadcastMessage step) {
        ReliableBroadcast broadcast = epoch.broadcasts.get(proposer.index());
        if (step instanceof BroadcastMessage.Val) {
            broadcast.receive(from, step, outlet(epoch, proposer));
        } else {
            broadcast.receiveVerified(from, step, outlet(epoch, proposer));
        }
    }

    /** A peer is so far ahead that only certificates help. It may lie: whoever carries out the effect believes nobody. */
    private void behind(ValidatorId from, long epoch) {
        if (epoch > askedUpTo) {
            askedUpTo = epoch;
            outbox.add(new Effect.CatchUp(epoch, from));
        }
    }

    /**
     * A peer is or comes where it may lack what was said. If it has begun the present epoch, and that is all that got through, then this validator
     * begins it too: it may be needed.
     */
    private void onJoining(ValidatorId from, Joining joining) {
        if (joining.begun() && joining.epoch() == decided + 1) {
            epoch(decided + 1).begun = true;
        }
        long first = Math.max(joining.epoch(), decided + 1 - KEPT);
        if (rules.answersJoining() && first > answeredUpTo[from.index()] && first <= decided + 1) {
            answeredUpTo[from.index()] = first;
            sayAgain(from, first);
        }
    }

    /** What was lost to us, or by us, in the present epoch is said again. */
    private void onLinksDoubtful() {
        Arrays.fill(answeredUpTo, 0);
        if (epoch(decided + 1).begun) {
            join();
        }
    }

    private void join() {
        outbox.add(new Effect.Broadcast(new Joining(decided + 1, epoch(decided + 1).begun)));
    }

    private void sayAgain(ValidatorId to, long from) {
        for (Epoch epoch : epochs.tailMap(from, true).values()) {
            for (Said said : epoch.said) {
                if (said.to() == null || to.equals(said.to())) {
                    outbox.add(new Effect.Send(to, said.message()));
                }
            }
        }
    }

    /** Recorded, then sent: after a restart it says the same. */
    private void say(Epoch epoch, @Nullable ValidatorId to, HoneyBadgerMessage message) {
        int number = epoch.said.isEmpty() ? 0 : epoch.said.getLast().number() + 1;
        Said said = new Said(number, to, message);
        epoch.said.add(said);
        if (rules.recordsBefore()) {
            outbox.add(new Effect.Persist(said.key(), said));
        }
        Effect send = to == null ? new Effect.Broadcast(message) : new Effect.Send(to, message);
        List<Effect> waiting = withheld;
        if (waiting == null) {
            outbox.add(send);
        } else {
            waiting.add(send);
        }
    }

    private <M> Outlet<M> outlet(Epoch epoch, Function<M, HoneyBadgerMessage> wrap) {
        return new Outlet<>() {
            @Override
            public void broadcast(M message) {
                say(epoch, null, wrap.apply(message));
            }

            @Override
            public void send(ValidatorId to, M message) {
                say(epoch, to, wrap.apply(message));
            }

            @Override
            public void refuse(ValidatorId culprit, Reason reason, String what) {
                outbox.refuse(culprit, reason, what + " in epoch " + epoch.number);
            }
        };
    }

    // Work outside of the core

    private Offload offload(long epoch, ValidatorId instance) {
        return new Offload() {
            @Override
            public <T> void compute(Supplier<T> work, Consumer<T> then) {
                @SuppressWarnings("unchecked") // what a ticket's work made comes back with that ticket
                Consumer<Object> taker = result -> then.accept((T) result);
                HoneyBadgerCore.this.compute(new Work(epoch, instance.index(), taker), () -> new Offloaded(work.get()));
            }
        };
    }

    private void compute(Work work, Computation computation) {
        long ticket = ++lastTicket;
        working.put(ticket, work);
        outbox.add(new Effect.Compute(ticket, computation));
    }

    private void onComputed(long ticket, Computation.Result result) {
        Work work = working.remove(ticket);
        Epoch epoch = work == null ? null : epochs.get(work.epoch());
        if (work == null || epoch == null || epoch.number <= decided) {
            return;
        }
        switch ((Done) result) {
            case Encrypted encrypted -> onEncrypted(epoch, encrypted);
            case Admitted admitted -> onAdmitted(epoch, work.proposer(), admitted.share);
            case Decrypted attempt -> onDecryption(epoch, work.proposer(), attempt);
            case United united -> onUnited(epoch, united);
            case Offloaded offloaded -> {
                Objects.requireNonNull(work.then()).accept(offloaded.result());
                ValidatorId proposer = new ValidatorId(work.proposer());
                epoch.broadcasts.get(work.proposer()).again(outlet(epoch, proposer));
                epoch.subset.again(proposer, subsetOutlet(epoch));
            }
        }
    }

    // Epochs

    private Epoch epoch(long number) {
        Epoch known = epochs.get(number);
        if (known != null) {
            return known;
        }
        CommonSubset subset = new CommonSubset(
                self,
                size,
                proposer -> Coin.patterned(new ThresholdCoin(
                        threshold,
                        setup.domain(),
                        number,
                        proposer,
                        offload(number, proposer),
                        rules.subset().agreement(),
                        (round, side) -> outbox.observe(new Observation.Tossed(number, proposer, round, side)))),
                rules.subset());
        Epoch made = new Epoch(number, size, subset);
        for (int i = 0; i < size; i++) {
            ValidatorId proposer = new ValidatorId(i);
            made.broadcasts.add(new ReliableBroadcast(
                    self, proposer, size, settings.maxProposalBytes(), offload(number, proposer), rules.broadcast()));
        }
        epochs.put(number, made);
        return made;
    }

    private Outlet<BroadcastMessage> outlet(Epoch epoch, ValidatorId proposer) {
        return outlet(epoch, step -> new Broadcasting(epoch.number, proposer, step));
    }

    private Outlet<SubsetMessage> subsetOutlet(Epoch epoch) {
        return outlet(epoch, step -> new Agreeing(epoch.number, step));
    }

    // Start and catch-up

    /** Says again what it said, says nothing else in its place, and asks for what others said meanwhile. */
    private void onStart(Restored restored) {
        DecidedBlock last = restored.lastDecided();
        if (last != null) {
            decided = last.height();
            tip = last.id();
            lastPayload = last.payload();
        }
        outbox.observe(new Observation.ViewEntered(decided + 1, null, "start"));
        Set<Long> whole = new HashSet<>();
        for (ConsensusRecord record : restored.records()) {
            if (((Said) record).message() instanceof Broadcasting(long epoch, ValidatorId proposer, var step)
                    && proposer.equals(self)
                    && step instanceof BroadcastMessage.Echo) {
                whole.add(epoch);
            }
        }
        boolean any = false;
        for (ConsensusRecord record : restored.records()) {
            Said said = (Said) record;
            if (said.message().epoch() <= decided || isHalfProposal(said, whole)) {
                outbox.add(new Effect.Forget(said.key()));
                continue;
            }
            any = true;
            Epoch epoch = epoch(said.message().epoch());
            epoch.begun = true;
            epoch.said.add(said);
            restore(epoch, said.message());
            outbox.add(
                    said.to() == null
                            ? new Effect.Broadcast(said.message())
                            : new Effect.Send(said.to(), said.message()));
        }
        if (any || last != null) {
            join();
        }
    }

    /** It crashed while it recorded a proposal of which nothing had left. */
    private static boolean isHalfProposal(Said said, Set<Long> whole) {
        return said.message() instanceof Broadcasting(long epoch, ValidatorId proposer, var step)
                && step instanceof BroadcastMessage.Val
                && !whole.contains(epoch);
    }

    private void restore(Epoch epoch, HoneyBadgerMessage message) {
        switch (message) {
            case Broadcasting(long number, ValidatorId proposer, var step) -> {
                epoch.proposed |= proposer.equals(self);
                epoch.broadcasts.get(proposer.index()).restore(step);
            }
            case Agreeing(long number, var step) -> epoch.subset.restore(step);
            case Decrypting share ->
                epoch.proposals.get(share.proposer().index()).add(self, share.share());
            case Vote vote -> epoch.add(self, vote);
            case Joining joining -> {}
        }
    }

    private void onCaughtUp(List<DecidedBlock> blocks) {
        long before = decided;
        askedUpTo = 0;
        for (DecidedBlock block : blocks) {
            if (block.height() <= decided) {
                continue;
            }
            if (!block.parent().equals(tip)) {
                throw new IllegalStateException("peers decided " + block.id() + " of height " + block.height()
                        + ", which does not extend the decided " + tip);
            }
            decide(block);
        }
        if (decided > before) {
            outbox.observe(new Observation.CaughtUp(before + 1, decided));
            join();
        }
    }

    @Override
    public CoreReport report() {
        Epoch present = epochs.get(decided + 1);
        List<String> details = new ArrayList<>();
        details.add(epochs.size() + " epochs kept");
        List<ValidatorId> heard = new ArrayList<>();
        List<ValidatorId> missing = new ArrayList<>();
        String waitingFor = "a command: all is decided";
        if (present != null && present.begun) {
            for (int i = 0; i < size; i++) {
                (present.told[i] ? heard : missing).add(new ValidatorId(i));
            }
            waitingFor = present.members == null
                    ? "n - f broadcasts and their agreements in epoch " + present.number
                    : present.header == null
                            ? "decryption shares of epoch " + present.number
                            : "f + 1 votes for the block of epoch " + present.number;
        }
        return new CoreReport(
                decided + 1,
                "epoch " + (decided + 1),
                decided,
                Optional.empty(),
                waitingFor,
                heard.size(),
                size - (size - 1) / 3,
                heard,
                missing,
                "none",
                "nothing",
                details);
    }
}
