package dev.parley.testkit.sim;

import dev.parley.crypto.SignatureScheme;
import dev.parley.mempool.MempoolSettings;
import java.util.List;

/**
 * How a cluster runs that is to be measured rather than tested: over given links, told to a meter, held against no oracle, and with nothing
 * shared between validators that would hide what each of them does.
 *
 * @param schemes one for each validator; what one signs the others must be able to verify
 * @param pool the same for all validators
 * @param patience timers run so many times as long as the protocol asks for, 1 or more: as if longer time-outs had been configured,
 *     whatever the protocol calls them
 */
public record Measurement(Links links, Meter meter, List<SignatureScheme> schemes, MempoolSettings pool, int patience) {
    public Measurement {
        schemes = List.copyOf(schemes);
        if (schemes.size() != links.size()) {
            throw new IllegalArgumentException(
                    schemes.size() + " schemes for " + links.size() + " validators: give one for each");
        }
        if (patience < 1) {
            throw new IllegalArgumentException("patience is 1 or more, not " + patience);
        }
    }
}
