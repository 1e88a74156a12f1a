/**
 * How validators reach each other. A {@link dev.parley.network.Network} moves {@link dev.parley.network.PeerMessage}s and knows
 * nothing of what they mean; it may lose, delay and repeat them. Begin with {@link dev.parley.network.Network}.
 */
@NullMarked
package dev.parley.network;

import org.jspecify.annotations.NullMarked;
