package dev.parley.testkit.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.hotstuff.Block;
import dev.parley.hotstuff.Header;
import dev.parley.hotstuff.HotStuffCertificate;
import dev.parley.hotstuff.HotStuffMessage;
import dev.parley.hotstuff.HotStuffSettings;
import dev.parley.hotstuff.LeaderElection;
import dev.parley.hotstuff.QC;
import dev.parley.hotstuff.SafetyRecord;
import dev.parley.hotstuff.Share;
import dev.parley.hotstuff.TC;
import dev.parley.testkit.check.Forgotten;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.check.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds in every run of HotStuff, whatever f validators do: each QC has a quorum of distinct signers and the QCs of one view name one
 * block; what a validator voted for, is locked on and knows as highest only grows; a vote is for a block that extends the lock or is
 * justified by something newer; what is decided is the end of a chain of certified blocks in consecutive views.
 */
final class HotStuffOracle implements Oracle {
    private final ValidatorSet validators;
    private final HotStuffSettings.Variant variant;
    private final LeaderElection election;
    /** By view: the block that QCs name. */
    private @Nullable BlockId[] certified = new @Nullable BlockId[256];
    /** The last QC that was looked at: most come many times. */
    private @Nullable QC lastSeen;

    private final Map<BlockId, Block> blocks = new HashMap<>();
    private final SafetyRecord[] safety;
    private final Forgotten forgotten;

    HotStuffOracle(Trial trial, HotStuffSettings.Variant variant, LeaderElection election) {
        this.validators = trial.setup().validators();
        this.variant = variant;
        this.election = election;
        this.safety = new SafetyRecord[validators.size()];
        Arrays.fill(safety, SafetyRecord.INITIAL);
        this.forgotten = new Forgotten(trial, "view");
    }

    @Override
    public void stepped(int validator, Input input, List<Effect> effects) {
        if (input instanceof Input.Received received
                && received.message() instanceof HotStuffMessage.Proposal proposal) {
            blocks.putIfAbsent(proposal.block().id(), proposal.block());
        }
        for (int i = 0; i < effects.size(); i++) {
            switch (effects.get(i)) {
                case Effect.Broadcast broadcast -> said(validator, (HotStuffMessage) broadcast.message());
                case Effect.Send send -> said(validator, (HotStuffMessage) send.message());
                case Effect.Persist persist -> {
                    if (persist.record() instanceof SafetyRecord record) {
                        grows(validator, record);
                    }
                }
                default -> {}
            }
        }
    }

    private void said(int validator, HotStuffMessage message) {
        switch (message) {
            case HotStuffMessage.Proposal proposal -> {
                blocks.putIfAbsent(proposal.block().id(), proposal.block());
                require(validator, proposal.block().justify());
                if (proposal.block().proposer().index() == validator) {
                    forgotten.says(validator, proposal.block().view());
                }
            }
            case HotStuffMessage.Vote vote -> {
                justified(validator, vote);
                forgotten.says(validator, vote.view());
            }
            case HotStuffMessage.Timeout timeout -> {
                forgotten.says(validator, timeout.view());
                require(validator, timeout.highQc());
                if (timeout.highQc().view() < safety[validator].highQc().view()) {
                    throw new Violation(
                            "time-outs tell the highest QC",
                            "v" + validator + " reports view "
                                    + timeout.highQc().view() + " and knows view "
                                    + safety[validator].highQc().view());
                }
                requireTc(validator, timeout.entry());
            }
            case HotStuffMessage.Advance advance -> {
                require(validator, advance.highQc());
                requireTc(validator, advance.entry());
            }
            case HotStuffMessage.BlockRequest request -> {}
            case HotStuffMessage.BlockResponse response -> {}
        }
    }

    /** A quorum of distinct signers; one block for each view. */
    @SuppressWarnings("ReferenceEquality") // the very same object mostly; another equal one is looked at again
    private void require(int validator, QC qc) {
        if (qc == lastSeen || qc.view() == 0) {
            return;
        }
        lastSeen = qc;
        long power = 0;
        long seen = 0;
        for (int i = 0; i < qc.shares().size(); i++) {
            Share share = qc.shares().get(i);
            long bit = 1L << share.signer().index();
            power += (seen & bit) == 0 ? validators.power(share.signer()) : 0;
            seen |= bit;
        }
        if (power < validators.quorumPower()) {
            throw new Violation("QCs have a quorum", "v" + validator + " takes " + qc + " with power " + power);
        }
        int view = Math.toIntExact(qc.view());
        if (view >= certified.length) {
            certified = Arrays.copyOf(certified, Math.max(view + 1, certified.length * 2));
        }
        BlockId known = certified[view];
        if (known == null) {
            certified[view] = qc.block();
        } else if (!known.equals(qc.block())) {
            throw new Violation(
                    "QCs of a view name one block",
                    "view " + view + " certifies " + known + " and, as v" + validator + " knows, " + qc.block());
        }
    }

