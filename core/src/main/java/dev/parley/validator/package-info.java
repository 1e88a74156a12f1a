/**
 * The shell of one validator: {@link dev.parley.validator.ValidatorEngine} runs a consensus core and carries out its effects (records
 * durable before what follows from them is sent, catch-up, reports), and the actors around it give it threads, clocks, a network
 * and a disk. The simulator drives the same engine. Knows the consensus seam and no protocol by name.
 */
@NullMarked
package dev.parley.validator;

import org.jspecify.annotations.NullMarked;
