package dev.parley.tendermint;

import dev.parley.consensus.Effect;
import dev.parley.consensus.Outbox;
import dev.parley.tendermint.TendermintMessage.Vote;

/**
 * The height that was decided last: precommits that come late still enter its certificate while there is time, and who had its votes a moment
 * too late still gets its block.
 */
final class LastCommit {
    private final Block block;
    private final int round;
    private final VoteSet precommits;
    private int certified;

    /** @param precommits of the deciding round, a quorum of them for the block */
    LastCommit(Block block, int round, VoteSet precommits) {
        this.block = block;
        this.round = round;
        this.precommits = precommits;
        this.certified = count();
    }

    Block block() {
        return block;
    }

    boolean isAbout(Vote vote) {
        return vote.kind() == VoteKind.PRECOMMIT
                && vote.height() == block.header().height()
                && vote.round() == round;
    }

    VoteSet precommits() {
        return precommits;
    }

    TendermintCertificate certificate() {
        return new TendermintCertificate(
                block.header(),
                precommits.certificate(VoteKind.PRECOMMIT, block.header().height(), round, block.id()));
    }

    /** Asks for the certificate to be kept if it has grown, and nothing more can be waited for or the time is over. */
    void certify(boolean timeIsOver, int validators, Outbox outbox) {
        int now = count();
        if (now > certified && (timeIsOver || now == validators)) {
            certified = now;
            outbox.add(new Effect.Certify(block.header().height(), certificate()));
        }
    }

    private int count() {
        return precommits.votersFor(block.id()).size();
    }
}
