/**
 * Cryptography of which n parties hold a share each: any {@code threshold} of them together do what fewer cannot. A common coin and
 * certificates come from its signatures, censorship resilience from its encryption. Begin with
 * {@link dev.parley.crypto.threshold.ThresholdKeys}.
 */
@NullMarked
package dev.parley.crypto.threshold;

import org.jspecify.annotations.NullMarked;
