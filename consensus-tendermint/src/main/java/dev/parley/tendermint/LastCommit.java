package dev.parley.tendermint;

import dev.parley.consensus.Effect;
import dev.parley.consensus.Outbox;
import dev.parley.tendermint.TendermintMessage.Vote;

/** The precommits of the height that was decided last: those that come late still enter its certificate while there is time. */
final class LastCommit {
    private final Header header;
    private final int round;
    private final VoteSet precommits;
    private int certified;

    /** @param precommits of the deciding round, a quorum of them for the block */
    LastCommit(Header header, int round, VoteSet precommits) {
        this.header = header;
        this.round = round;
        this.precommits = precommits;
        this.certified = count();
    }

    Header header() {
        return header;
    }

    boolean isAbout(Vote vote) {
        return vote.kind() == VoteKind.PRECOMMIT && vote.height() == header.height() && vote.round() == round;
    }

    VoteSet precommits() {
        return precommits;
    }

    TendermintCertificate certificate() {
        return new TendermintCertificate(
                header, precommits.certificate(VoteKind.PRECOMMIT, header.height(), round, header.id()));
    }

    /** Asks for the certificate to be kept if it has grown, and nothing more can be waited for or the time is over. */
    void certify(boolean timeIsOver, int validators, Outbox outbox) {
        int now = count();
        if (now > certified && (timeIsOver || now == validators)) {
            certified = now;
            outbox.add(new Effect.Certify(header.height(), certificate()));
        }
    }

    private int count() {
        return precommits.votersFor(header.id()).size();
    }
}
