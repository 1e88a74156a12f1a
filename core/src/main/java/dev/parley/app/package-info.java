/**
 * What a user writes, and what runs it: the typed {@link dev.parley.app.StateMachine}, its codecs, the sessions that execute each
 * command exactly once, and the executor behind ordering. Begin with {@link dev.parley.app.StateMachine}.
 */
@NullMarked
package dev.parley.app;

import org.jspecify.annotations.NullMarked;
