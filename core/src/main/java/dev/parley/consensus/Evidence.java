package dev.parley.consensus;

import dev.parley.crypto.SignedStatement;

/**
 * Two statements that no correct validator signs both. Anybody who knows the culprit's key can check the signatures; the
 * protocol's {@link ConsensusProtocol#convicts} says whether the statements contradict each other.
 *
 * @param offence what was done, in the protocol's words, such as {@code two votes in view 7}
 */
public record Evidence(ValidatorId culprit, String offence, SignedStatement first, SignedStatement second) {
    @Override
    public String toString() {
        return culprit + ": " + offence;
    }
}
