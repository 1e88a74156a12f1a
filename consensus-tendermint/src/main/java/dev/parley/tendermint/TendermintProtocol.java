package dev.parley.tendermint;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.MessageVerifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tendermint with its settings and its rules. Immutable, thread-safe. */
public final class TendermintProtocol implements ConsensusProtocol {
    static final String NAME = "tendermint";

    private final TendermintSettings settings;
    private final TendermintRules rules;

    /** By the paper. */
    public TendermintProtocol(TendermintSettings settings) {
        this(settings, TendermintRules.PAPER);
    }

    /** @param rules for tests that break a rule on purpose */
    public TendermintProtocol(TendermintSettings settings, TendermintRules rules) {
        this.settings = settings;
        this.rules = rules;
    }

    public TendermintSettings settings() {
        return settings;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String viewName(long view) {
        return Views.name(view);
    }

    /** It signs for the height above its log, and for no other. */
    @Override
    public int heightsSpokenAhead() {
        return 0;
    }

    @Override
    public Map<String, String> sharedSettings() {
        return Map.of("parley.consensus.tendermint.part-bytes", Integer.toString(settings.partBytes()));
    }

    @Override
    public ConsensusCore createCore(ConsensusSetup setup) {
        return new TendermintCore(setup, settings, rules);
    }

    @Override
    public MessageVerifier createVerifier(ConsensusSetup setup) {
        return new TendermintVerifier(setup, settings, rules);
    }

    @Override
    public MessageCodec createCodec(ConsensusSetup setup) {
        return new TendermintCodec(setup.payloads());
    }

    @Override
    public @Nullable String refuteDecision(ConsensusSetup setup, DecidedBlock block) {
        if (!(block.certificate() instanceof TendermintCertificate(Header header, VoteCertificate commit))) {
            return "not a certificate of Tendermint";
        }
        if (!header.id().equals(block.id())
                || header.height() != block.height()
                || !header.parent().equals(block.parent())
                || !header.proposer().equals(block.proposer())
                || Views.of(header.height(), header.round()) != block.view()) {
            return "the certificate is for another block: " + header;
        }
        if (!Parts.commits(header, block.payload(), settings.partBytes())) {
            return "the payload is not the one that was decided";
        }
        if (commit.kind() != VoteKind.PRECOMMIT
                || commit.height() != header.height()
                || commit.round() < header.round()
                || !commit.block().equals(header.id())) {
            return commit + " do not decide " + header;
        }
        return new CertificateCheck(setup, rules).refuse(commit);
    }

    @Override
    public boolean convicts(ConsensusSetup setup, Evidence evidence) {
        return new TendermintStatements(setup.domain())
                        .contradict(
                                evidence.first().statement(), evidence.second().statement())
                && evidence.isSignedByCulprit(setup.validators(), setup.scheme());
    }
}
