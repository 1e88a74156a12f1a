/**
 * TLS in which keys are believed and certificates are not: whoever shows an Ed25519 key is who owns it, and whom to let in the other side
 * knows by its own list of keys. Begin with {@link dev.parley.crypto.tls.KeyTls}.
 */
@NullMarked
package dev.parley.crypto.tls;

import org.jspecify.annotations.NullMarked;
