/** The two networks between processes, side by side. */
@NullMarked
package dev.parley.benchmarks.networks;

import org.jspecify.annotations.NullMarked;
