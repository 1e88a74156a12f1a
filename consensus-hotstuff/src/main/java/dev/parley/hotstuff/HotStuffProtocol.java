package dev.parley.hotstuff;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.MessageVerifier;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HotStuff with its settings and its rules. Immutable, thread-safe. */
public final class HotStuffProtocol implements ConsensusProtocol {
    static final String NAME = "hotstuff";

    private final HotStuffSettings settings;
    private final HotStuffRules rules;

    /** With the rules that the settings name. */
    public HotStuffProtocol(HotStuffSettings settings) {
        this(settings, HotStuffRules.of(settings));
    }

    /** @param rules take precedence over the settings; for variants, and for tests that break a rule on purpose */
    public HotStuffProtocol(HotStuffSettings settings, HotStuffRules rules) {
        this.settings = settings;
        this.rules = rules;
    }

    public HotStuffSettings settings() {
        return settings;
    }

    public HotStuffRules rules() {
        return rules;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** It enters a view by a quorum of the one before: no later view than that of a block that was made afterwards. */
    @Override
    public int heightsSpokenAhead() {
        return 0;
    }

    @Override
    public Map<String, String> sharedSettings() {
        return Map.of(
                "parley.consensus.hotstuff.variant", hyphened(settings.variant()),
                "parley.consensus.hotstuff.leader-election", hyphened(settings.election()),
                "parley.consensus.hotstuff.views-per-leader", Integer.toString(settings.viewsPerLeader()));
    }

    /** As in the configuration. */
    private static String hyphened(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public ConsensusCore createCore(ConsensusSetup setup) {
        return new HotStuffCore(setup, settings, rules);
    }

    @Override
    public MessageVerifier createVerifier(ConsensusSetup setup) {
        return new HotStuffVerifier(setup, rules);
    }

    @Override
    public MessageCodec createCodec(ConsensusSetup setup) {
        return new HotStuffCodec(setup.payloads());
    }

    @Override
    public @Nullable String refuteDecision(ConsensusSetup setup, DecidedBlock block) {
        return DecisionProof.refute(new CertificateCheck(setup, rules), rules.commit(), block);
    }

    @Override
    public boolean convicts(ConsensusSetup setup, Evidence evidence) {
        return new HotStuffStatements(setup.domain())
                        .contradict(
                                evidence.first().statement(), evidence.second().statement())
                && evidence.isSignedByCulprit(setup.validators(), setup.scheme());
    }
}
