package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Outbox;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.Restored;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Signature;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.BlockRequest;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import dev.parley.hotstuff.HotStuffRecord.BlockRecord;
import dev.parley.hotstuff.HotStuffRecord.TimeoutRecord;
import dev.parley.hotstuff.RecordRule.Occasion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One validator's part in chained HotStuff. Each input teaches certificates, which move the view ({@link #learn}); then
 * {@link #settle} does whatever the state asks for: fetch what is missing, rest or keep the timer, propose.
 */
final class HotStuffCore implements ConsensusCore {
    static final TimerId VIEW_TIMER = new TimerId("view");
    /** More blocks of one view are not looked at, however many its leader makes. */
    private static final int MAX_BLOCKS_PER_VIEW = 4;

    private final ValidatorId self;
    private final ConsensusSetup setup;
    private final ValidatorSet validators;
    private final HotStuffRules rules;
    private final HotStuffStatements statements;
    private final Outbox outbox = new Outbox();
    private final BlockTree tree;
    private final Fetcher fetcher;
    private final VoteCollector votes;
    private final TimeoutCollector timeouts;
    private final ProposalLog proposals;
    private final Accuser accuser;

    private SafetyRecord safety = SafetyRecord.INITIAL;
    private long view = 1;
    private boolean enteredByTimeout;
    /** Views entered by a TC since the last decision. */
    private long failedViews;
    /** No proposal is made in it or below; {@link SafetyRecord#lastProposedView} may be ahead of it. */
    private long proposedView;
    /** The block of the current view, once it is connected and its header is right. */
    private @Nullable Node proposed;
    /** Its proposal, until the payload is checked. */
    private @Nullable Proposal candidate;

    private int blocksInView;
    /** Proposals of the current view whose parent is missing, one of each proposer. */
    private final LinkedHashMap<ValidatorId, Proposal> pending = new LinkedHashMap<>();
    /** What was sent when the current view was given up, to be sent again. */
    private @Nullable Timeout ownTimeout;

    private boolean workPending;
    private boolean resting;
    /** The view of the QC that was made here last, of votes, so that nobody else has it; 0 once it was shown. */
    private long untold;
    /** The view for which the timer runs, 0 if it does not. */
    private long timerView;

    private long ticket;
    /** What the outstanding request for a payload is for: the view, 0 if there is none; the QC; whether it may be empty. */
    private long requestView;

    private QC requestQc = QC.GENESIS;
    private boolean requestEvenIfEmpty;
    /** Who sent the message that is being handled. */
    private @Nullable ValidatorId source;

    HotStuffCore(ConsensusSetup setup, HotStuffSettings settings, HotStuffRules rules) {
        this.self = setup.self();
        this.setup = setup;
        this.validators = setup.validators();
        this.rules = rules;
        this.statements = new HotStuffStatements(setup.domain());
        this.tree = new BlockTree(rules.commit());
        this.fetcher = new Fetcher(self, settings.fetchTimeout(), rules.commit().length(), tree, outbox);
        this.votes = new VoteCollector(validators, rules.quorums());
        this.timeouts = new TimeoutCollector(validators, rules.quorums());
        this.proposals = new ProposalLog(validators.size());
        this.accuser = new Accuser(validators.size(), statements, rules.evidence(), outbox);
    }

    @Override
    public List<Effect> handle(Input input) {
        source = null;
        switch (input) {
            case Input.Start(Restored restored) -> onStart(restored);
            case Input.Received(ValidatorId from, HotStuffMessage message) -> onMessage(from, message);
            case Input.Received(ValidatorId from, var other) ->
                outbox.refuse(from, Reason.MALFORMED, "not a message of HotStuff");
            case Input.TimerFired(TimerId timer) -> onTimer(timer);
            case Input.PayloadReady(long answered, Payload payload) -> onPayloadReady(answered, payload);
            case Input.PayloadChecked(BlockId block, boolean accepted) -> onPayloadChecked(block, accepted);
            case Input.LinksDoubtful doubtful -> {}
            case Input.Computed computed -> throw new IllegalStateException("HotStuff has nothing computed");
            case Input.WorkPending(boolean pendingNow) -> workPending = pendingNow;
            case Input.CaughtUp(List<DecidedBlock> blocks) -> onCaughtUp(blocks);
        }
        settle();
        return outbox.drain();
    }

    private void onMessage(ValidatorId from, HotStuffMessage message) {
        source = from.equals(self) ? null : from;
        switch (message) {
            case Proposal proposal -> onProposal(from, proposal);
            case Vote vote -> onVote(from, vote);
            case Timeout timeout -> onTimeout(from, timeout);
            case Advance advance -> onAdvance(from, advance);
            case BlockRequest request -> outbox.add(new Effect.Send(from, fetcher.answer(request)));
            case BlockResponse response -> {
                if (!fetcher.onResponse(from, response)) {
                    outbox.refuse(from, Reason.UNREQUESTED, "blocks from " + response.requested());
                }
            }
        }
    }

    // Start and restart

    /** Goes on where the records leave off: same view, same votes, same blocks; asks the others where they are. */
    private void onStart(Restored restored) {
        List<Block> blocks = new ArrayList<>();
        for (ConsensusRecord record : restored.records()) {
            switch ((HotStuffRecord) record) {
                case SafetyRecord recorded -> {
                    safety = rules.records().restored(recorded);
                    proposedView = safety.lastProposedView();
                }
                case BlockRecord(Block block) -> blocks.add(block);
                case TimeoutRecord(Timeout timeout) -> ownTimeout = timeout;
            }
        }
        DecidedBlock last = restored.lastDecided();
        if (last != null) {
            HotStuffCertificate certificate = certificateOf(last);
            tree.adopt(certificate.header());
            raiseHighQc(certificate.qc());
        }
        view = safety.view();
        enteredByTimeout = safety.proofOfEntry() != null;
        if (ownTimeout != null && ownTimeout.view() != view) {
            ownTimeout = null;
        }
        restoreBlocks(blocks);
        outbox.observe(new Observation.ViewEntered(view, leader(), "start"));
        outbox.add(new Effect.Broadcast(whereWeAre()));
        Node voted = tree.node(safety.lastVotedBlock());
        if (voted != null && safety.lastVotedView() == view && safety.lastTimeoutView() < view) {
            proposed = voted;
            sendVote(voted.block);
        }
    }

    private void restoreBlocks(List<Block> blocks) {
        blocks.sort(Comparator.comparingLong(Block::height));
        Set<BlockId> certified = new HashSet<>();
        certified.add(safety.highQc().block());
        blocks.forEach(block -> certified.add(block.parent()));
        for (Block block : blocks) {
            Header parent = tree.isConnected(block.parent()) ? tree.header(block.parent()) : null;
            if (parent != null && block.header().isChildOf(parent)) {
                Node node = insert(block, certified.contains(block.id()));
                node.recorded = true;
                if (block.view() == view) {
                    proposed = node;
                }
                Node certifiedParent = tree.node(block.parent());
                if (certifiedParent != null) {
                    onCertified(certifiedParent, block.justify());
                }
                if (block.id().equals(safety.highQc().block())) {
                    onCertified(node, safety.highQc());
                }
            } else if (block.height() <= tree.root().height()) {
                outbox.add(new Effect.Forget(HotStuffRecord.blockKey(block.id())));
            } else {
                fetcher.keep(block);
            }
        }
    }

    private static HotStuffCertificate certificateOf(DecidedBlock block) {
        if (block.certificate() instanceof HotStuffCertificate certificate) {
            return certificate;
        }
        throw new IllegalStateException("height " + block.height() + " was not decided by HotStuff");
    }

    // Certificates move the view

    /** One that is not the newest certifies its block all the same: whoever votes above it must have locked what it locks. */
    private void learn(QC qc) {
        boolean newest = qc.view() > safety.highQc().view();
        if (newest) {
            raiseHighQc(qc);
        }
        Node node = tree.node(qc.block());
        if (node != null) {
            onCertified(node, qc);
        }
        if (newest) {
            enterView(false);
        }
    }

    private void raiseHighQc(QC qc) {
        if (qc.view() > safety.highQc().view()) {
            safety = safety.withHighQc(qc);
            if (safety.proofOfEntry() == null && safety.entry() != null) {
                safety = safety.withEntry(null);
            }
        }
    }

    /** Jolteon Fig. 2, "advance round": a TC of r opens r + 1. */
    private void learn(TC tc) {
        learn(tc.highQc());
        if (tc.view() >= view) {
            safety = safety.withEntry(tc);
            enterView(true);
        }
    }

    private void enterView(boolean byTimeout) {
        if (safety.view() <= view) {
            return;
        }
        view = safety.view();
        enteredByTimeout = byTimeout;
        if (byTimeout) {
            failedViews++;
        }
        proposed = null;
        candidate = null;
        blocksInView = 0;
        pending.clear();
        ownTimeout = null;
        timeouts.clear();
        votes.forgetBelow(view - VoteCollector.WINDOW);
        prune();
        outbox.observe(new Observation.ViewEntered(view, leader(), byTimeout ? "TC" : "QC"));
    }

    /** PODC 2019, Algorithm 4, update: what a newly certified block locks and decides. */
    private void onCertified(Node node, QC qc) {
        if (node.certified || qc.view() != node.block.view()) {
            return;
        }
        node.certified = true;
        record(node);
        QC lock = rules.lock().lock(safety.locked(), node.block);
        if (!lock.equals(safety.locked())) {
            safety = safety.withLocked(lock);
            outbox.observe(new Observation.Locked(lock.view(), lock.block()));
        }
        List<Header> chain = tree.chainEndingAt(node.block.id());
        if (chain != null
                && chain.getFirst().height() > tree.root().height()
                && rules.commit().commits(chain)) {
            decide(chain, qc);
        }
    }

    private void decide(List<Header> chain, QC qc) {
        List<Node> path = tree.pathTo(chain.getFirst().id());
        List<Header> headers = new ArrayList<>(path.size() + chain.size());
        for (Node node : path) {
            headers.add(node.header());
        }
        headers.addAll(chain.subList(1, chain.size()));
        for (int i = 0; i < path.size(); i++) {
            Block block = path.get(i).block;
            outbox.add(new Effect.Decide(new DecidedBlock(
                    block.height(),
                    block.id(),
                    block.parent(),
                    block.proposer(),
                    block.view(),
                    block.payload(),
                    new HotStuffCertificate(block.header(), headers.subList(i + 1, headers.size()), qc))));
            outbox.observe(new Observation.Decided(
                    block.view(), block.height(), block.id(), block.payload().isEmpty()));
        }
        tree.decide(path);
        path.forEach(this::forget);
        failedViews = 0;
        fetcher.onDecided();
    }

    private void prune() {
        for (Node node : tree.prune(safety.highQc())) {
            forget(node);
        }
    }

    // Proposals and votes

    private void onProposal(ValidatorId from, Proposal proposal) {
        Block block = proposal.block();
        ProposalLog.Entry other = proposals.note(proposal);
        if (other != null) {
            accuser.twoProposals(from, other, proposal);
        }
        learn(block.justify());
        if (proposal.entry() != null) {
            learn(proposal.entry());
        }
        if (tree.isKnown(block.id())) {
            return;
        }
        if (block.view() < view) {
            if (block.id().equals(safety.highQc().block())) {
                fetcher.keep(block);
            } else {
                outbox.refuse(from, Reason.STALE, "a proposal of view " + block.view() + " in view " + view);
            }
        } else if (tree.isConnected(block.parent())) {
            consider(from, proposal);
        } else if (block.justify().view() <= tree.root().view()) {
            outbox.refuse(from, Reason.CONFLICT, block + " extends a block below the decided " + tree.root());
        } else if (pending.putIfAbsent(block.proposer(), proposal) == null) {
            fetcher.keep(block);
        }
    }

    /** A proposal of the current view whose parent is here: is it the leader's, and is it what the rules prescribe? */
    private void consider(ValidatorId from, Proposal proposal) {
        Block block = proposal.block();
        Header parent = tree.header(block.parent());
        if (parent == null || !block.header().isChildOf(parent)) {
            outbox.refuse(from, Reason.MALFORMED, block + " is no child of " + parent);
            return;
        }
        ValidatorId leader = block.justify().view() == view - 1
                ? rules.election().afterCertificate(validators, parent)
                : rules.election().afterTimeout(validators, view);
        if (!rules.leaderCheck().mayPropose(block.proposer(), leader)) {
            outbox.refuse(from, Reason.NOT_LEADER, block.proposer() + " proposed in view " + view + " of " + leader);
            return;
        }
        if (!block.suspects().equals(rules.election().suspects(validators, parent, view))) {
            outbox.refuse(from, Reason.MALFORMED, block + " names suspects " + block.suspects());
            return;
        }
        String why = rules.guard().refuse(view, safety);
        if (why == null && candidate != null) {
            why = "another block of the view is being checked";
        }
        if (why != null || ++blocksInView > MAX_BLOCKS_PER_VIEW) {
            fetcher.keep(block);
            outbox.observe(new Observation.VoteWithheld(view, block.id(), why == null ? "too many blocks" : why));
            return;
        }
        if (!block.proposer().equals(self)) {
            outbox.observe(new Observation.ProposalReceived(view, block.height(), block.id(), block.proposer()));
        }
        candidate = proposal;
        proposed = insert(block, false);
    }

    /** Puts a block whose parent is connected into the tree and has its payload registered and checked. */
    private Node insert(Block block, boolean certified) {
        Node node = tree.insert(block);
        outbox.add(new Effect.CheckPayload(block.id(), block.parent(), block.payload(), certified));
        return node;
    }

    private void onPayloadChecked(BlockId id, boolean accepted) {
        if (candidate == null || !candidate.block().id().equals(id)) {
            return;
        }
        Proposal proposal = candidate;
        Node node = tree.node(id);
        candidate = null;
        String why = !accepted || node == null
                ? "the payload was refused"
                : rules.guard().refuse(view, safety);
        if (why == null) {
            why = rules.voting().refuse(safety, proposal.block(), proposal.entry(), tree);
        }
        if (why != null || node == null) {
            proposed = null;
            outbox.observe(new Observation.VoteWithheld(view, id, String.valueOf(why)));
            return;
        }
        safety = safety.withVote(view, id);
        if (isToLeadAbove(node.block)
                && rules.records().recordsBefore(Occasion.VOTE)
                && rules.records().recordsBefore(Occasion.PROPOSAL)) {
            safety = safety.withProposal(view + 1);
        }
        record(node);
        recordSafety(Occasion.VOTE);
        sendVote(node.block);
    }

    /**
     * Whether this validator leads the next view if the block gets its QC, and proposes there in any case. Commands that are pending say nothing of
     * that: they may be in this block's chain, and a record that it proposes would last for the whole rest after it.
     */
    private boolean isToLeadAbove(Block block) {
        return self.equals(collector(block)) && !tree.isQuietAbove(block.id());
    }

    /** Who gathers the votes for a block leads the view after it, if they come to a QC. */
    private ValidatorId collector(Block block) {
        return rules.election().afterCertificate(validators, block.header());
    }

    private void sendVote(Block block) {
        Vote vote = new Vote(view, block.id(), self, sign(statements.vote(view, block.id())));
        outbox.observe(new Observation.Voted("vote", view, block.id()));
        ValidatorId collector = collector(block);
        if (collector.equals(self)) {
            onVote(self, vote);
        } else {
            outbox.add(new Effect.Send(collector, vote));
        }
    }

    private void onVote(ValidatorId from, Vote vote) {
        if (vote.view() > view + VoteCollector.WINDOW || vote.view() < view - VoteCollector.WINDOW) {
            if (vote.view() < view) {
                bringUp(from);
            }
            outbox.refuse(
                    from,
                    vote.view() < view ? Reason.STALE : Reason.OUT_OF_WINDOW,
                    "a vote of view " + vote.view() + " in view " + view);
            return;
        }
        Vote earlier = votes.earlier(vote.view(), vote.voter());
        if (earlier != null && !earlier.block().equals(vote.block())) {
            accuser.twoVotes(from, earlier, vote);
            outbox.refuse(from, Reason.CONFLICT, "a second vote in view " + vote.view());
            return;
        }
        if (earlier != null && !rules.quorums().countsDuplicates()) {
            return;
        }
        QC qc = votes.add(vote);
        if (qc != null && qc.view() > safety.highQc().view()) {
            outbox.observe(new Observation.CertificateFormed("QC", qc.view(), qc.block(), qc.signers()));
            untold = qc.view();
            learn(qc);
        }
    }

    // Time-outs

    private void onTimer(TimerId timer) {
        if (timer.equals(Fetcher.TIMER)) {
            fetcher.onTimer();
        } else if (timer.equals(VIEW_TIMER) && timerView == view) {
            timerView = 0;
            outbox.observe(new Observation.TimedOut(
                    VIEW_TIMER.name(),
                    view,
                    rules.pacemaker().delay(failedViews).toMillis()));
            giveUpView();
        }
    }

    /** Jolteon Fig. 2, timer: vote in the view no more, tell all the highest QC; told again until the view is left. */
    private void giveUpView() {
        Timeout timeout = ownTimeout;
        if (timeout == null) {
            QC reported = rules.timeoutReport().reported(safety.highQc(), tree);
            timeout = new Timeout(
                    view,
                    reported,
                    reported.view() == view - 1 ? null : safety.entry(),
                    self,
                    sign(statements.timeout(view, reported.view())));
            ownTimeout = timeout;
            safety = safety.withTimeout(view);
            recordSafety(Occasion.TIMEOUT);
            if (rules.records().recordsBefore(Occasion.TIMEOUT)) {
                outbox.add(new Effect.Persist(HotStuffRecord.TIMEOUT, new TimeoutRecord(timeout)));
            }
        }
        outbox.add(new Effect.Broadcast(timeout));
        onTimeout(self, timeout);
    }

    private void onTimeout(ValidatorId from, Timeout timeout) {
        learn(timeout.highQc());
        if (timeout.entry() != null) {
            learn(timeout.entry());
        }
        if (timeout.view() != view) {
            bringUp(from);
            return;
        }
        if (timeout.highQc().view() < safety.highQc().view()) {
            bringUp(from);
        }
        Timeout earlier = timeouts.earlier(timeout.voter());
        if (earlier != null && earlier.highQc().view() != timeout.highQc().view()) {
            accuser.twoTimeouts(from, earlier, timeout);
            outbox.refuse(from, Reason.CONFLICT, "a second time-out of view " + view);
            return;
        }
        if (earlier != null && !rules.quorums().countsDuplicates()) {
            return;
        }
        timeouts.add(timeout);
        if (timeouts.power() >= rules.quorums().timeoutsToJoin(validators) && safety.lastTimeoutView() < view) {
            giveUpView();
        }
        TC tc = timeout.view() == view ? timeouts.certificate(view) : null;
        if (tc != null) {
            outbox.observe(new Observation.CertificateFormed("TC", tc.view(), null, tc.signers()));
            learn(tc);
        }
    }

    private void onAdvance(ValidatorId from, Advance advance) {
        learn(advance.highQc());
        TC entry = advance.entry();
        if (entry != null) {
            learn(entry);
        }
        long theirs = Math.max(advance.highQc().view(), entry == null ? 0 : entry.view()) + 1;
        if (theirs < view || advance.highQc().view() < safety.highQc().view()) {
            bringUp(from);
        }
    }

    private void bringUp(ValidatorId peer) {
        if (!peer.equals(self)) {
            outbox.add(new Effect.Send(peer, whereWeAre()));
        }
    }

    private Advance whereWeAre() {
        return new Advance(safety.highQc(), safety.proofOfEntry());
    }

    // What the state asks for

    private void settle() {
        fetchMissing();
        boolean quiet = isQuiet();
        if (quiet && !workPending && !isLeavingView()) {
            if (timerView != 0) {
                timerView = 0;
                outbox.add(new Effect.CancelTimer(VIEW_TIMER));
            }
            if (!resting) {
                resting = true;
                outbox.observe(new Observation.Resting(view));
            }
        } else {
            resting = false;
            if (timerView != view && rules.pacemaker().startsTimer(enteredByTimeout)) {
                timerView = view;
                outbox.add(new Effect.StartTimer(VIEW_TIMER, rules.pacemaker().delay(failedViews)));
            }
        }
        if (quiet && untold != 0 && untold == safety.highQc().view()) {
            untold = 0;
            outbox.add(new Effect.Broadcast(whereWeAre()));
        }
        lead(!quiet);
    }

    private void fetchMissing() {
        fetcher.begin();
        QC highQc = safety.highQc();
        if (!tree.isKnown(highQc.block()) && !connect(highQc, 0) && fetcher.isDeadEnd()) {
            throw new IllegalStateException(
                    highQc + " conflicts with the decided " + tree.root() + ": more than f validators are faulty");
        }
        if (!pending.isEmpty()) {
            for (Proposal proposal : List.copyOf(pending.values())) {
                Block block = proposal.block();
                if (connect(block.justify(), block.height() - 1)) {
                    pending.remove(block.proposer());
                    consider(block.proposer(), proposal);
                } else if (fetcher.isDeadEnd()) {
                    pending.remove(block.proposer());
                    outbox.refuse(
                            block.proposer(), Reason.CONFLICT, block + " is on another branch than what is decided");
                }
            }
        }
        fetcher.end();
    }

    /** @return whether the certified block is in the tree now */
    private boolean connect(QC qc, long height) {
        List<Block> path = fetcher.pathTo(qc.block(), qc, height, source);
        if (path == null) {
            return false;
        }
        for (int i = path.size() - 1; i >= 0; i--) {
            Block block = path.get(i);
            Header parent = tree.header(block.parent());
            if (parent == null || !block.header().isChildOf(parent)) {
                throw new IllegalStateException("a quorum certified " + block + ", which is no child of " + parent);
            }
            Node certified = tree.node(block.parent());
            Node node = insert(block, true);
            if (certified != null) {
                onCertified(certified, block.justify());
            }
            if (i == 0) {
                onCertified(node, qc);
            }
        }
        return true;
    }

    /**
     * Whether this validator and others, a weak quorum together, have given the view up. Then it tells so again until the view is
     * left, even with nothing to wait for itself: its time-out may be the one that the TC lacks.
     */
    private boolean isLeavingView() {
        return safety.lastTimeoutView() >= view
                && timeouts.power() >= rules.quorums().timeoutsToJoin(validators);
    }

    /**
     * Whether nothing is left to order or to show: the block of the view or the highest QC tells everybody who has it that all commands are
     * decided. That they are decided here is not enough: it may be a lower QC, which nobody passes on, that decided them.
     */
    private boolean isQuiet() {
        if (candidate != null
                || (proposed != null && proposed.lastNonEmpty > tree.root().height())) {
            return false;
        }
        return (proposed != null && proposed.isQuiet())
                || tree.isQuietAbove(safety.highQc().block());
    }

    private @Nullable ValidatorId leader() {
        if (safety.highQc().view() != view - 1) {
            return rules.election().afterTimeout(validators, view);
        }
        Header certified = tree.header(safety.highQc().block());
        return certified == null ? null : rules.election().afterCertificate(validators, certified);
    }

    /** PODC 2019, Algorithm 5, onBeat: the leader proposes as soon as it holds the certificate that opens its view. */
    private void lead(boolean evenIfEmpty) {
        if (proposedView >= view || safety.lastTimeoutView() >= view || !self.equals(leader())) {
            return;
        }
        QC extended = rules.proposal().extended(safety.highQc(), tree);
        boolean requested =
                requestView == view && requestQc.view() == extended.view() && (requestEvenIfEmpty || !evenIfEmpty);
        if (!requested && tree.header(extended.block()) != null) {
            ticket++;
            requestView = view;
            requestQc = extended;
            requestEvenIfEmpty = evenIfEmpty;
            outbox.add(new Effect.RequestPayload(ticket, extended.block(), evenIfEmpty));
        }
    }

    private void onPayloadReady(long answered, Payload payload) {
        Header parent = tree.header(requestQc.block());
        if (answered != ticket
                || requestView != view
                || parent == null
                || proposedView >= view
                || safety.lastTimeoutView() >= view) {
            return;
        }
        TC entry = requestQc.view() == view - 1 ? null : safety.entry();
        if (entry == null && requestQc.view() != view - 1) {
            // A QC of the view before came in between, for a block that is still missing: the TC is gone, and with it
            // the right to lead.
            return;
        }
        requestView = 0;
        untold = 0;
        proposedView = view;
        if (safety.lastProposedView() < view) {
            safety = safety.withProposal(view);
            recordSafety(Occasion.PROPOSAL);
        }
        Block block = new Block(
                parent.height() + 1,
                view,
                self,
                requestQc,
                rules.election().suspects(validators, parent, view),
                payload);
        Proposal proposal = new Proposal(block, entry, sign(statements.proposal(view, block.id())));
        outbox.add(new Effect.Broadcast(proposal));
        outbox.observe(new Observation.Proposed(view, block.height(), block.id(), payload.isEmpty()));
        onProposal(self, proposal);
    }

    private void onCaughtUp(List<DecidedBlock> blocks) {
        long before = tree.root().height();
        QC newest = QC.GENESIS;
        for (DecidedBlock block : blocks) {
            if (block.height() <= tree.root().height()) {
                continue;
            }
            if (!block.parent().equals(tree.root().id())) {
                throw new IllegalStateException(
                        "peers decided " + block.id() + ", which does not extend the decided " + tree.root());
            }
            HotStuffCertificate certificate = certificateOf(block);
            Node node = tree.node(block.id());
            outbox.add(new Effect.Decide(block));
            outbox.observe(new Observation.Decided(
                    block.view(), block.height(), block.id(), block.payload().isEmpty()));
            tree.adopt(certificate.header());
            if (node != null) {
                forget(node);
            }
            newest = certificate.qc();
        }
        fetcher.onCaughtUp(tree.root().height() > before);
        if (tree.root().height() > before) {
            failedViews = 0;
            outbox.observe(new Observation.CaughtUp(before + 1, tree.root().height()));
            fetcher.onDecided();
            if (candidate != null && tree.node(candidate.block().id()) == null) {
                candidate = null;
            }
            learn(newest);
            prune();
        }
    }

    // Records and signatures

    private void record(Node node) {
        if (!node.recorded && rules.records().recordsBlocks()) {
            node.recorded = true;
            outbox.add(new Effect.Persist(HotStuffRecord.blockKey(node.block.id()), new BlockRecord(node.block)));
        }
    }

    private void forget(Node node) {
        if (node.recorded) {
            outbox.add(new Effect.Forget(HotStuffRecord.blockKey(node.block.id())));
        }
    }

    private void recordSafety(Occasion occasion) {
        if (rules.records().recordsBefore(occasion)) {
            outbox.add(new Effect.Persist(HotStuffRecord.SAFETY, safety));
        }
    }

    private Signature sign(byte[] statement) {
        return setup.signer().sign(statement);
    }

    @Override
    public CoreReport report() {
        boolean givenUp = safety.lastTimeoutView() >= view;
        List<ValidatorId> voted = givenUp ? timeouts.voters() : votes.voters(view);
        List<ValidatorId> missing = new ArrayList<>();
        validators.validators().forEach(validator -> {
            if (!voted.contains(validator.id())) {
                missing.add(validator.id());
            }
        });
        List<String> details = new ArrayList<>();
        details.add("high " + safety.highQc());
        details.add(
                "last vote in view " + safety.lastVotedView() + ", last time-out of view " + safety.lastTimeoutView());
        details.add(tree.size() + " undecided blocks, " + fetcher.kept() + " without their ancestors");
        BlockId wanted = fetcher.wanted();
        if (wanted != null) {
            details.add("fetches " + wanted);
        }
        if (fetcher.isCatchingUp()) {
            details.add("catches up");
        }
        return new CoreReport(
                view,
                "view " + view,
                tree.root().height(),
                Optional.ofNullable(leader()),
                waitingFor(),
                validators.powerOf(voted),
                givenUp
                        ? rules.quorums().timeoutsNeeded(validators)
                        : rules.quorums().votesNeeded(validators),
                voted,
                missing,
                timerView == 0
                        ? "none"
                        : VIEW_TIMER + " of view " + timerView + ", "
                                + rules.pacemaker().delay(failedViews).toMillis() + " ms",
                safety.locked().view() == 0 ? "nothing" : safety.locked().toString(),
                details);
    }

    private String waitingFor() {
        if (resting) {
            return "a command: all is decided";
        }
        if (safety.lastTimeoutView() >= view) {
            return "a quorum of time-outs of view " + view;
        }
        if (fetcher.wanted() != null || fetcher.isCatchingUp()) {
            return "missing blocks";
        }
        if (candidate != null) {
            return "the check of the payload of " + candidate.block();
        }
        if (self.equals(leader()) && proposedView < view) {
            return "a payload to propose in view " + view;
        }
        return proposed == null ? "the proposal of view " + view : "a quorum of votes for view " + view;
    }
}
