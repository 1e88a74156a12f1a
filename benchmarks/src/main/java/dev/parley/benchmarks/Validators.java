package dev.parley.benchmarks;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.hotstuff.Block;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffStatements;
import dev.parley.hotstuff.QC;
import dev.parley.hotstuff.Share;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandPayloads;
import java.util.ArrayList;
import java.util.List;

/** All validators of one set, with their keys. Immutable. */
final class Validators {
    private final List<ConsensusSetup> setups = new ArrayList<>();
    private final HotStuffStatements statements;

    /** @param size 4 or more, below 128 */
    Validators(int size, SignatureScheme scheme) {
        List<Signer> signers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            byte[] secret = new byte[Ed25519.SECRET_BYTES];
            secret[0] = (byte) (i + 1);
            signers.add(scheme.signer(secret));
        }
        ValidatorSet set =
                ValidatorSet.of(scheme, signers.stream().map(Signer::publicKey).toList());
        SigningDomain domain = new SigningDomain("benchmark", 0);
        for (int i = 0; i < size; i++) {
            setups.add(new ConsensusSetup(
                    new ValidatorId(i), set, domain, scheme, signers.get(i), CommandPayloads.INSTANCE));
        }
        statements = new HotStuffStatements(domain);
    }

    int size() {
        return setups.size();
    }

    ConsensusSetup setup(int index) {
        return setups.get(index);
    }

    /** Signed by the first validators, as many as a quorum takes. */
    QC qc(long view, BlockId block) {
        byte[] statement = statements.vote(view, block);
        List<Share> shares = new ArrayList<>();
        long quorum = setups.getFirst().validators().quorumPower();
        for (int i = 0; i < quorum; i++) {
            shares.add(new Share(new ValidatorId(i), setups.get(i).signer().sign(statement)));
        }
        return new QC(view, block, shares);
    }

    /** The second block of a log, with the QC of the first. */
    Proposal proposal(CommandBatch payload) {
        Block first = new Block(1, 1, new ValidatorId(0), QC.GENESIS, List.of(), payload);
        Block second = new Block(2, 2, new ValidatorId(1), qc(1, first.id()), List.of(), payload);
        return new Proposal(second, null, setups.get(1).signer().sign(statements.proposal(second.view(), second.id())));
    }
}
