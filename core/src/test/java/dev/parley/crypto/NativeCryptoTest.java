package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Security;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeCryptoTest {
    @AfterEach
    void leaveThePlatformAsItWas() {
        Security.removeProvider(NativeCrypto.NAME);
    }

    @Test
    void what_tls_needs_is_native_and_all_else_is_as_before() throws GeneralSecurityException {
        String digests = MessageDigest.getInstance("SHA-256").getProvider().getName();
        assumeTrue(NativeCrypto.install());
        assertThat(java.security.Signature.getInstance("Ed25519").getProvider().getName())
                .isEqualTo(NativeCrypto.NAME);
        assertThat(KeyPairGenerator.getInstance("EC").getProvider().getName()).isEqualTo(NativeCrypto.NAME);
        assertThat(Cipher.getInstance("AES/GCM/NoPadding").getProvider().getName())
                .isEqualTo(NativeCrypto.NAME);
        assertThat(NativeCrypto.exchangesKeys()).isTrue();
        assertThat(MessageDigest.getInstance("SHA-256").getProvider().getName()).isEqualTo(digests);
    }

    @Test
    void a_second_time_changes_nothing() {
        assumeTrue(NativeCrypto.install());
        int providers = Security.getProviders().length;
        assertThat(NativeCrypto.install()).isTrue();
        assertThat(Security.getProviders()).hasSize(providers);
    }

    @Test
    void a_platform_for_which_there_is_no_library_stays_as_it_is() {
        boolean installed = NativeCrypto.install(() -> {
            throw new UnsatisfiedLinkError("no such file");
        });
        assertThat(installed).isFalse();
        assertThat(Security.getProvider(NativeCrypto.NAME)).isNull();
        assertThat(NativeCrypto.exchangesKeys()).isFalse();
    }
}
