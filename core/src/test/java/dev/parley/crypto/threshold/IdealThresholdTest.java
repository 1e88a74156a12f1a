package dev.parley.crypto.threshold;

import java.util.List;

final class IdealThresholdTest extends ThresholdContract {
    @Override
    List<ThresholdSetup> deal(int n, int threshold, long seed) {
        return IdealThreshold.deal(n, threshold, seed);
    }

    @Override
    byte[] garbage(ThresholdKeys keys) {
        return ((IdealThreshold) keys).encryptGarbage(LABEL, new byte[32]);
    }
}
