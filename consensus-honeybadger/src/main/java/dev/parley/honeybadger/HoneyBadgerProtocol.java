package dev.parley.honeybadger;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.PublicKey;
import dev.parley.honeybadger.HoneyBadgerCertificate.Share;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** HoneyBadgerBFT with its settings and its rules. Validators are equal: powers do not count. Immutable, thread-safe. */
public final class HoneyBadgerProtocol implements ConsensusProtocol {
    static final String NAME = "honeybadger";
    /** Reed-Solomon shards are numbered by a byte. */
    static final int MAX_VALIDATORS = 255;

    private final HoneyBadgerSettings settings;
    private final HoneyBadgerRules rules;

    /** By the paper. */
    public HoneyBadgerProtocol(HoneyBadgerSettings settings) {
        this(settings, HoneyBadgerRules.PAPER);
    }

    /** @param rules for tests that break a rule on purpose */
    public HoneyBadgerProtocol(HoneyBadgerSettings settings, HoneyBadgerRules rules) {
        this.settings = settings;
        this.rules = rules;
    }

    public HoneyBadgerSettings settings() {
        return settings;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String viewName(long view) {
        return "epoch " + view;
    }

    @Override
    public boolean hasLeaders() {
        return false;
    }

    /** Each has one share of the keys. */
    @Override
    public boolean countsPower() {
        return false;
    }

    /** f + 1: fewer shares, which might all be of faulty validators, neither toss a coin nor decrypt. */
    @Override
    public OptionalInt thresholdKeys(int validators) {
        if (validators > MAX_VALIDATORS) {
            throw new IllegalArgumentException("HoneyBadgerBFT takes at most " + MAX_VALIDATORS
                    + " validators, since shards are numbered by a byte; not " + validators);
        }
        return OptionalInt.of((validators - 1) / 3 + 1);
    }

    /** What is encrypted so that nobody can leave it out for its content must not go round in the clear before. */
    @Override
    public boolean gossipsCommands() {
        return false;
    }

    @Override
    public int heightsSpokenAhead() {
        return rules.heightsSpokenAhead();
    }

    @Override
    public Map<String, String> sharedSettings() {
        return Map.of("parley.consensus.honeybadger.max-proposal-bytes", Integer.toString(settings.maxProposalBytes()));
    }

    @Override
    public ConsensusCore createCore(ConsensusSetup setup) {
        return new HoneyBadgerCore(setup, settings, rules);
    }

    /** @throws IllegalArgumentException if powers differ: quorums here count heads */
    static void requireEqual(ValidatorSet validators) {
        long power = validators.power(new ValidatorId(0));
        for (Validator validator : validators.validators()) {
            if (validator.power() != power) {
                throw new IllegalArgumentException("HoneyBadgerBFT takes validators of equal power, and "
                        + validator.id() + " has " + validator.power() + " where v0 has " + power
                        + "; give all the same, or choose hotstuff or tendermint");
            }
        }
    }

    @Override
    public MessageVerifier createVerifier(ConsensusSetup setup) {
        return new HoneyBadgerVerifier(setup, settings);
    }

    @Override
    public MessageCodec createCodec(ConsensusSetup setup) {
        return new HoneyBadgerCodec(setup.validators().size(), settings.maxProposalBytes());
    }

    @Override
    public @Nullable String refuteDecision(ConsensusSetup setup, DecidedBlock block) {
        if (!(block.certificate() instanceof HoneyBadgerCertificate(Header header, List<Share> shares))) {
            return "not a certificate of HoneyBadgerBFT";
        }
        if (!header.id().equals(block.id())
                || header.epoch() != block.height()
                || header.epoch() != block.view()
                || !header.parent().equals(block.parent())
                || !header.proposer().equals(block.proposer())) {
            return "the certificate is for another block: " + header;
        }
        if (!header.payload().equals(block.payload().digest())) {
            return "the payload is not the one that was decided";
        }
        if (header.epoch() < 1 || header.epoch() >= HoneyBadgerMessage.MAX_EPOCH) {
            return "there is no epoch " + header.epoch();
        }
        int needed = HoneyBadgerRules.PAPER.votesToDecide(setup.validators());
        if (shares.size() < needed) {
            return shares.size() + " signatures of " + needed;
        }
        byte[] statement = new HoneyBadgerStatements(setup.domain()).vote(header.epoch(), header.id());
        int last = -1;
        for (Share share : shares) {
            if (!setup.validators().contains(share.signer())) {
                return share.signer() + " is not of the validator set";
            }
            if (share.signer().index() <= last) {
                return share.signer() + " is not above the signer before it";
            }
            last = share.signer().index();
            PublicKey key = setup.validators().key(share.signer());
            if (!setup.scheme().verify(key, statement, share.signature())) {
                return "the signature of " + share.signer() + " under " + header + " is wrong";
            }
        }
        return null;
    }

    @Override
    public boolean convicts(ConsensusSetup setup, Evidence evidence) {
        return convictsBy(setup, evidence);
    }

    static boolean convictsBy(ConsensusSetup setup, Evidence evidence) {
        return new HoneyBadgerStatements(setup.domain())
                        .contradict(
                                evidence.first().statement(), evidence.second().statement())
                && evidence.isSignedByCulprit(setup.validators(), setup.scheme());
    }
}
