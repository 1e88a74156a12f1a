package dev.parley.consensus;

import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A consensus protocol with its parameters: makes cores and all that a shell needs to serve them. Immutable, thread-safe. */
public interface ConsensusProtocol {
    /** As in {@code parley.consensus.protocol}. */
    String name();

    /** What people call a view, round or epoch by the number that blocks, reports and observations give it. */
    default String viewName(long view) {
        return "view " + view;
    }

    /** Whether each view has a leader, whose block it is; else a block is of many, and who leads it says little. */
    default boolean hasLeaders() {
        return true;
    }

    /** Whether validators may have different voting powers, of which quorums are made; else all must have the same. */
    default boolean countsPower() {
        return true;
    }

    /**
     * Whether cores need {@link ConsensusSetup#threshold}.
     *
     * @return how many shares the keys of so many validators must take, 1 to {@code validators}; empty for no such keys
     */
    default OptionalInt thresholdKeys(int validators) {
        return OptionalInt.empty();
    }

    /**
     * Whether validators tell each other of the commands that clients bring, before these are ordered. A protocol with leaders needs it:
     * the next one must know them. One in which everybody proposes, and nobody can read it too early, needs that they do not.
     */
    default boolean gossipsCommands() {
        return true;
    }

    /**
     * The parameters that must be the same at all validators, by their names in the configuration, each value in one form: peers that
     * have others are not let in.
     */
    default Map<String, String> sharedSettings() {
        return Map.of();
    }

    /**
     * How far a core speaks ahead of its log. Let a validator have said things and forgotten all of it, and let B be a block of which it knows
     * that it was made after that. So many blocks above B, a new core that begins with that log and no records must say nothing in the
     * place of what was said before.
     *
     * @return 0 where a core that begins with B in its log is past every height or view of which a former one can have spoken
     */
    int heightsSpokenAhead();

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
