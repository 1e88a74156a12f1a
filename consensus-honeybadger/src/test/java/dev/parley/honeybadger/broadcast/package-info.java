/** Tests of the reliable broadcast, alone and between Byzantine validators; begin with {@code BroadcastNetwork}. */
@NullMarked
package dev.parley.honeybadger.broadcast;

import org.jspecify.annotations.NullMarked;
