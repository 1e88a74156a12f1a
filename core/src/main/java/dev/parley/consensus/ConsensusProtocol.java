package dev.parley.consensus;

import org.jspecify.annotations.Nullable;

/** A consensus protocol with its parameters: makes cores and all that a shell needs to serve them. Immutable, thread-safe. */
public interface ConsensusProtocol {
    /** As in {@code parley.consensus.protocol}. */
    String name();

    /** What people call a view, round or epoch by the number that blocks, reports and observations give it. */
    default String viewName(long view) {
        return "view " + view;
    }

    ConsensusCore createCore(ConsensusSetup setup);

    MessageVerifier createVerifier(ConsensusSetup setup);

    MessageCodec createCodec(ConsensusSetup setup);

    /**
     * Whether a block's certificate proves that it is decided, all of it: id, height, parent, payload. Needs no state but the
     * validator set; never throws.
     *
     * @return null if it does, else what is wrong
     */
    @Nullable String refuteDecision(ConsensusSetup setup, DecidedBlock block);

    /**
     * Whether the evidence convicts its culprit: that is one of the validators, both signatures hold, and no correct validator signs
     * both statements. Called on several threads at once with what strangers sent; never throws.
     */
    boolean convicts(ConsensusSetup setup, Evidence evidence);
}
