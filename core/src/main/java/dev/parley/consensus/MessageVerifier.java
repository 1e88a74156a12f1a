package dev.parley.consensus;

import org.jspecify.annotations.Nullable;

/**
 * Checks all of a message that can be checked without the core's state: structure, bounds, signatures, certificates. Runs outside
 * the core on several threads at once; never throws, whatever the message. It may remember certificates that it found good.
 */
@FunctionalInterface
public interface MessageVerifier {
    /**
     * @param from the authenticated peer that sent the message
     * @return null if the core may see the message, else why not
     */
    @Nullable Refusal verify(ValidatorId from, ConsensusMessage message);
}
