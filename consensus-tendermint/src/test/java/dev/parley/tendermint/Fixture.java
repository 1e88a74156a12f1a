package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Payload;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.log.CommandPayloads;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The keys of all validators of a cluster, and the blocks, votes and certificates that can be made with them. */
final class Fixture {
    final ConsensusSetup[] setups;
    final ValidatorSet validators;
    final ProposerSchedule schedule;
    final TendermintStatements statements;
    final TendermintSettings settings;

    /** Four validators of power 1, the settings as they are by default. */
    Fixture() {
        this(TendermintSettings.DEFAULTS, 1, 1, 1, 1);
    }

    Fixture(TendermintSettings settings, long... powers) {
        this.settings = settings;
        IdealSignatures scheme = new IdealSignatures();
        List<Signer> signers = new ArrayList<>();
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < powers.length; i++) {
            byte[] secret = new byte[IdealSignatures.SECRET_BYTES];
            secret[0] = (byte) i;
            secret[1] = (byte) (i >> 8);
            signers.add(scheme.signer(secret));
            keys.add(signers.get(i).publicKey());
        }
        validators = ValidatorSet.of(scheme, keys, powers);
        schedule = new ProposerSchedule(validators);
        setups = new ConsensusSetup[powers.length];
        for (int i = 0; i < powers.length; i++) {
            setups[i] = new ConsensusSetup(
                    v(i), validators, new SigningDomain("test", 0), scheme, signers.get(i), CommandPayloads.INSTANCE);
        }
        statements = new TendermintStatements(setups[0].domain());
    }

    static ValidatorId v(int index) {
        return new ValidatorId(index);
    }

    TendermintProtocol protocol() {
        return new TendermintProtocol(settings);
    }

    /** @param number tells payloads apart */
    static CommandBatch payload(int number) {
        return payload(number, 1);
    }

    /** Random bytes, so that no two parts of it are alike. */
    static CommandBatch payload(int number, int commandBytes) {
        byte[] content = new byte[commandBytes];
        new Random(number).nextBytes(content);
        return new CommandBatch(
                number, List.of(new Command(new CommandId(new ClientId(1, 2), number + 1), 1, 1000, content)));
    }

    /** A block by whoever is to propose it. */
    Block block(long height, BlockId parent, int round, Payload payload) {
        return block(height, parent, schedule.proposer(height, round), round, payload);
    }

    Block block(long height, BlockId parent, ValidatorId proposer, int round, Payload payload) {
        return new Block(
                new Header(
                        height,
                        parent,
                        proposer,
                        round,
                        Parts.commitment(payload, settings.partBytes()),
                        payload.sizeBytes()),
                payload);
    }

    /** A block of height 1 by whoever is to propose it. */
    Block block(int round, int number) {
        return block(1, BlockId.GENESIS, round, payload(number));
    }

    /** A fresh proposal by who made the block, in the round in which it was made. */
    Proposal proposal(Block block) {
        return proposal(block, block.header().round(), -1, null);
    }

    /** By whoever is to propose in the round. */
    Proposal proposal(Block block, int round, int validRound, @Nullable VoteCertificate polka) {
        return proposal(
                block,
                round,
                validRound,
                polka,
                schedule.proposer(block.header().height(), round));
    }

    Proposal proposal(Block block, int round, int validRound, @Nullable VoteCertificate polka, ValidatorId proposer) {
        Header header = block.header();
        boolean whole = Parts.count(header.payloadBytes(), settings.partBytes()) == 1;
        return new Proposal(
                header,
                round,
                validRound,
                proposer,
                polka,
                whole ? block.payload() : null,
                setups[proposer.index()]
                        .signer()
                        .sign(statements.proposal(header.height(), round, validRound, block.id())));
    }

    Vote vote(VoteKind kind, int voter, long height, int round, BlockId block) {
        return new Vote(
                kind,
                height,
                round,
                block,
                v(voter),
                setups[voter].signer().sign(statements.vote(kind, height, round, block)));
    }

    Vote prevote(int voter, int round, BlockId block) {
        return vote(VoteKind.PREVOTE, voter, 1, round, block);
    }

    Vote precommit(int voter, int round, BlockId block) {
        return vote(VoteKind.PRECOMMIT, voter, 1, round, block);
    }

    VoteCertificate certificate(VoteKind kind, long height, int round, BlockId block, int... voters) {
        List<Share> shares = new ArrayList<>();
        for (int voter : voters) {
            shares.add(
                    new Share(v(voter), vote(kind, voter, height, round, block).signature()));
        }
        return new VoteCertificate(kind, height, round, block, shares);
    }

    /** Prevotes of the first three for a block of height 1. */
    VoteCertificate polka(int round, BlockId block) {
        return certificate(VoteKind.PREVOTE, 1, round, block, 0, 1, 2);
    }

    /** Decided in the round in which it was made, by the first three. */
    DecidedBlock decided(Block block) {
        Header header = block.header();
        return new DecidedBlock(
                header.height(),
                block.id(),
                header.parent(),
                header.proposer(),
                Views.of(header.height(), header.round()),
                block.payload(),
                new TendermintCertificate(
                        header, certificate(VoteKind.PRECOMMIT, header.height(), header.round(), block.id(), 0, 1, 2)));
    }
}
