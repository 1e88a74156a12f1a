/**
 * The {@code parley} command: a demonstration, the Redis server, a benchmark and the simulator, for people and for scripts. It knows
 * every module and nothing knows it. Begin with {@link dev.parley.sample.command.ParleyCommand}.
 */
@NullMarked
package dev.parley.sample.command;

import org.jspecify.annotations.NullMarked;
