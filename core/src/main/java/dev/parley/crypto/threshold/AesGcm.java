package dev.parley.crypto.threshold;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * AES-GCM by the native library, where that loads. The JDK's own is as fast once its loops are compiled; but few calls with much data
 * each are long in being compiled, and until then take a hundred times as long.
 */
final class AesGcm {
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final @Nullable Provider NATIVE = nativeProvider();

    private AesGcm() {}

    static Cipher newCipher() throws GeneralSecurityException {
        return NATIVE == null ? Cipher.getInstance(TRANSFORMATION) : Cipher.getInstance(TRANSFORMATION, NATIVE);
    }

    private static @Nullable Provider nativeProvider() {
        try {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            if (provider.getLoadingError() != null) {
                return null;
            }
            Cipher.getInstance(TRANSFORMATION, provider);
            return provider;
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            // A native library fails to load as an error, not as an exception, and at its first use.
            return null;
        }
    }
}
