/**
 * Scenarios: text files that say what happens to a cluster, with the transcript that each protocol must give kept beside it. A change
 * of behaviour is a difference that a person can read. Begin with {@link dev.parley.testkit.scenario.Scenario}.
 */
@NullMarked
package dev.parley.testkit.scenario;

import org.jspecify.annotations.NullMarked;
