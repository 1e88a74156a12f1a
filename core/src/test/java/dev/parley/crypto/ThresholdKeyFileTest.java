package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crypto.threshold.BlsKeys;
import dev.parley.crypto.threshold.BlsSecret;
import dev.parley.crypto.threshold.ThresholdDealer;
import dev.parley.crypto.threshold.ThresholdDealer.Dealt;
import dev.parley.crypto.threshold.ThresholdSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ThresholdKeyFileTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String CHAIN = "zürich";
    private static final Dealt DEALT = ThresholdDealer.deal(CHAIN, 4, 2, new Random(1));
    private static final Dealt OTHERS = ThresholdDealer.deal(CHAIN, 4, 2, new Random(2));
    private static final BlsSecret SECRET = DEALT.secrets().get(1);
    private static final String PUBLIC_DIGITS = HEX.formatHex(DEALT.keys().toBytes());
    private static final String SECRET_DIGITS = HEX.formatHex(SECRET.toBytes());
    /** Where the public keys' points begin: five of the signature keys, five of decryption, and one of encryption. */
    private static final int POINTS_AT = PUBLIC_DIGITS.length() - 2 * (10 * 96 + 48);

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void choose_a_file() {
        file = directory.resolve("v1.threshold");
    }

    @Test
    void loads_what_it_saved() throws IOException {
        ThresholdKeyFile.save(file, DEALT.keys(), SECRET);
        ThresholdSetup loaded = ThresholdKeyFile.load(file, CHAIN, 1);

        assertThat(((BlsKeys) loaded.keys()).toBytes()).isEqualTo(DEALT.keys().toBytes());
        assertThat(((BlsSecret) loaded.secret()).toBytes()).isEqualTo(SECRET.toBytes());
        assertThat(file).hasContent(good());
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void the_largest_committee_fits() {
        Dealt dealt = ThresholdDealer.deal(CHAIN, 255, 85, new Random(3));
        ThresholdKeyFile.save(file, dealt.keys(), dealt.secrets().get(254));

        assertThat(ThresholdKeyFile.load(file, CHAIN, 254).keys().size()).isEqualTo(255);
    }

    @Test
    void only_the_owner_may_read_a_saved_key() throws IOException {
        ThresholdKeyFile.save(file, DEALT.keys(), SECRET);
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void never_overwrites() throws IOException {
        Files.writeString(file, "precious");

        assertNotSaved("never overwritten");
        assertThat(file).hasContent("precious");
    }

    @Test
    void says_that_an_attempt_was_interrupted() throws IOException {
        Path unfinished = Files.writeString(directory.resolve("v1.threshold.unfinished"), "half");

        assertNotSaved("was left by an interrupted attempt; delete that");
        assertThat(unfinished).hasContent("half");
        assertThat(file).doesNotExist();
    }

    @Test
    void says_that_the_directory_is_missing() {
        file = directory.resolve("none").resolve("v1.threshold");

        assertNotSaved("create the directory");
    }

    @Test
    void refuses_a_chain_id_that_takes_two_lines() {
        Dealt dealt = ThresholdDealer.deal("a\nb", 4, 2, new Random(1));
        assertThatThrownBy(() -> ThresholdKeyFile.save(
                        file, dealt.keys(), dealt.secrets().getFirst()))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("control characters");
    }

    @Test
    void refuses_a_missing_file() {
        assertRefused("does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-r--r--", "rw--w----", "rw-----w-"})
    void refuses_a_file_that_is_open_to_others(String permissions) throws IOException {
        ThresholdKeyFile.save(file, DEALT.keys(), SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

        assertRefused("chmod 600");
    }

    /** Each row says what replaces what in a good file, and what the complaint then names. */
    @ParameterizedTest
    @CsvSource({
        "key-v1,           key-v2,           'is of version 2, and this Parley reads version 1'",
        "key-v1,           key-vx,           does not begin with the line parley-threshold-key-v1",
        "threshold-key-v1, key-v1,           does not begin with",
        "bls12-381,        bn254,            another algorithm than bls12-381",
        "chain zürich,     chain basel,      'for the chain ''basel'' and not for ''zürich'''",
        "parties 4,        parties 256,      'has parties 256, and it is 1 to 255'",
        "parties 4,        parties 0,        'has parties 0, and it is 1 to 255'",
        "parties 4,        parties 3,        'public'' with 2098 digits and not 1714'",
        "parties 4,        parties four,     'parties'' that is no number'",
        "parties 4,        parties 99999999999, that is no number",
        "threshold 2,      threshold 5,      'has threshold 5, and it is 1 to 4'",
        "threshold 2,      threshold 0,      'has threshold 0, and it is 1 to 4'",
        "threshold 2,      threshold 3,      of another committee",
        "party 1,          party 4,          'has party 4, and it is 0 to 3'",
        "party 1,          party -1,         'party'' that is no number'",
        "party 1,          party 0,          the share of party 0 and not of party 1",
        "'public ',        'publics ',       lacks the line 'public'",
        "'public 00',      'public ',        digits and not 2098",
        "'public 00',      'public 0x',      'public'' that is not hexadecimal'",
        "'secret 00',      'secret ',        digits and not",
        "'secret 00',      'secret 0000',    digits and not",
        "'secret 00',      'secret 0x',      'secret'' that is not hexadecimal'",
        "'party 1\n',      'party 1\n\n',    has 9 lines and not 8"
    })
    void refuses_a_file_that_is_not_as_it_was_written(String before, String after, String complaint)
            throws IOException {
        assertThat(good()).contains(before);
        write(good().replace(before, after));

        assertRefused(complaint);
    }

    @Test
    void refuses_the_share_of_another_party() throws IOException {
        ThresholdKeyFile.save(file, DEALT.keys(), DEALT.secrets().get(2));
        assertRefused("holds the share of party 2 and not of party 1; give each validator the file");

        write(good(PUBLIC_DIGITS, HEX.formatHex(DEALT.secrets().get(2).toBytes())));
        assertRefused("a secret share of another party than its line 'party' says");
    }

    @Test
    void refuses_a_share_of_other_keys() throws IOException {
        write(good(PUBLIC_DIGITS, HEX.formatHex(OTHERS.secrets().get(1).toBytes())));

        assertRefused("the secret share of party 1 does not belong to the public keys");
    }

    @Test
    void refuses_keys_whose_hidden_chain_is_another() throws IOException {
        Dealt elsewhere = ThresholdDealer.deal("basel!!", 4, 2, new Random(1));
        write(good(HEX.formatHex(elsewhere.keys().toBytes()), SECRET_DIGITS));

        assertRefused("for the chain 'basel!!' and not for 'zürich'");
    }

    @Test
    void refuses_the_identity_and_points_off_the_curve_or_outside_the_subgroup() throws IOException {
        String unsafe = "is not on the curve, not in its subgroup, or the identity; restore the keys from a copy";
        write(good(withPoint(2, "c0" + "00".repeat(95)), SECRET_DIGITS));
        assertRefused("the signature key of party 1 " + unsafe);

        write(good(withPoint(5, "80" + "00".repeat(94) + "01"), SECRET_DIGITS));
        assertRefused("the decryption key " + unsafe);

        // The point of G1's curve with x = 4: as most of them, not in the subgroup.
        write(good(withPoint(10, "80" + "00".repeat(46) + "04"), SECRET_DIGITS));
        assertRefused("the encryption key " + unsafe);
    }

    @Test
    void refuses_one_party_s_key_twice() throws IOException {
        String first = PUBLIC_DIGITS.substring(POINTS_AT + 2 * 96, POINTS_AT + 4 * 96);
        write(good(withPoint(3, first), SECRET_DIGITS));

        assertRefused("do not belong together");
    }

    @Test
    void refuses_truncations() throws IOException {
        String good = good();
        for (int length = 0; length < good.length() - 1; length += length < 120 ? 1 : 97) {
            write(good.substring(0, length));
            assertThatThrownBy(() -> ThresholdKeyFile.load(file, CHAIN, 1)).isInstanceOf(KeyFileException.class);
        }
    }

    @Test
    void refuses_what_is_no_text_and_what_is_too_long() throws IOException {
        write("");
        Files.write(file, new byte[] {(byte) 0xff, 1, 2});
        assertRefused("is no text");
        Files.writeString(file, "parley-threshold-key-v1\n" + "x".repeat(1 << 20));
        assertRefused("longer than any threshold key file");
    }

    @Test
    void nothing_shows_the_secret() throws IOException {
        String share = SECRET_DIGITS.substring(SECRET_DIGITS.length() - 128);
        String flipped = share.substring(0, 127) + (share.endsWith("0") ? "1" : "0");
        for (String wrong : new String[] {share.substring(0, 127) + "x", flipped, share + "00"}) {
            write(good().replace(share, wrong));
            assertThatThrownBy(() -> ThresholdKeyFile.load(file, CHAIN, 1))
                    .isInstanceOf(KeyFileException.class)
                    .hasStackTraceContaining(file.toString())
                    .satisfies(e -> assertThat(e + " " + e.getCause()).doesNotContain(share.substring(0, 16)));
        }
    }

    private void assertNotSaved(String complaint) {
        assertThatThrownBy(() -> ThresholdKeyFile.save(file, DEALT.keys(), SECRET))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(complaint);
    }

    private void assertRefused(String complaint) {
        assertThatThrownBy(() -> ThresholdKeyFile.load(file, CHAIN, 1))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("threshold key file " + file)
                .hasMessageContaining(complaint)
                .hasMessageContaining("; ");
    }

    private static String withPoint(int index, String point) {
        StringBuilder changed = new StringBuilder(PUBLIC_DIGITS);
        int at = POINTS_AT + index * 2 * 96;
        return changed.replace(at, at + point.length(), point).toString();
    }

    private static String good() {
        return good(PUBLIC_DIGITS, SECRET_DIGITS);
    }

    private static String good(String publicDigits, String secretDigits) {
        return """
                parley-threshold-key-v1
                algorithm bls12-381
                chain zürich
                parties 4
                threshold 2
                party 1
                public %s
                secret %s
                """.formatted(publicDigits, secretDigits);
    }

    private void write(String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }
}
