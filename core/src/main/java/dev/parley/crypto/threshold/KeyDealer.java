package dev.parley.crypto.threshold;

import java.util.List;

/** Makes the threshold keys of a committee: whoever does it knows all secrets, so this is for clusters in one process. */
@FunctionalInterface
public interface KeyDealer {
    /**
     * @param chainId what the keys are for, so that those of two chains differ even where nothing is random
     * @return one for each party, in their order
     */
    List<ThresholdSetup> deal(String chainId, int size, int threshold);
}
