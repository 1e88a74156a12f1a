package dev.parley.network.links;

import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.tls.KeyTls;
import java.security.cert.CertificateException;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS between validators, in which both sides show their own key of the validator set. For {@link LinkNetwork} and for tools that speak
 * to a validator as another validator would. Thread-safe.
 */
public final class PeerTls {
    private final ValidatorId self;
    private final Map<PublicKey, ValidatorId> owners = new HashMap<>();
    private final KeyTls tls;

    /** @param own of {@code self} */
    public PeerTls(ValidatorSet validators, ValidatorId self, KeyPair own) {
        this.self = self;
        this.tls = KeyTls.showing(own);
        for (Validator validator : validators.validators()) {
            owners.put(validator.key(), validator.id());
        }
    }

    /** @param expected whose address was dialled, or null for a connection that came in */
    SSLEngine engine(@Nullable ValidatorId expected) {
        return expected == null ? tls.server(this::owner) : tls.client(shown -> check(expected, shown));
    }

    /**
     * For one connection, without bounds on versions and suites.
     *
     * @param expected whose address was dialled, or null for a connection that came in
     */
    public SSLContext context(@Nullable ValidatorId expected) {
        return tls.context(expected == null ? this::owner : shown -> check(expected, shown));
    }

    /** Who is at the other end of a session whose handshake is done. */
    ValidatorId peer(SSLSession session) {
        try {
            return owner(KeyTls.shownIn(session));
        } catch (CertificateException e) {
            throw new IllegalStateException("a handshake without a validator's key is refused", e);
        }
    }

    /** @throws CertificateException that says what to do */
    private ValidatorId owner(PublicKey shown) throws CertificateException {
        ValidatorId owner = owners.get(shown);
        if (owner == null) {
            throw new CertificateException("its key " + shown
                    + " is none of parley.validators here; if it is to be one, give all the same list");
        }
        if (owner.equals(self)) {
            throw new CertificateException("it has the key of this validator, " + self
                    + "; an address is wrong, or two processes have one key");
        }
        return owner;
    }

    private void check(ValidatorId expected, PublicKey shown) throws CertificateException {
        ValidatorId owner = owner(shown);
        if (!owner.equals(expected)) {
            throw new CertificateException("it has the key of " + owner + ", not of " + expected
                    + "; correct the addresses, which are in the order of the validators");
        }
    }
}
