/** Tests of Tendermint, on single cores and on a cluster of them in virtual time, with ideal signatures; begin with {@code OneCore}. */
@NullMarked
package dev.parley.tendermint;

import org.jspecify.annotations.NullMarked;
