package dev.parley.honeybadger;

import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;

/**
 * Where a sub-protocol says what it wants to say, in order. Whoever composes sub-protocols maps the messages of one into its own. What a
 * sub-protocol broadcasts it does not hear back: it counts its own messages itself.
 *
 * @param <M> the messages of the sub-protocol
 */
public interface Outlet<M> {
    /** To all other validators. */
    void broadcast(M message);

    /** To one other validator. */
    void send(ValidatorId to, M message);

    /** A message was refused: who sent it, why, and what it was. Never more than a report; nothing of the state has changed. */
    void refuse(ValidatorId culprit, Reason reason, String what);
}
