package dev.parley.crypto.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.crypto.KeyPair;
import dev.parley.crypto.NativeCrypto;
import dev.parley.crypto.PublicKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyTlsTest {
    private static final int NETWORK_BYTES = 64 << 10;

    private final KeyPair clientKey = KeyPair.generate(new SecureRandom());
    private final KeyPair serverKey = KeyPair.generate(new SecureRandom());

    @AfterEach
    void leaveThePlatformAsItWas() {
        Security.removeProvider(NativeCrypto.NAME);
    }

    @Test
    void both_sides_know_each_other_by_their_keys() throws SSLException {
        talk(KeyTls.showing(clientKey), KeyTls.showing(serverKey));
    }

    @Test
    void both_sides_know_each_other_with_the_native_library() throws SSLException {
        assumeTrue(NativeCrypto.install());
        KeyTls client = KeyTls.showing(clientKey);
        assertThat(groups(client)).containsExactly("secp256r1");
        talk(client, KeyTls.showing(serverKey));
    }

    @Test
    void a_process_with_the_native_library_and_one_without_understand_each_other() throws SSLException {
        KeyTls plainClient = KeyTls.showing(clientKey);
        KeyTls plainServer = KeyTls.showing(serverKey);
        assertThat(groups(plainClient)).containsExactly("x25519");
        assumeTrue(NativeCrypto.install());
        talk(KeyTls.showing(clientKey), plainServer);
        talk(plainClient, KeyTls.showing(serverKey));
    }

    @Test
    void who_has_another_key_is_not_let_in_with_the_native_library_either() {
        assumeTrue(NativeCrypto.install());
        KeyTls stranger = KeyTls.showing(KeyPair.generate(new SecureRandom()));
        assertThatThrownBy(() -> talk(stranger, KeyTls.showing(serverKey)))
                .isInstanceOf(SSLException.class)
                .hasRootCauseInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> talk(KeyTls.showing(clientKey), stranger))
                .isInstanceOf(SSLException.class)
                .hasRootCauseInstanceOf(CertificateException.class);
    }

    private static String[] groups(KeyTls client) {
        return client.client(shown -> {}).getSSLParameters().getNamedGroups();
    }

    /** Shakes hands, and says something. */
    private void talk(KeyTls ofClient, KeyTls ofServer) throws SSLException {
        SSLEngine client = ofClient.client(only(serverKey));
        SSLEngine server = ofServer.server(only(clientKey));
        ByteBuffer toServer = ByteBuffer.allocate(NETWORK_BYTES);
        ByteBuffer toClient = ByteBuffer.allocate(NETWORK_BYTES);
        client.beginHandshake();
        server.beginHandshake();
        boolean goesOn = true;
        while (goesOn) {
            goesOn = step(client, toClient, toServer);
            goesOn |= step(server, toServer, toClient);
        }
        assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        assertThat(KeyTls.shownIn(client.getSession())).isEqualTo(serverKey.publicKey());
        assertThat(KeyTls.shownIn(server.getSession())).isEqualTo(clientKey.publicKey());

        byte[] said = "hello".getBytes(StandardCharsets.UTF_8);
        ByteBuffer heard = ByteBuffer.allocate(NETWORK_BYTES);
        client.wrap(ByteBuffer.wrap(said), toServer);
        server.unwrap(toServer.flip(), heard);
        assertThat(heard.flip()).isEqualTo(ByteBuffer.wrap(said));
    }

    private static KeyTls.Pins only(KeyPair expected) {
        PublicKey key = expected.publicKey();
        return shown -> {
            if (!shown.equals(key)) {
                throw new CertificateException("another");
            }
        };
    }

    /** Whether the engine had something to do. */
    private static boolean step(SSLEngine engine, ByteBuffer from, ByteBuffer to) throws SSLException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                engine.getDelegatedTask().run();
                yield true;
            }
            case NEED_WRAP -> {
                engine.wrap(ByteBuffer.allocate(0), to);
                yield true;
            }
            default -> {
                from.flip();
                SSLEngineResult result = engine.unwrap(from, ByteBuffer.allocate(NETWORK_BYTES));
                from.compact();
                yield result.bytesConsumed() > 0;
            }
        };
    }
}
