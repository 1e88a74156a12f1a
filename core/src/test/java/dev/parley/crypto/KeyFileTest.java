package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyFileTest {
    private static final KeyPair KEY = KeyPair.of(Arrays.copyOf(new byte[] {9}, 32));
    private static final String SECRET = HexFormat.of().formatHex(KEY.secret());

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void choose_a_file() {
        file = directory.resolve("v0.key");
    }

    @Test
    void loads_what_it_saved() {
        KeyPair generated = KeyPair.generate(new SecureRandom());
        KeyFile.save(file, generated);
        KeyPair loaded = KeyFile.load(file);

        assertThat(loaded.publicKey()).isEqualTo(generated.publicKey());
        assertThat(loaded.secret()).isEqualTo(generated.secret());
        assertThat(loaded.signer(Ed25519.pureJava()).publicKey()).isEqualTo(generated.publicKey());
    }

    @Test
    void each_generated_key_is_another() {
        SecureRandom random = new SecureRandom();

        assertThat(KeyPair.generate(random).publicKey())
                .isNotEqualTo(KeyPair.generate(random).publicKey());
    }

    @Test
    void only_the_owner_may_read_a_saved_key() throws IOException {
        KeyFile.save(file, KEY);
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void never_overwrites() throws IOException {
        Files.writeString(file, "precious");

        assertThatThrownBy(() -> KeyFile.save(file, KEY))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("never overwritten");
        assertThat(file).hasContent("precious");
    }

    @Test
    void says_that_the_directory_is_missing() {
        assertThatThrownBy(() -> KeyFile.save(directory.resolve("none").resolve("v0.key"), KEY))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("create the directory");
    }

    @Test
    void refuses_a_missing_file() {
        assertRefused("does not exist");
    }

    @Test
    void refuses_a_directory() throws IOException {
        Files.createDirectory(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        assertRefused("cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-r--r--", "rw--w----", "rw-----w-"})
    void refuses_a_file_that_is_open_to_others(String permissions) throws IOException {
        KeyFile.save(file, KEY);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

        assertRefused("chmod 600");
    }

    /** Each pair says what replaces what in a good file, and what the complaint then names. */
    @ParameterizedTest
    @CsvSource({
        "parley-key-v1,     parley-key-v2,        does not begin with the line parley-key-v1",
        "parley-key-v1,     '',                   does not begin with",
        "ed25519,           secp256k1,            another algorithm than ed25519",
        "'algorithm ',      'curve ',             lacks the line 'algorithm'",
        "secret 09,         'secret ',             'secret' with 62 digits and not 64",
        "secret 09,         secret 0900,          'secret' with 66 digits and not 64",
        "secret 09,         secret 0x,            'secret' that is not hexadecimal",
        "secret 09,         secret 08,            does not belong to its secret",
        "'secret ',         'private ',           lacks the line 'secret'",
        "algorithm ed25519, 'algorithm ed25519\n',has 5 lines and not 4"
    })
    void refuses_a_file_that_is_not_as_it_was_written(String before, String after, String complaint)
            throws IOException {
        write(good().replace(before, after));

        assertRefused(complaint);
    }

    @ParameterizedTest
    @CsvSource({
        "0100000000000000000000000000000000000000000000000000000000000000, small order",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f, small order",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a, small order",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f, not canonical",
        "0200000000000000000000000000000000000000000000000000000000000000, no point of the curve"
    })
    void refuses_an_unsafe_public_key(String publicKey, String complaint) throws IOException {
        write(good().replace(KEY.publicKey().toString(), publicKey));

        assertRefused(complaint);
    }

    @Test
    void refuses_every_truncation_that_loses_a_digit() throws IOException {
        String good = good();
        for (int length = 0; length < good.length() - 1; length++) {
            write(good.substring(0, length));
            assertThatThrownBy(() -> KeyFile.load(file)).isInstanceOf(KeyFileException.class);
        }
    }

    @Test
    void refuses_a_large_file_without_reading_it() throws IOException {
        write("parley-key-v1\n" + "x".repeat(1 << 20));

        assertRefused("longer than any key file");
    }

    @Test
    void nothing_shows_the_secret() throws IOException {
        assertThat(KEY.toString()).doesNotContain(SECRET);
        write(good().replace("secret ", "secret z"));
        assertThatThrownBy(() -> KeyFile.load(file))
                .isInstanceOf(KeyFileException.class)
                .hasNoCause()
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
    }

    private void assertRefused(String complaint) {
        assertThatThrownBy(() -> KeyFile.load(file))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("key file " + file)
                .hasMessageContaining(complaint)
                .hasMessageContaining("; ");
    }

    private static String good() {
        return "parley-key-v1\nalgorithm ed25519\npublic " + KEY.publicKey() + "\nsecret " + SECRET + "\n";
    }

    private void write(String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }
}
