package dev.parley.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SignatureException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/**
 * The native arithmetic of AWS-LC by the Amazon Corretto Crypto Provider. The provider is passed as an object, so that the
 * process's list of providers stays as the application left it.
 */
final class CorrettoEd25519 implements Ed25519Library {
    private static final String ALGORITHM = "Ed25519";

    /** What DER puts before the raw key in a SubjectPublicKeyInfo and in a PKCS #8 PrivateKeyInfo (RFC 8410, 10). */
    private static final byte[] PUBLIC_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final byte[] PRIVATE_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private final AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
    private final KeyFactory keys;

    /** @throws IllegalStateException if the native library does not load; linkage errors are possible too */
    CorrettoEd25519() {
        Throwable failure = provider.getLoadingError();
        if (failure != null) {
            throw new IllegalStateException("the Amazon Corretto Crypto Provider does not load: " + failure, failure);
        }
        try {
            keys = KeyFactory.getInstance(ALGORITHM, provider);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the Amazon Corretto Crypto Provider has no Ed25519", e);
        }
    }

    @Override
    public String name() {
        return "Amazon Corretto Crypto Provider " + provider.getVersionStr();
    }

    @Override
    public Verification verification(byte[] publicKey, PublicPoint point) {
        try {
            java.security.PublicKey key = keys.generatePublic(new X509EncodedKeySpec(join(PUBLIC_PREFIX, publicKey)));
            return (statement, signature) -> verify(provider, key, statement, signature);
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException("the native library refuses the public key: " + e.getMessage());
        }
    }

    @Override
    public Signing signing(byte[] secret, byte[] publicKey) {
        try {
            PrivateKey key = keys.generatePrivate(new PKCS8EncodedKeySpec(join(PRIVATE_PREFIX, secret)));
            return statement -> sign(provider, key, statement);
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException("the native library refuses the secret: " + e.getMessage());
        }
    }

    private static boolean verify(Provider provider, java.security.PublicKey key, byte[] statement, byte[] signature) {
        try {
            java.security.Signature operation = java.security.Signature.getInstance(ALGORITHM, provider);
            operation.initVerify(key);
            operation.update(statement);
            return operation.verify(signature);
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the native library no longer knows its own key", e);
        }
    }

    private static byte[] sign(Provider provider, PrivateKey key, byte[] statement) {
        try {
            java.security.Signature operation = java.security.Signature.getInstance(ALGORITHM, provider);
            operation.initSign(key);
            operation.update(statement);
            return operation.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the native library cannot sign", e);
        }
    }

    private static byte[] join(byte[] prefix, byte[] key) {
        byte[] whole = new byte[prefix.length + key.length];
        System.arraycopy(prefix, 0, whole, 0, prefix.length);
        System.arraycopy(key, 0, whole, prefix.length, key.length);
        return whole;
    }
}
