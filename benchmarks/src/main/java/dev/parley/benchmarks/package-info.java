/**
 * What one command and one block cost, part by part, in one thread: where the time goes before anybody makes it go elsewhere. Knows
 * {@code core} and HotStuff by what they offer in public. Begin with {@link dev.parley.benchmarks.Workload}; {@code docs/benchmarks.md}
 * has the results and the way to get them.
 */
@NullMarked
package dev.parley.benchmarks;

import org.jspecify.annotations.NullMarked;
