/**
 * Agreement on one bit (Mostéfaoui, Moumen & Raynal, PODC 2014, with the CONF phase that its liveness needs). It knows of coins, nothing of
 * broadcasts or blocks. Begin with {@link dev.parley.honeybadger.agreement.BinaryAgreement}.
 */
@NullMarked
package dev.parley.honeybadger.agreement;

import org.jspecify.annotations.NullMarked;
