package dev.parley.hotstuff;

/**
 * All rules of one HotStuff variant. {@link #of} gives the sound ones; the {@code with…} methods exchange one, which is how tests
 * plant bugs and how variants are made. Immutable.
 *
 * @param guard whether a vote in the view is free
 * @param voting whether a vote is safe
 * @param lock what a certified block locks
 * @param commit what a certified block decides
 * @param election who leads
 * @param leaderCheck whose proposals count
 * @param quorums what certificates take
 * @param pacemaker how long a view may take
 * @param proposal what a leader extends
 * @param timeoutReport what a time-out reports
 * @param verification which certificates are verified
 * @param records what is durable before it is sent
 * @param evidence whom a contradiction accuses
 */
public record HotStuffRules(
        ViewGuard guard,
        VotingRule voting,
        LockRule lock,
        CommitRule commit,
        LeaderElection election,
        LeaderCheck leaderCheck,
        QuorumRule quorums,
        Pacemaker pacemaker,
        ProposalRule proposal,
        TimeoutReport timeoutReport,
        VerificationRule verification,
        RecordRule records,
        EvidenceRule evidence) {
    /** The rules that the settings name. */
    public static HotStuffRules of(HotStuffSettings settings) {
        boolean twoChain = settings.variant() == HotStuffSettings.Variant.TWO_CHAIN;
        return new HotStuffRules(
                ViewGuard.ONCE_PER_VIEW,
                twoChain ? new TwoChainVoting() : new ThreeChainVoting(),
                twoChain ? LockRule.TWO_CHAIN : LockRule.THREE_CHAIN,
                twoChain ? CommitRule.TWO_CHAIN : CommitRule.THREE_CHAIN,
                switch (settings.election()) {
                    case SKIP_FAILED -> new SkipFailed(settings.viewsPerLeader());
                    case ROUND_ROBIN -> new RoundRobin(settings.viewsPerLeader());
                },
                LeaderCheck.LEADER_ONLY,
                QuorumRule.BY_POWER,
                new Pacemaker.Exponential(settings.baseTimeout(), settings.maxTimeout()),
                ProposalRule.HIGH_QC,
                TimeoutReport.HIGH_QC,
                VerificationRule.ALL,
                RecordRule.ALL,
                EvidenceRule.SIGNER);
    }

    public HotStuffRules withGuard(ViewGuard other) {
        return new HotStuffRules(
                other,
                voting,
                lock,
                commit,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withVoting(VotingRule other) {
        return new HotStuffRules(
                guard,
                other,
                lock,
                commit,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withLock(LockRule other) {
        return new HotStuffRules(
                guard,
                voting,
                other,
                commit,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withCommit(CommitRule other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                other,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withElection(LeaderElection other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                other,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withLeaderCheck(LeaderCheck other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                election,
                other,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withQuorums(QuorumRule other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                election,
                leaderCheck,
                other,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withPacemaker(Pacemaker other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                election,
                leaderCheck,
                quorums,
                other,
                proposal,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withProposal(ProposalRule other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                other,
                timeoutReport,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withTimeoutReport(TimeoutReport other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                other,
                verification,
                records,
                evidence);
    }

    public HotStuffRules withVerification(VerificationRule other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                other,
                records,
                evidence);
    }

    public HotStuffRules withRecords(RecordRule other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                other,
                evidence);
    }

    public HotStuffRules withEvidence(EvidenceRule other) {
        return new HotStuffRules(
                guard,
                voting,
                lock,
                commit,
                election,
                leaderCheck,
                quorums,
                pacemaker,
                proposal,
                timeoutReport,
                verification,
                records,
                other);
    }
}
