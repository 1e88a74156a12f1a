package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.ValidatorId;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes blocks, votes and certificates with the keys of all validators of a cluster. */
final class Fixture {
    final ConsensusSetup[] setups;
    final HotStuffStatements statements;

    Fixture(TestCluster cluster) {
        setups = cluster.setups;
        statements = new HotStuffStatements(setups[0].domain());
    }

    static ValidatorId v(int index) {
        return new ValidatorId(index);
    }

    static CommandBatch payload(long time) {
        return new CommandBatch(
                time, List.of(new Command(new CommandId(new ClientId(1, 2), time + 1), 1, 1000, new byte[] {7})));
    }

    Block block(Header parent, QC justify, long view, int proposer, List<Suspect> suspects) {
        return new Block(parent.height() + 1, view, v(proposer), justify, suspects, payload(view));
    }

    Vote vote(int voter, long view, BlockId block) {
        return new Vote(view, block, v(voter), setups[voter].signer().sign(statements.vote(view, block)));
    }

    QC qc(long view, BlockId block, int... voters) {
        List<Share> shares = new ArrayList<>();
        for (int voter : voters) {
            shares.add(new Share(v(voter), vote(voter, view, block).signature()));
        }
        return new QC(view, block, shares);
    }

    QC qc(Block block) {
        return qc(block.view(), block.id(), 0, 1, 2);
    }

    Timeout timeout(int voter, long view, QC highQc, @Nullable TC entry) {
        return new Timeout(
                view, highQc, entry, v(voter), setups[voter].signer().sign(statements.timeout(view, highQc.view())));
    }

    /** A TC in which all report the same QC. */
    TC tc(long view, QC highQc, int... voters) {
        List<TC.Report> reports = new ArrayList<>();
        for (int voter : voters) {
            reports.add(new TC.Report(
                    v(voter), highQc.view(), timeout(voter, view, highQc, null).signature()));
        }
        return new TC(view, reports, highQc);
    }

    Proposal proposal(Block block, @Nullable TC entry) {
        return proposal(block, entry, block.proposer().index());
    }

    Proposal proposal(Block block, @Nullable TC entry, int signer) {
        return new Proposal(block, entry, setups[signer].signer().sign(statements.proposal(block.view(), block.id())));
    }
}
