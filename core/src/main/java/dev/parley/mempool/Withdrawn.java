package dev.parley.mempool;

import dev.parley.log.Command;

/**
 * A command that was accepted and left the pool without having been ordered; its sender is to be told.
 *
 * @param why {@link Admission.Expired} or {@link Admission.TooOld}
 */
public record Withdrawn(Command command, Admission why) {}
