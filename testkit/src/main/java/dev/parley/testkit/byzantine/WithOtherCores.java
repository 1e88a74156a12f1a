package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.MessageVerifier;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A protocol that is another one in all but its cores. */
public record WithOtherCores(ConsensusProtocol original, Function<ConsensusSetup, ConsensusCore> cores)
        implements ConsensusProtocol {
    /** The protocol under all that replaces its cores. */
    public static ConsensusProtocol innermost(ConsensusProtocol protocol) {
        ConsensusProtocol at = protocol;
        while (at instanceof WithOtherCores replaced) {
            at = replaced.original();
        }
        return at;
    }

    @Override
    public String name() {
        return original.name();
    }

    @Override
    public String viewName(long view) {
        return original.viewName(view);
    }

    @Override
    public boolean hasLeaders() {
        return original.hasLeaders();
    }

    @Override
    public boolean countsPower() {
        return original.countsPower();
    }

    @Override
    public OptionalInt thresholdKeys(int validators) {
        return original.thresholdKeys(validators);
    }

    @Override
    public boolean gossipsCommands() {
        return original.gossipsCommands();
    }

    @Override
    public Map<String, String> sharedSettings() {
        return original.sharedSettings();
    }

    @Override
    public int heightsSpokenAhead() {
        return original.heightsSpokenAhead();
    }

    @Override
    public ConsensusCore createCore(ConsensusSetup setup) {
        return cores.apply(setup);
    }

    @Override
    public MessageVerifier createVerifier(ConsensusSetup setup) {
        return original.createVerifier(setup);
    }

    @Override
    public MessageCodec createCodec(ConsensusSetup setup) {
        return original.createCodec(setup);
    }

    @Override
    public @Nullable String refuteDecision(ConsensusSetup setup, DecidedBlock block) {
        return original.refuteDecision(setup, block);
    }

    @Override
    public boolean convicts(ConsensusSetup setup, Evidence evidence) {
        return original.convicts(setup, evidence);
    }
}
