@NullMarked
package dev.parley.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
