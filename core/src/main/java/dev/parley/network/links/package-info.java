/**
 * Links between validators that do not trust each other: one TLS 1.3 connection for each pair, on which each side shows its own key. No
 * membership, no gossip, no authority: what a process at the other end does costs it its own link and nothing else.
 */
@NullMarked
package dev.parley.network.links;

import org.jspecify.annotations.NullMarked;
