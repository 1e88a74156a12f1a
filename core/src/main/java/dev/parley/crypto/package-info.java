/**
 * Hashes, keys, signatures and the domains that keep a signature given for one purpose from being valid for another. Everything
 * else in Parley sees {@link dev.parley.crypto.SignatureScheme} and {@link dev.parley.crypto.Signer} alone, so that real and
 * ideal cryptography are exchanged by one line. Begin with {@link dev.parley.crypto.SigningDomain}.
 */
@NullMarked
package dev.parley.crypto;

import org.jspecify.annotations.NullMarked;
