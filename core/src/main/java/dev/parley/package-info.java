/** Where users begin: {@link dev.parley.LocalCluster} starts validators in one process and gives out clients. */
@NullMarked
package dev.parley;

import org.jspecify.annotations.NullMarked;
