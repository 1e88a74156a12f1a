package dev.parley.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the Amazon Corretto Crypto Provider does faster than the JDK of all that TLS needs, and nothing else of it: Ed25519, the exchange of keys on
 * P-256, AES-GCM. The platform's TLS asks the process's list of providers and can't be handed one, so this goes to the front of that list. It is
 * for the main method of a program to say so, once, before it opens connections: {@link #install()}. Without, all works, and a handshake costs
 * some five times as much.
 */
public final class NativeCrypto extends Provider {
    /** The name in the process's list of providers. */
    public static final String NAME = "ParleyNative";

    /** By whichever of them keys are exchanged natively; the second if the program has put all of that provider in front. */
    private static final Set<String> NATIVE = Set.of(NAME, "AmazonCorrettoCryptoProvider");

    private static final String EXCHANGE = "KeyAgreement";
    private static final String CURVES = "ECDH";

    private NativeCrypto(Provider library) {
        super(NAME, library.getVersionStr(), "TLS's arithmetic by " + library.getName());
        take(library, "Signature", "Ed25519");
        take(library, "KeyPairGenerator", "EC");
        take(library, EXCHANGE, CURVES);
        take(library, "Cipher", "AES/GCM/NoPadding");
    }

    /**
     * Has this process use it, for good. May be called again.
     *
     * @return whether it does: not where the native library does not load, and then nothing has changed
     */
    public static boolean install() {
        return install(CorrettoEd25519::new);
    }

    /** @param library fails in whichever way if it cannot be used */
    static boolean install(Supplier<Ed25519Library> library) {
        if (!Ed25519.isUsable(library)) {
            return false;
        }
        // Does nothing if it is there.
        Security.insertProviderAt(new NativeCrypto(AmazonCorrettoCryptoProvider.INSTANCE), 1);
        return true;
    }

    /** Whether this process exchanges keys natively on the curve P-256, which then is faster than X25519 in Java, and else is slower. */
    public static boolean exchangesKeys() {
        Provider @Nullable [] providers = Security.getProviders(EXCHANGE + "." + CURVES);
        return providers != null && NATIVE.contains(providers[0].getName());
    }

    /** Nothing, if an older version of the library has none. */
    private void take(Provider library, String type, String algorithm) {
        Service service = library.getService(type, algorithm);
        if (service != null) {
            putService(new Service(this, type, algorithm, service.getClassName(), List.of(), Map.of()) {
                @Override
                public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
                    return service.newInstance(parameter);
                }
            });
        }
    }
}
