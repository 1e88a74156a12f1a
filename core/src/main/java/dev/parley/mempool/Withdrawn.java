package dev.parley.mempool;

import dev.parley.log.Command;

/**
 * A command that was accepted and left the pool without having been ordered; its sender is to be told.
 *
 * @param why {@link Admission.Expired}, {@link Admission.TooOld} or, after {@link Mempool#restore}, {@link Admission.AlreadyOrdered}
 */
public record Withdrawn(Command command, Admission why) {}