    private void requireTc(int validator, @Nullable TC tc) {
        if (tc != null && validators.powerOf(new ArrayList<>(tc.signers())) < validators.quorumPower()) {
            throw new Violation("TCs have a quorum", "v" + validator + " takes " + tc + " of " + tc.signers());
        }
    }

    private void grows(int validator, SafetyRecord now) {
        SafetyRecord before = safety[validator];
        if (now.lastVotedView() < before.lastVotedView()
                || now.lastTimeoutView() < before.lastTimeoutView()
                || now.lastProposedView() < before.lastProposedView()
                || now.locked().view() < before.locked().view()
                || now.highQc().view() < before.highQc().view()) {
            throw new Violation(
                    "what is voted, locked and known grows",
                    "v" + validator + " recorded " + before + " and then " + now);
        }
        require(validator, now.highQc());
        requireTc(validator, now.entry());
        safety[validator] = now;
    }

    /** The voting rule of the variant, seen from outside. */
    private void justified(int validator, HotStuffMessage.Vote vote) {
        SafetyRecord record = safety[validator];
        if (vote.view() <= record.lastTimeoutView()) {
            throw new Violation(
                    "no vote after a time-out",
                    "v" + validator + " votes in view " + vote.view() + " and gave up view "
                            + record.lastTimeoutView());
        }
        Block block = blocks.get(vote.block());
        if (block == null) {
            return;
        }
        require(validator, block.justify());
        requireLeader(validator, block);
        Block parent = blocks.get(block.parent());
        if (variant == HotStuffSettings.Variant.THREE_CHAIN
                && parent != null
                && record.locked().view() < parent.justify().view()) {
            throw new Violation(
                    "the lock is the parent of the newest certified block",
                    "v" + validator + " votes for " + block + " and is locked on view "
                            + record.locked().view());
        }
        if (variant == HotStuffSettings.Variant.THREE_CHAIN
                && block.justify().view() <= record.locked().view()
                && !isExtending(block, record.locked().block())) {
            throw new Violation(
                    "a vote extends the lock or has a newer QC",
                    "v" + validator + ", locked on view " + record.locked().view() + ", votes for " + block);
        }
    }

    private void requireLeader(int validator, Block block) {
        ValidatorId leader = null;
        if (block.justify().view() + 1 != block.view()) {
            leader = election.afterTimeout(validators, block.view());
        } else {
            Block parent = blocks.get(block.parent());
            if (parent != null) {
                leader = election.afterCertificate(validators, parent.header());
            }
        }
        if (leader != null && !leader.equals(block.proposer())) {
            throw new Violation(
                    "votes are for the leader's block",
                    "v" + validator + " votes in view " + block.view() + " for " + block + " although " + leader
                            + " leads");
        }
    }

    /** Where a block on the way was never seen here there is no verdict. */
    private boolean isExtending(Block block, BlockId ancestor) {
        Block target = blocks.get(ancestor);
        if (target == null) {
            return true;
        }
        for (Block at = block; at != null; at = blocks.get(at.parent())) {
            if (at.parent().equals(ancestor)) {
                return true;
            }
            if (at.height() <= target.height() + 1) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void decided(int validator, DecidedBlock block) {
        HotStuffCertificate certificate = (HotStuffCertificate) block.certificate();
        require(validator, certificate.qc());
        int length = variant == HotStuffSettings.Variant.TWO_CHAIN ? 2 : 3;
        List<Header> chain = new ArrayList<>(certificate.descendants());
        chain.addFirst(certificate.header());
        boolean consecutive = chain.size() >= length;
        for (int i = Math.max(1, chain.size() - length + 1); i < chain.size(); i++) {
            consecutive &= chain.get(i).view() == chain.get(i - 1).view() + 1;
        }
        if (!consecutive) {
            throw new Violation(
                    "a decision is a chain of consecutive views",
                    "v" + validator + " decided height " + block.height() + " by " + chain);
        }
    }

    @Override
    public void observed(int validator, Observation observation) {
        if (observation instanceof Observation.CertificateFormed formed) {
            long power = 0;
            for (ValidatorId signer : formed.signers()) {
                power += validators.power(signer);
            }
            if (power < validators.quorumPower()) {
                throw new Violation(
                        "certificates have a quorum",
                        "v" + validator + " formed a " + formed.kind() + " of view " + formed.view() + " from "
                                + formed.signers());
            }
        }
    }

    /**
     * In what views it spoke is remembered. Its lock and its highest QC are not: what its votes were good for is in the log below the block
     * that it begins with, or never will be, so that it need not hold on to it.
     */
    @Override
    public void lostDisk(int validator) {
        forgotten.lostDisk(validator);
    }

    /** What was durable is what counts; what was only written may be lost with no harm, since nothing of it was sent. */
    @Override
    public void restarted(int validator, Restored restored) {
        safety[validator] = SafetyRecord.INITIAL;
        restored.records().forEach(record -> {
            if (record instanceof SafetyRecord found) {
                safety[validator] = found;
            }
        });
    }
}
