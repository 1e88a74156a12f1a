/**
 * How validators reach each other. A {@link dev.parley.network.Network} moves {@link dev.parley.network.PeerMessage}s and knows
 * nothing of what they mean; it may lose, delay and repeat them. {@code LocalNetwork} is for
 * one process, {@code cluster} for many, with the links of {@code secure}. Begin with {@link dev.parley.network.Network}.
 */
@NullMarked
package dev.parley.network;

import org.jspecify.annotations.NullMarked;
