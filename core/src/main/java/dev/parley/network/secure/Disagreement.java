package dev.parley.network.secure;

import dev.parley.consensus.ValidatorId;

/**
 * A peer that cannot take part with this validator, since their configurations differ.
 *
 * @param peer in whose name it was said
 * @param reason the weightiest of the differences; {@link LinkRefusal#BAD_SIGNATURE} if it is not proven
 * @param proven whether the key that this validator has for the peer has signed it, at some time: a recorded question may come again. If
 *     not, anybody may have made it up
 * @param what names both sides' values; one line of bounded length
 */
public record Disagreement(ValidatorId peer, LinkRefusal reason, boolean proven, String what) {}
