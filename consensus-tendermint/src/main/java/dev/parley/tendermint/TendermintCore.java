package dev.parley.tendermint;

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
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Polka;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Signed;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import dev.parley.tendermint.TendermintRecord.BlockRecord;
import dev.parley.tendermint.TendermintRules.Occasion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One validator's part in Tendermint: Algorithm 1 of arXiv 1807.04938, with its names (h_p is {@code height}, round_p is
 * {@code round}, step_p is {@code step}; lockedValue, lockedRound, validValue and validRound are in {@code safety}). An input only
 * adds to what is known; then {@link #applyRules} lets upon-rules fire until none does.
 */
final class TendermintCore implements ConsensusCore {
    static final TimerId PROPOSE_TIMER = new TimerId("propose");
    static final TimerId PREVOTE_TIMER = new TimerId("prevote");
    static final TimerId PRECOMMIT_TIMER = new TimerId("precommit");
    static final TimerId EMPTY_BLOCK_TIMER = new TimerId("empty-block");

    private final ValidatorId self;
    private final ConsensusSetup setup;
    private final ValidatorSet validators;
    private final TendermintSettings settings;
    private final TendermintRules rules;
    private final TendermintStatements statements;
    private final ProposerSchedule schedule;
    private final Outbox outbox = new Outbox();
    private final Gossip gossip;
    private final FutureHeights futureHeights;

    private long height = 1;
    private BlockId parent = BlockId.GENESIS;
    private @Nullable LastCommit lastCommit;

    private int round;
    private Step step = Step.PROPOSE;
    private SafetyRecord safety = SafetyRecord.atHeight(1);
    private final Rounds rounds;
    private final Blocks blocks;

    private boolean workPending;
    private boolean emptyBlockDue;
    private boolean resting;
    private boolean proposeTimerRuns;
    private boolean emptyBlockTimerRuns;

    private long ticket;
    /** The round for which the outstanding request for a payload is, -1 if there is none. */
    private int requestRound = -1;

    private boolean requestEvenIfEmpty;

    TendermintCore(ConsensusSetup setup, TendermintSettings settings, TendermintRules rules) {
        this.self = setup.self();
        this.setup = setup;
        this.validators = setup.validators();
        this.settings = settings;
        this.rules = rules;
        this.statements = new TendermintStatements(setup.domain());
        this.schedule = new ProposerSchedule(validators);
        this.gossip = new Gossip(self, validators, settings.gossipInterval(), outbox);
        this.futureHeights = new FutureHeights(validators.size());
        this.rounds = new Rounds(validators, rules, new Accuser(statements, rules, outbox), outbox);
        this.blocks = new Blocks(setup.payloads(), settings.partBytes(), rules.recordsBlocks(), outbox);
    }

    @Override
    public List<Effect> handle(Input input) {
        switch (input) {
            case Input.Start(Restored restored) -> onStart(restored);
            case Input.Received(ValidatorId from, TendermintMessage message) -> onMessage(from, message);
            case Input.Received(ValidatorId from, var other) ->
                outbox.refuse(from, Reason.MALFORMED, "not a message of Tendermint");
            case Input.TimerFired(TimerId timer) -> onTimer(timer);
            case Input.PayloadReady(long answered, Payload payload) -> onPayloadReady(answered, payload);
            case Input.PayloadChecked(BlockId block, boolean accepted) -> onPayloadChecked(block, accepted);
            case Input.LinksDoubtful doubtful -> {}
            case Input.Computed computed -> throw new IllegalStateException("Tendermint has nothing computed");
            case Input.WorkPending(boolean pendingNow) -> workPending = pendingNow;
            case Input.CaughtUp(List<DecidedBlock> decided) -> onCaughtUp(decided);
        }
        do {
            applyRules();
        } while (propose());
        sharePolka();
        fetch(false);
        keepTime();
        return outbox.drain();
    }

    // The upon-rules of Algorithm 1

    private void applyRules() {
        while (onCommit()
                || onHigherRounds()
                || onPolka()
                || onFreshProposal()
                || onProposalWithPolka()
                || onPolkaForNil()
                || onAnyPrevotes()
                || onAnyPrecommits()) {}
    }

    /** Lines 11–21: StartRound(r). Whoever is not to propose waits; {@link #keepTime} starts timeoutPropose. */
    private void startRound(int r, String cause) {
        stopTimers();
        round = r;
        step = Step.PROPOSE;
        safety = safety.inRound(r);
        requestRound = -1;
        List<Signed> early = rounds.open(r);
        blocks.retain(this::isNeeded);
        outbox.observe(new Observation.ViewEntered(view(), proposer(), cause));
        early.forEach(message -> accept(message.signer(), message));
    }

    private boolean isNeeded(BlockId block) {
        Proposal own = safety.proposal();
        return rounds.name(block)
                || safety.lock().isOn(block)
                || safety.valid().isOn(block)
                || (own != null && own.block().equals(block));
    }

    /**
     * Lines 14–19: the proposer proposes its valid value, or asks for a new one (getValue).
     *
     * @return whether it has proposed
     */
    private boolean propose() {
        if (!self.equals(proposer()) || step != Step.PROPOSE || safety.proposal() != null) {
            return false;
        }
        if (rules.proposesValidValue() && safety.valid().round() >= 0) {
            Block valid = blocks.block(safety.valid().block());
            if (valid != null) {
                propose(valid, safety.valid().round(), safety.polka());
            }
            return valid != null;
        }
        boolean evenIfEmpty = round > 0 || emptyBlockDue;
        if (requestRound != round || (evenIfEmpty && !requestEvenIfEmpty)) {
            requestRound = round;
            requestEvenIfEmpty = evenIfEmpty;
            outbox.add(new Effect.RequestPayload(++ticket, parent, evenIfEmpty));
        }
        return false;
    }

    private void onPayloadReady(long answered, Payload payload) {
        if (answered != ticket || requestRound != round || step != Step.PROPOSE || safety.proposal() != null) {
            return;
        }
        requestRound = -1;
        propose(blocks.make(height, parent, self, round, payload), -1, null);
    }

    /** Line 19. */
    private void propose(Block block, int validRound, @Nullable VoteCertificate polka) {
        byte[] statement = statements.proposal(height, round, validRound, block.id());
        Proposal proposal = new Proposal(
                block.header(),
                round,
                validRound,
                self,
                polka,
                block.payload(),
                setup.signer().sign(statement));
        safety = safety.withProposal(proposal.withoutPayload());
        record(Occasion.PROPOSAL, block);
        outbox.observe(new Observation.Proposed(
                view(), height, block.id(), block.payload().isEmpty()));
        publish(proposal);
        accept(self, proposal);
    }

    private void publish(Proposal proposal) {
        Proposal whole = blocks.whole(proposal);
        Block block = blocks.block(proposal.block());
        if (whole == null || block == null) {
            return;
        }
        outbox.add(new Effect.Broadcast(whole));
        Parts.Cut cut = blocks.cut(block);
        if (cut != null) {
            cut.parts(block.header()).forEach(part -> outbox.add(new Effect.Broadcast(part)));
        }
    }

    /** Lines 22–27: a fresh proposal is prevoted if it is valid and the lock does not forbid it, else nil. */
    private boolean onFreshProposal() {
        Proposal proposal = rounds.current().proposal;
        if (!rules.mayPrevote(step) || proposal == null || proposal.validRound() != -1) {
            return false;
        }
        Candidate candidate = blocks.candidate(proposal.header());
        if (candidate.isBroken()) {
            return prevote(TendermintMessage.NIL, proposal, "its parts are no payload");
        }
        Block block = candidate.block;
        if (block == null) {
            return false;
        }
        if (!rules.mayPrevoteFresh(safety.lock(), block.id())) {
            return prevote(TendermintMessage.NIL, proposal, "locked on " + safety.lock());
        }
        return switch (candidate.check) {
            case NOT_ASKED -> {
                candidate.check = Candidate.Check.ASKED;
                outbox.add(new Effect.CheckPayload(block.id(), parent, block.payload(), false));
                yield false;
            }
            case ASKED -> false;
            case ACCEPTED -> prevote(block.id(), proposal, "");
            case REFUSED -> prevote(TendermintMessage.NIL, proposal, "the payload was refused");
        };
    }

    /**
     * Lines 28–33: a block that had a polka in validRound is prevoted unless one is locked on another one since a later round. The
     * polka came with the proposal and is verified; that a quorum prevoted the block implies that it is valid.
     */
    private boolean onProposalWithPolka() {
        Proposal proposal = rounds.current().proposal;
        if (!rules.mayPrevote(step) || proposal == null || proposal.validRound() < 0) {
            return false;
        }
        if (blocks.block(proposal.block()) == null) {
            return false;
        }
        return rules.mayPrevoteWithPolka(safety.lock(), proposal.block(), proposal.validRound())
                ? prevote(proposal.block(), proposal, "")
                : prevote(TendermintMessage.NIL, proposal, "locked on " + safety.lock());
    }

    private boolean prevote(BlockId block, Proposal proposal, String why) {
        if (block.equals(TendermintMessage.NIL)) {
            outbox.observe(new Observation.VoteWithheld(view(), proposal.block(), why));
        }
        prevote(block);
        return true;
    }

    /** Lines 34–35: a quorum has prevoted, for whatever it was: some time is left for the rest. */
    private boolean onAnyPrevotes() {
        Round current = rounds.current();
        if (step != Step.PREVOTE
                || current.prevoteTimeoutStarted
                || current.prevotes.anyPower() < rules.quorum(validators, VoteKind.PREVOTE)) {
            return false;
        }
        current.prevoteTimeoutStarted = true;
        outbox.add(new Effect.StartTimer(PREVOTE_TIMER, timeout(settings.prevote())));
        return true;
    }

    /** Lines 36–43: a polka in this round makes its block the valid value, and locks it if one has not yet precommitted. */
    private boolean onPolka() {
        Round current = rounds.current();
        if (step == Step.PROPOSE || current.polkaSeen) {
            return false;
        }
        VoteCertificate polka = current.polka();
        Block block = polka == null ? null : blocks.block(polka.block());
        if (polka == null || block == null) {
            return false;
        }
        BlockId id = block.id();
        current.polkaSeen = true;
        outbox.observe(new Observation.CertificateFormed("polka", view(), id, polka.signers()));
        safety = safety.withValid(new Lock(round, id), polka);
        if (step == Step.PREVOTE) {
            safety = safety.withLock(rules.lockOn(safety.lock(), id, round));
            outbox.observe(new Observation.Locked(view(), id));
            precommit(id, block);
        } else {
            record(Occasion.PRECOMMIT, block);
        }
        return true;
    }

    /** Lines 44–46: a quorum prevoted nil. */
    private boolean onPolkaForNil() {
        if (step != Step.PREVOTE
                || rounds.current().prevotes.power(TendermintMessage.NIL)
                        < rules.quorum(validators, VoteKind.PREVOTE)) {
            return false;
        }
        safety = safety.withLock(rules.lockAfterNil(safety.lock()));
        precommit(TendermintMessage.NIL, null);
        return true;
    }

    /**
     * Lines 47–48: a quorum has precommitted, for whatever it was: some time is left for the rest, then the round is over. Also where all of
     * it is for nil: in this time a polka that only some have seen reaches the others (lines 42–43, {@link #sharePolka}), without which the
     * next proposer might propose what those are locked against, and so on for ever.
     */
    private boolean onAnyPrecommits() {
        Round current = rounds.current();
        if (current.precommitTimeoutStarted
                || current.precommits.anyPower() < rules.quorum(validators, VoteKind.PRECOMMIT)) {
            return false;
        }
        current.precommitTimeoutStarted = true;
        outbox.add(new Effect.StartTimer(PRECOMMIT_TIMER, timeout(settings.precommit())));
        return true;
    }

    /**
     * Beyond the paper, which leaves it to gossip: who precommits nil has not seen the polka that this validator has, and is sent it at once, so
     * that it has it as its valid value before its timeoutPrecommit ends. A polka that no correct validator alone could have made would
     * otherwise cost rounds until time-outs are longer than gossip takes.
     */
    private void sharePolka() {
        Round current = rounds.current();
        VoteCertificate polka = current.polka();
        if (polka == null || !rules.sharesPolka() || current.precommits.power(TendermintMessage.NIL) == 0) {
            return;
        }
        for (ValidatorId voter : current.precommits.votersFor(TendermintMessage.NIL)) {
            if (!voter.equals(self) && current.toldPolka(voter)) {
                outbox.add(new Effect.Send(voter, new Polka(polka)));
            }
        }
    }

    /** Lines 49–54: a quorum of precommits of any one round decides. The block may have come from anybody: the votes name it. */
    private boolean onCommit() {
        for (Round each : rounds.all()) {
            Block block = blocks.block(each.precommits.blockWith(rules.quorum(validators, VoteKind.PRECOMMIT)));
            if (block != null) {
                decide(block, each);
                return true;
            }
        }
        return false;
    }

    private void decide(Block block, Round decidedIn) {
        LastCommit before = lastCommit;
        if (before != null) {
            before.certify(true, validators.size(), outbox);
        }
        Header header = block.header();
        LastCommit commit = new LastCommit(block, decidedIn.number, decidedIn.precommits);
        TendermintCertificate certificate = commit.certificate();
        outbox.observe(new Observation.CertificateFormed(
                "commit", Views.of(height, decidedIn.number), header.id(), certificate.signers()));
        outbox.add(new Effect.Decide(new DecidedBlock(
                height,
                header.id(),
                parent,
                header.proposer(),
                Views.of(height, header.round()),
                block.payload(),
                certificate)));
        outbox.observe(new Observation.Decided(
                Views.of(height, decidedIn.number),
                height,
                header.id(),
                block.payload().isEmpty()));
        lastCommit = commit;
        openHeight(height + 1, header.id());
    }

    /** Lines 52–54: forget what belonged to the last height, StartRound(0). */
    private void openHeight(long newHeight, BlockId decided) {
        stopTimers();
        blocks.retain(id -> false);
        rounds.clear(newHeight);
        height = newHeight;
        parent = decided;
        safety = SafetyRecord.atHeight(newHeight);
        emptyBlockDue = false;
        startRound(0, "commit");
        for (FutureHeights.Early early : futureHeights.take(height)) {
            onMessage(early.from(), early.message());
        }
    }

    /** Lines 55–56: at least one correct validator is in a higher round. */
    private boolean onHigherRounds() {
        int reached = rounds.reachedBy(rules.quorumToSkip(validators));
        if (reached <= round) {
            return false;
        }
        startRound(reached, "skip");
        return true;
    }

    // Lines 57–67: time-outs. Timers are stopped with their round, so none of another (height, round) gets here.

    private void onTimer(TimerId timer) {
        if (timer.equals(Gossip.TIMER)) {
            if (gossip.onTimer(height) && !isIdle()) {
                gossip.ask(summary());
                fetch(true);
            }
            rounds.settle();
        } else if (timer.equals(EMPTY_BLOCK_TIMER)) {
            emptyBlockTimerRuns = false;
            emptyBlockDue = true;
        } else if (timer.equals(PROPOSE_TIMER)) {
            onTimeoutPropose();
        } else if (timer.equals(PREVOTE_TIMER)) {
            onTimeoutPrevote();
        } else if (timer.equals(PRECOMMIT_TIMER)) {
            onTimeoutPrecommit();
        }
    }

    /** Lines 57–60. */
    private void onTimeoutPropose() {
        proposeTimerRuns = false;
        if (step == Step.PROPOSE) {
            observeTimeout(PROPOSE_TIMER, settings.propose());
            prevote(TendermintMessage.NIL);
        }
    }

    /** Lines 61–64. */
    private void onTimeoutPrevote() {
        if (step == Step.PREVOTE) {
            observeTimeout(PREVOTE_TIMER, settings.prevote());
            precommit(TendermintMessage.NIL, null);
        }
    }

    /** Lines 65–67. */
    private void onTimeoutPrecommit() {
        observeTimeout(PRECOMMIT_TIMER, settings.precommit());
        openNextRound();
    }

    /**
     * Leaves by time-out no round without votes in it. The paper's processes never forget what made them leave; one that restarts here does, and those
     * who are still in that round may wait for its votes alone. A vote for nil is safe at any time.
     */
    private void openNextRound() {
        if (round + 1 == TendermintMessage.MAX_ROUND) {
            throw new IllegalStateException("height " + height + " has failed in " + TendermintMessage.MAX_ROUND
                    + " rounds: more than f validators are faulty, or time-outs are far too short");
        }
        if (step == Step.PROPOSE) {
            prevote(TendermintMessage.NIL);
        }
        if (step == Step.PREVOTE) {
            precommit(TendermintMessage.NIL, null);
        }
        startRound(round + 1, "time-out");
    }

    private void observeTimeout(TimerId timer, TendermintSettings.Timeout timeout) {
        outbox.observe(
                new Observation.TimedOut(timer.name(), view(), timeout(timeout).toMillis()));
    }

    private Duration timeout(TendermintSettings.Timeout timeout) {
        return rules.timeout(timeout, round, settings.maxTimeout());
    }

    // Votes: recorded, sent, counted

    private void prevote(BlockId block) {
        if (step == Step.PROPOSE) {
            step = Step.PREVOTE;
        }
        Vote vote = vote(VoteKind.PREVOTE, block);
        safety = safety.withPrevote(vote);
        record(Occasion.PREVOTE, null);
        send(vote);
    }

    /** @param locked what is locked with it, null for nil */
    private void precommit(BlockId block, @Nullable Block locked) {
        step = Step.PRECOMMIT;
        Vote vote = vote(VoteKind.PRECOMMIT, block);
        safety = safety.withPrecommit(vote);
        record(Occasion.PRECOMMIT, locked);
        send(vote);
    }

    private Vote vote(VoteKind kind, BlockId block) {
        byte[] statement = statements.vote(kind, height, round, block);
        return new Vote(kind, height, round, block, self, setup.signer().sign(statement));
    }

    private void send(Vote vote) {
        outbox.observe(new Observation.Voted(
                vote.kind().toString(), Views.of(height, vote.round()), vote.isNil() ? null : vote.block()));
        outbox.add(new Effect.Broadcast(vote));
        accept(self, vote);
    }

    /** Persist before send: all that was signed, with the block that it is about. */
    private void record(Occasion occasion, @Nullable Block block) {
        if (block != null) {
            blocks.record(block);
        }
        if (rules.recordsBefore(occasion)) {
            outbox.add(new Effect.Persist(TendermintRecord.SAFETY, safety));
        }
    }

    // Messages

    private void onMessage(ValidatorId from, TendermintMessage message) {
        if (message.height() == height) {
            accept(from, message);
        } else if (message.height() < height) {
            onLate(from, message);
        } else if (message.height() > height + FutureHeights.WINDOW) {
            gossip.behind(message.height() - 1, from);
        } else {
            gossip.saw(message.height() - 1, from);
            keepForLater(from, message);
        }
    }

    /** What is gossiped, asked and answered at a height that is not open here will be again; what is signed, and parts, may not. */
    private void keepForLater(ValidatorId from, TendermintMessage message) {
        boolean kept = switch (message) {
            case Vote vote -> futureHeights.add(from, vote);
            case Proposal proposal ->
                isProposers(proposal) && from.equals(proposal.proposer()) && futureHeights.add(from, proposal);
            case Part part -> {
                Header header = part.header();
                boolean first = header.round() == 0 && header.height() == height + 1;
                // Of blocks of later rounds and heights nothing is kept; that is not their makers' fault.
                yield from.equals(schedule.proposer(header.height(), header.round()))
                        && (!first || futureHeights.add(from, part));
            }
            default -> true;
        };
        if (!kept) {
            outbox.refuse(from, Reason.OVER_CAPACITY, "more of height " + message.height() + " than is kept");
        }
    }

    private boolean isProposers(Proposal proposal) {
        Header header = proposal.header();
        return rules.mayPropose(proposal.proposer(), schedule.proposer(proposal.height(), proposal.round()))
                && rules.mayPropose(header.proposer(), schedule.proposer(header.height(), header.round()));
    }

    /** A message of this height, verified. */
    private void accept(ValidatorId from, TendermintMessage message) {
        switch (message) {
            case Proposal proposal -> onProposal(from, proposal);
            case Part part -> onPart(from, part);
            case Vote vote -> onVote(from, vote);
            case Votes votes -> votes.votes().forEach(vote -> onVote(from, vote));
            case Summary summary -> {
                if (rules.answersSummaries()) {
                    Round theirs = rounds.kept(summary.round());
                    Proposal proposal = theirs == null ? null : theirs.settledProposal();
                    Proposal whole = proposal == null ? null : blocks.whole(proposal);
                    gossip.answer(from, summary, theirs, whole, rounds.current(), summary());
                }
            }
            case Polka(VoteCertificate prevotes) -> rounds.add(from, prevotes);
            case BlockRequest request -> {
                Block block = blocks.block(request.block());
                if (block != null) {
                    answer(from, request, block);
                }
            }
            case BlockResponse response -> onBlockResponse(from, response.block());
        }
    }

    private void onProposal(ValidatorId from, Proposal proposal) {
        Header header = proposal.header();
        if (!isProposers(proposal)) {
            outbox.refuse(from, Reason.NOT_LEADER, proposal.proposer() + " proposed in round " + proposal.round());
            return;
        }
        if (!header.parent().equals(parent)) {
            outbox.refuse(from, Reason.CONFLICT, header + " does not extend " + parent);
            return;
        }
        if (rounds.add(from, proposal)) {
            blocks.candidate(header);
            if (!from.equals(self)) {
                outbox.observe(new Observation.ProposalReceived(
                        Views.of(height, proposal.round()), height, proposal.block(), proposal.proposer()));
            }
        }
        Candidate candidate = blocks.get(header.id());
        if (candidate != null && proposal.payload() != null) {
            candidate.complete(proposal.payload());
        }
    }

    private void onVote(ValidatorId from, Vote vote) {
        if (vote.height() == height) {
            rounds.add(from, vote);
        } else {
            onLate(from, vote);
        }
    }

    /** A message of a height that is decided: a precommit for the last one may still enter its certificate. */
    private void onLate(ValidatorId from, TendermintMessage message) {
        LastCommit last = lastCommit;
        switch (message) {
            case Vote vote
            when last != null && last.isAbout(vote) -> {
                rounds.count(from, vote, last.precommits());
                last.certify(false, validators.size(), outbox);
            }
            case BlockRequest request
            when last != null && last.block().id().equals(request.block()) -> answer(from, request, last.block());
            case Votes votes ->
                votes.votes().forEach(vote -> {
                    if (last != null && last.isAbout(vote)) {
                        onLate(from, vote);
                    }
                });
            default -> {
                if (message.height() < height - 1) {
                    outbox.refuse(
                            from, Reason.STALE, "a message of height " + message.height() + " at height " + height);
                }
            }
        }
    }

    // Blocks: in proposals, in parts, asked for

    private void answer(ValidatorId from, BlockRequest request, Block block) {
        if (gossip.mayAskForBlock(from)) {
            gossip.answer(from, block, blocks.cut(block), request.missing());
        }
    }

    private void onPart(ValidatorId from, Part part) {
        if (isWelcome(from, part.header())) {
            blocks.add(blocks.candidate(part.header()), part);
        }
    }

    private void onBlockResponse(ValidatorId from, Block block) {
        if (isWelcome(from, block.header())) {
            blocks.candidate(block.header()).complete(block.payload());
        }
    }

    /** Whether the block is awaited: a proposal or votes name it, or it is the one block that may come before its proposal. */
    private boolean isWelcome(ValidatorId from, Header header) {
        BlockId id = header.id();
        if (blocks.get(id) != null) {
            return true;
        }
        Round its = rounds.kept(header.round());
        boolean early = its != null
                && its.early == null
                && its.proposal == null
                && from.equals(header.proposer())
                && from.equals(schedule.proposer(height, header.round()));
        if (!header.parent().equals(parent) || !(early || id.equals(wanted()) || gossip.hasRequested(id))) {
            outbox.refuse(from, Reason.UNREQUESTED, header.toString());
            return false;
        }
        if (its != null && early) {
            its.early = id;
        }
        return true;
    }

    /** The block that votes or the proposal call for and that is not here; null for none. */
    private @Nullable BlockId wanted() {
        for (Round each : rounds.all()) {
            BlockId decided = each.precommits.blockWith(rules.quorum(validators, VoteKind.PRECOMMIT));
            if (blocks.isMissing(decided)) {
                return decided;
            }
        }
        Round current = rounds.current();
        VoteCertificate polka = current.polka();
        if (polka != null && blocks.isMissing(polka.block())) {
            return polka.block();
        }
        Proposal proposal = current.proposal;
        return proposal != null && blocks.isMissing(proposal.block()) ? proposal.block() : null;
    }

    private void onPayloadChecked(BlockId id, boolean accepted) {
        Candidate candidate = blocks.get(id);
        if (candidate != null && candidate.check == Candidate.Check.ASKED) {
            candidate.check = accepted ? Candidate.Check.ACCEPTED : Candidate.Check.REFUSED;
        }
    }

    private Summary summary() {
        Round current = rounds.current();
        return new Summary(
                height,
                round,
                current.proposal != null,
                current.polka() != null,
                current.prevotes.bits(),
                current.precommits.bits());
    }

    // Start and catch-up

    /** Goes on where the record leaves off: same height, round and step, same lock; what was signed is sent again. */
    private void onStart(Restored restored) {
        SafetyRecord recorded = null;
        for (ConsensusRecord record : restored.records()) {
            switch ((TendermintRecord) record) {
                case SafetyRecord safetyRecord -> recorded = rules.restored(safetyRecord);
                case BlockRecord(Block block) -> blocks.restore(block);
            }
        }
        DecidedBlock last = restored.lastDecided();
        if (last != null) {
            height = last.height() + 1;
            parent = last.id();
            rounds.clear(height);
            safety = SafetyRecord.atHeight(height);
        }
        if (recorded != null && recorded.height() > height) {
            throw new IllegalStateException(
                    "the record of what was signed is of height " + recorded.height() + ", but the log ends at "
                            + (height - 1) + ": the log has lost its end; restore it before starting");
        }
        if (recorded == null || recorded.height() < height) {
            startRound(0, "start");
            return;
        }
        safety = recorded;
        startRound(recorded.round(), "start");
        step = recorded.step();
        recorded.earlier().forEach(vote -> accept(self, vote));
        Proposal proposal = recorded.proposal();
        if (proposal != null) {
            publish(proposal);
            accept(self, proposal);
        }
        if (recorded.prevote() != null) {
            send(recorded.prevote());
        }
        if (recorded.precommit() != null) {
            send(recorded.precommit());
        }
    }

    private void onCaughtUp(List<DecidedBlock> decided) {
        long before = height;
        gossip.caughtUp();
        for (DecidedBlock block : decided) {
            if (block.height() < height) {
                continue;
            }
            if (!block.parent().equals(parent)) {
                throw new IllegalStateException("peers decided " + block.id() + " of height " + block.height()
                        + ", which does not extend the decided " + parent);
            }
            LastCommit last = lastCommit;
            if (last != null) {
                last.certify(true, validators.size(), outbox);
            }
            lastCommit = null;
            outbox.add(new Effect.Decide(block));
            outbox.observe(new Observation.Decided(
                    block.view(), block.height(), block.id(), block.payload().isEmpty()));
            openHeight(block.height() + 1, block.id());
        }
        if (height > before) {
            outbox.observe(new Observation.CaughtUp(before, height - 1));
        }
    }

    // Timers, rest, and what is asked of peers

    private void keepTime() {
        boolean idle = isIdle();
        if (idle && proposeTimerRuns) {
            proposeTimerRuns = false;
            outbox.add(new Effect.CancelTimer(PROPOSE_TIMER));
        } else if (!idle && step == Step.PROPOSE && !proposeTimerRuns) {
            proposeTimerRuns = true;
            outbox.add(new Effect.StartTimer(PROPOSE_TIMER, timeout(settings.propose())));
        }
        if (idle && !resting) {
            outbox.observe(new Observation.Resting(view()));
        }
        resting = idle;
        if (!settings.emptyBlockInterval().isZero() && idle && !emptyBlockTimerRuns) {
            emptyBlockTimerRuns = true;
            outbox.add(new Effect.StartTimer(EMPTY_BLOCK_TIMER, settings.emptyBlockInterval()));
        }
        gossip.keepTime(idle);
    }

    /**
     * Asks for the block that is wanted: at once if nothing at all came of it, at the next tick if parts may be under way.
     *
     * @param again whether it was asked for long enough ago
     */
    private void fetch(boolean again) {
        BlockId block = wanted();
        if (block == null) {
            return;
        }
        Candidate candidate = blocks.get(block);
        if (again || (candidate == null && !gossip.hasRequested(block))) {
            Bits missing = candidate == null ? Bits.none(0) : candidate.parts.missing();
            gossip.request(height, block, missing, rounds.votersFor(block));
        }
    }

    /**
     * Whether there is nothing to do at this height yet. Time-outs run only once there is: a command that waits, a proposal, or
     * others, at least one of them correct, that have voted already.
     */
    private boolean isIdle() {
        Round current = rounds.current();
        return round == 0
                && step == Step.PROPOSE
                && !workPending
                && !emptyBlockDue
                && current.proposal == null
                && Math.max(current.prevotes.anyPower(), current.precommits.anyPower()) < validators.weakQuorumPower();
    }

    private void stopTimers() {
        if (proposeTimerRuns) {
            proposeTimerRuns = false;
            outbox.add(new Effect.CancelTimer(PROPOSE_TIMER));
        }
        if (emptyBlockTimerRuns) {
            emptyBlockTimerRuns = false;
            outbox.add(new Effect.CancelTimer(EMPTY_BLOCK_TIMER));
        }
        Round current = rounds.current();
        if (current.prevoteTimeoutStarted) {
            outbox.add(new Effect.CancelTimer(PREVOTE_TIMER));
        }
        if (current.precommitTimeoutStarted) {
            outbox.add(new Effect.CancelTimer(PRECOMMIT_TIMER));
        }
    }

    private long view() {
        return Views.of(height, round);
    }

    private ValidatorId proposer() {
        return schedule.proposer(height, round);
    }

    @Override
    public CoreReport report() {
        Round current = rounds.current();
        VoteSet votes = step == Step.PRECOMMIT ? current.precommits : current.prevotes;
        List<ValidatorId> voted = votes.voters();
        List<ValidatorId> missing = new ArrayList<>();
        validators.validators().forEach(validator -> {
            if (!voted.contains(validator.id())) {
                missing.add(validator.id());
            }
        });
        List<String> details = new ArrayList<>();
        details.add("step " + step);
        details.add("valid value " + safety.valid());
        details.add(rounds.all().size() + " rounds and " + blocks.size() + " blocks kept");
        BlockId wanted = wanted();
        if (wanted != null) {
            details.add("fetches " + wanted);
        }
        return new CoreReport(
                view(),
                Views.name(view()),
                height - 1,
                Optional.of(proposer()),
                waitingFor(current),
                votes.anyPower(),
                rules.quorum(validators, step == Step.PRECOMMIT ? VoteKind.PRECOMMIT : VoteKind.PREVOTE),
                voted,
                missing,
                timer(current),
                safety.lock().toString(),
                details);
    }

    private String waitingFor(Round current) {
        if (resting) {
            return "a command: all is decided";
        }
        return switch (step) {
            case PROPOSE -> {
                if (current.proposal != null) {
                    yield blocks.isMissing(current.proposal.block())
                            ? "the parts of " + current.proposal.block()
                            : "the check of " + current.proposal.block();
                }
                yield self.equals(proposer()) ? "a payload to propose" : "the proposal of round " + round;
            }
            case PREVOTE -> "a quorum of prevotes in round " + round;
            case PRECOMMIT -> "a quorum of precommits in round " + round;
        };
    }

    private String timer(Round current) {
        if (current.precommitTimeoutStarted) {
            return PRECOMMIT_TIMER + ", " + timeout(settings.precommit()).toMillis() + " ms";
        }
        if (step == Step.PREVOTE && current.prevoteTimeoutStarted) {
            return PREVOTE_TIMER + ", " + timeout(settings.prevote()).toMillis() + " ms";
        }
        return proposeTimerRuns
                ? PROPOSE_TIMER + ", " + timeout(settings.propose()).toMillis() + " ms"
                : "none";
    }
}
