package dev.parley.testkit.check;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Restored;
import dev.parley.crypto.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * Agreement, total order, no gaps, chain linkage, certificates that prove the decision: one log, of which each validator has a prefix, or
 * what follows a snapshot of a prefix.
 */
public final class AgreementOracle implements Oracle {
    private final Trial trial;
    private final List<BlockId> log = new ArrayList<>();
    private final List<Digest> payloads = new ArrayList<>();
    private final long[] heights;

    public AgreementOracle(Trial trial) {
        this.trial = trial;
        this.heights = new long[trial.validators()];
    }

    @Override
    public void decided(int validator, DecidedBlock block) {
        long height = block.height();
        if (height != heights[validator] + 1) {
            throw new Violation(
                    "total order",
                    "v" + validator + " decided height " + height + " after height " + heights[validator]);
        }
        heights[validator] = height;
        int index = Math.toIntExact(height - 1);
        BlockId parent = index == 0 ? BlockId.GENESIS : log.get(index - 1);
        if (!block.parent().equals(parent)) {
            throw new Violation(
                    "chain linkage",
                    "v" + validator + " decided " + block.id() + " at height " + height + " on " + block.parent()
                            + " and not on " + parent);
        }
        if (index == log.size()) {
            log.add(block.id());
            payloads.add(block.payload().digest());
        } else if (!log.get(index).equals(block.id())
                || !payloads.get(index).equals(block.payload().digest())) {
            throw new Violation(
                    "agreement",
                    "v" + validator + " decided " + block.id() + " at height " + height + " where others decided "
                            + log.get(index));
        }
        String objection = trial.protocol().refuteDecision(trial.setup(), block);
        if (objection != null) {
            throw new Violation(
                    "certificates",
                    "v" + validator + " decided height " + height + " by a certificate that proves nothing: "
                            + objection);
        }
    }

    @Override
    public void installed(int validator, DecidedBlock block) {
        if (block.height() <= heights[validator]
                || block.height() > log.size()
                || !log.get(Math.toIntExact(block.height() - 1)).equals(block.id())) {
            throw new Violation(
                    "agreement",
                    "v" + validator + " had decided height " + heights[validator] + " and goes on from " + block.id()
                            + " of height " + block.height() + ", which is not what others decided");
        }
        heights[validator] = block.height();
    }

    /** It follows the same log once more. */
    @Override
    public void lostDisk(int validator) {
        heights[validator] = 0;
    }

    /** What was told as decided was durable, so a restart finds at least that. */
    @Override
    public void restarted(int validator, Restored restored) {
        DecidedBlock last = restored.lastDecided();
        long found = last == null ? 0 : last.height();
        if (found < heights[validator]) {
            throw new Violation(
                    "durability",
                    "v" + validator + " had decided height " + heights[validator] + " and finds " + found
                            + " after a restart");
        }
    }
}
