/**
 * Links between two validators that prove who speaks, over any transport that may lose, repeat, reorder, forge and read along: a
 * handshake signed by the validators' own keys, a session of numbered and authenticated frames, and a window that keeps what was sent
 * until it is acknowledged and sends it again, across reconnects and restarts. Knows no transport and no actor; time comes in as a
 * parameter. Begin with {@link dev.parley.network.secure.SecureLinks}.
 */
@NullMarked
package dev.parley.network.secure;

import org.jspecify.annotations.NullMarked;
