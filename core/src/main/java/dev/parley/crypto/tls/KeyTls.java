package dev.parley.crypto.tls;

import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.NativeCrypto;
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
import java.util.HexFormat;
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
 * TLS 1.3 in which a side shows an Ed25519 key of its own, or none. The certificate is a wrapping for the key, which its owner makes at each
 * start: who is let in is who has the private half of a key that the other side expects, whatever else the certificate says and
 * whenever it expires. Each connection has a context of its own, so that no session is ever resumed. Thread-safe.
 */
public final class KeyTls {
    private static final String ALIAS = "own";
    /** What comes before the 32 bytes of an Ed25519 key in a certificate (RFC 8410). */
    private static final byte[] KEY_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final X500Name NAME = new X500Name("CN=parley");
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final String[] SUITES = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };
    private static final String[] SIGNATURES = {"ed25519"};
    private static final String P256 = "secp256r1";
    private static final String X25519 = "x25519";

    private final KeyManager[] ownKey;
    /** What this process exchanges keys by in the least time. */
    private final String exchange = NativeCrypto.exchangesKeys() ? P256 : X25519;

    /** Whom to let in. */
    @FunctionalInterface
    public interface Pins {
        /** @throws CertificateException that says why the owner of the key is not let in, and what to do */
        void check(PublicKey shown) throws CertificateException;
    }

    private KeyTls(KeyManager[] ownKey) {
        this.ownKey = ownKey;
    }

    /** For a side that shows a key. */
    public static KeyTls showing(KeyPair own) {
        try {
            KeyFactory keys = KeyFactory.getInstance("Ed25519");
            PrivateKey key = keys.generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, own.secret()));
            byte[] raw = own.publicKey().toBytes();
            byte[] encoded = Arrays.copyOf(KEY_PREFIX, KEY_PREFIX.length + raw.length);
            System.arraycopy(raw, 0, encoded, KEY_PREFIX.length, raw.length);
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    NAME,
                                    BigInteger.ONE,
                                    Date.from(Instant.EPOCH),
                                    // RFC 5280, 4.1.2.5: no expiration.
                                    Date.from(Instant.parse("9999-12-31T23:59:59Z")),
                                    NAME,
                                    keys.generatePublic(new X509EncodedKeySpec(encoded)))
                            .build(new JcaContentSignerBuilder("Ed25519").build(key)));
            return new KeyTls(new KeyManager[] {new OwnKey(key, certificate)});
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform of 15 or later signs with Ed25519", e);
        }
    }

    /** For a client that nobody needs to know. */
    public static KeyTls anonymous() {
        return new KeyTls(new KeyManager[0]);
    }

    /** For the side that dialled. */
    public SSLEngine client(Pins pins) {
        return engine(pins, true, false);
    }

    /** For the side that was dialled. */
    public SSLEngine server(Pins pins) {
        return engine(pins, false, true);
    }

    /** For the side that was dialled and lets in whoever knows whom it dials. */
    public SSLEngine serverOfAnyone() {
        return engine(
                shown -> {
                    throw new CertificateException("nobody is asked for a key here");
                },
                false,
                false);
    }

    private SSLEngine engine(Pins pins, boolean client, boolean needClientKey) {
        SSLEngine engine = context(pins).createSSLEngine();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setCipherSuites(SUITES);
        parameters.setSignatureSchemes(SIGNATURES);
        parameters.setNeedClientAuth(needClientKey);
        // Who dials offers one, since each that is offered costs a key; who is dialled takes both, since others'
        // processes may differ.
        parameters.setNamedGroups(client ? new String[] {exchange} : new String[] {P256, X25519});
        engine.setSSLParameters(parameters);
        engine.setUseClientMode(client);
        return engine;
    }

    /** For one connection, without bounds on versions and suites. */
    public SSLContext context(Pins pins) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(ownKey, new TrustManager[] {new Trust(pins)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS 1.3", e);
        }
    }

    /** The key that the other end of a session has shown whose handshake is done. */
    public static PublicKey shownIn(SSLSession session) {
        try {
            return shown(session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            throw new IllegalStateException("a handshake without the peer's key is refused", e);
        }
    }

    private static PublicKey shown(Certificate[] chain) throws CertificateException {
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
        return new PublicKey(Arrays.copyOfRange(encoded, length, encoded.length));
    }

    private static final class OwnKey extends X509ExtendedKeyManager {
        private final PrivateKey key;
        private final X509Certificate certificate;

        private OwnKey(PrivateKey key, X509Certificate certificate) {
            this.key = key;
            this.certificate = certificate;
        }

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

    private static final class Trust extends X509ExtendedTrustManager {
        private final Pins pins;

        private Trust(Pins pins) {
            this.pins = pins;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            pins.check(shown(chain));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            pins.check(shown(chain));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
                throws CertificateException {
            pins.check(shown(chain));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
                throws CertificateException {
            pins.check(shown(chain));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
                throws CertificateException {
            pins.check(shown(chain));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
                throws CertificateException {
            pins.check(shown(chain));
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
