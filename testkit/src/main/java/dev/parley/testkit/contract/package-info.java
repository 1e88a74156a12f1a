/**
 * What every protocol must do, as tests that know none of them. {@link dev.parley.testkit.contract.ConsensusProtocolContract} holds a
 * protocol against the consensus seam, in one thread and in virtual time; {@link dev.parley.testkit.contract.ReplicatedLogContract} runs
 * live clusters of it and looks at them as applications and clients do. A protocol passes if a test class that extends each of them does.
 * May know the simulator, the behaviours and the whole core; needs JUnit Jupiter, AssertJ and Awaitility.
 */
@NullMarked
package dev.parley.testkit.contract;

import org.jspecify.annotations.NullMarked;
