package dev.parley.network.links;

import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.PublicKey;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 in which both sides show a validator's own key. The certificate is a wrapping for the key, which its owner makes at each start: who
 * is let in is who has the private half of a key in the validator set, whatever else the certificate says and whenever it expires. Each
 * connection has a context of its own, so that no session is ever resumed. For {@link LinkNetwork} and for tools that speak to a validator as
 * another validator would. Thread-safe.
 */
public final class PeerTls {
    private static final String ALIAS = "validator";
    /** What comes before the 32 bytes of an Ed25519 key in a certificate (RFC 8410). */
    private static final byte[] KEY_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final X500Name NAME = new X500Name("CN=parley validator");
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final String[] SUITES = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };
    private static final String[] SIGNATURES = {"ed25519"};

    private final ValidatorId self;
    private final Map<PublicKey, ValidatorId> owners = new HashMap<>();
    private final PrivateKey key;
    private final X509Certificate certificate;

    /** @param own of {@code self} */
    public PeerTls(ValidatorSet validators, ValidatorId self, KeyPair own) {
        this.self = self;
        for (Validator validator : validators.validators()) {
            owners.put(validator.key(), validator.id());
        }
        try {
            KeyFactory keys = KeyFactory.getInstance("Ed25519");
            key = keys.generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, own.secret()));
            byte[] raw = own.publicKey().toBytes();
            byte[] encoded = Arrays.copyOf(KEY_PREFIX, KEY_PREFIX.length + raw.length);
            System.arraycopy(raw, 0, encoded, KEY_PREFIX.length, raw.length);
            certificate = new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    NAME,
                                    BigInteger.ONE,
                                    Date.from(Instant.EPOCH),
                                    // RFC 5280, 4.1.2.5: no expiration.
                                    Date.from(Instant.parse("9999-12-31T23:59:59Z")),
                                    NAME,
                                    keys.generatePublic(new X509EncodedKeySpec(encoded)))
                            .build(new JcaContentSignerBuilder("Ed25519").build(key)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform of 15 or later signs with Ed25519", e);
        }
    }

    /** @param expected whose address was dialled, or null for a connection that came in */
    SSLEngine engine(@Nullable ValidatorId expected) {
        SSLEngine engine = context(expected).createSSLEngine();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setCipherSuites(SUITES);
        parameters.setSignatureSchemes(SIGNATURES);
        parameters.setNeedClientAuth(true);
        engine.setSSLParameters(parameters);
        engine.setUseClientMode(expected != null);
        return engine;
    }

    /**
     * For one connection, without bounds on versions and suites.
     *
     * @param expected whose address was dialled, or null for a connection that came in
     */
    public SSLContext context(@Nullable ValidatorId expected) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {new OwnKey()}, new TrustManager[] {new Pins(expected)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS 1.3", e);
        }
    }

    /** Who is at the other end of a session whose handshake is done. */
    ValidatorId peer(SSLSession session) {
        try {
            return owner(session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            throw new IllegalStateException("a handshake without the peer's key is refused", e);
        }
    }

    /** @throws CertificateException that says what to do */
    private ValidatorId owner(Certificate[] chain) throws CertificateException {
        if (chain.length != 1) {
            throw new CertificateException("it shows " + chain.length + " certificates, not its own alone");
        }
        byte[] encoded = chain[0].getPublicKey().getEncoded();
        int length = KEY_PREFIX.length;
        if (encoded == null
                || encoded.length != length + Ed25519.PUBLIC_KEY_BYTES
                || !Arrays.equals(encoded, 0, length, KEY_PREFIX, 0, length)) {
            throw new CertificateException("its key is no Ed25519 key, and validators have no others");
        }
        PublicKey shown = new PublicKey(Arrays.copyOfRange(encoded, length, encoded.length));
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

    private final class OwnKey extends X509ExtendedKeyManager {
        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    private final class Pins extends X509ExtendedTrustManager {
        private final @Nullable ValidatorId expected;

        private Pins(@Nullable ValidatorId expected) {
            this.expected = expected;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            ValidatorId shown = owner(chain);
            if (expected != null && !shown.equals(expected)) {
                throw new CertificateException("it has the key of " + shown + ", not of " + expected
                        + "; correct the addresses, which are in the order of the validators");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
