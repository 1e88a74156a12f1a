package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Ed25519Test {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] STATEMENT = "a statement".getBytes(StandardCharsets.US_ASCII);
    private static final BigInteger SECRET_NUMBER = new BigInteger("1234567890123456789012345678901234567890");
    private static final byte[] SECRET = Arrays.copyOf(new byte[] {1, 2, 3}, 32);

    static Stream<Ed25519> schemes() {
        return Stream.of(Ed25519.fastest(), Ed25519.pureJava());
    }

    /** RFC 8032, section 7.1: TEST 1, 2, 3 and SHA(abc). */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
                + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
                + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
                + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
                + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42,"
                + "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf,"
                + "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f,"
                + "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
    })
    void gives_what_the_standard_gives(String secret, String publicKey, String statement, String signature) {
        assertThat(schemes()).allSatisfy(scheme -> {
            Signer signer = scheme.signer(HEX.parseHex(secret));
            Signature expected = new Signature(HEX.parseHex(signature));

            assertThat(signer.publicKey()).hasToString(publicKey);
            assertThat(signer.sign(HEX.parseHex(statement))).isEqualTo(expected);
            assertThat(scheme.verify(signer.publicKey(), HEX.parseHex(statement), expected))
                    .isTrue();
        });
    }

    @Test
    void the_native_library_is_in_use_where_it_is_shipped() {
        String architecture = System.getProperty("os.arch", "");
        if (System.getProperty("os.name", "").equals("Linux") && architecture.equals("amd64")) {
            assertThat(Ed25519.fastest().name()).contains("Amazon Corretto Crypto Provider");
        }
    }

    @Test
    void says_why_it_fell_back() {
        Ed25519 withoutLibrary = Ed25519.preferring(() -> {
            throw new UnsatisfiedLinkError("no such file");
        });

        assertThat(withoutLibrary.name()).contains("BouncyCastle").contains("no such file");
        assertThat(withoutLibrary.verify(publicKey(), STATEMENT, signature())).isTrue();
    }

    @Test
    void falls_back_from_a_library_that_gives_wrong_answers() {
        Ed25519 withGullibleLibrary = Ed25519.preferring(GullibleLibrary::new);

        assertThat(withGullibleLibrary.name()).contains("BouncyCastle").contains("wrong answers");
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void signs_the_empty_statement(Ed25519 scheme) {
        Signature signature = scheme.signer(SECRET).sign(new byte[0]);

        assertThat(scheme.verify(publicKey(), new byte[0], signature)).isTrue();
        assertThat(scheme.verify(publicKey(), new byte[1], signature)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void refuses_every_length_but_64(Ed25519 scheme) {
        byte[] good = signature().toBytes();

        assertThat(IntStream.rangeClosed(0, Signature.MAX_BYTES).filter(length -> length != 64))
                .noneMatch(length -> scheme.verify(publicKey(), STATEMENT, new Signature(Arrays.copyOf(good, length))));
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void refuses_a_signature_with_any_bit_flipped(Ed25519 scheme) {
        for (int bit = 0; bit < 512; bit++) {
            byte[] flipped = signature().toBytes();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(scheme.verify(publicKey(), STATEMENT, new Signature(flipped)))
                    .as("bit %s", bit)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void refuses_s_plus_a_multiple_of_the_order(Ed25519 scheme) {
        byte[] good = signature().toBytes();
        BigInteger s = Curve.number(Arrays.copyOfRange(good, 32, 64));
        for (int multiple = 1; multiple <= 15; multiple++) {
            BigInteger other = s.add(Curve.L.multiply(BigInteger.valueOf(multiple)));
            byte[] forged = join(Arrays.copyOf(good, 32), Curve.littleEndian(other));

            assertThat(scheme.verify(publicKey(), STATEMENT, new Signature(forged)))
                    .as("S + %s L", multiple)
                    .isFalse();
        }
    }

    /** [S]B = R + [k]A + T for a T of small order: valid with the cofactor, not without. Libraries differ here. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void both_libraries_refuse_an_r_with_a_part_of_small_order(int torsion) {
        Curve key = Curve.BASE.times(SECRET_NUMBER);
        for (int nonce = 1; nonce <= 8; nonce++) {
            Curve r = Curve.BASE.times(nonce).plus(Curve.ORDER_EIGHT.times(torsion));
            Signature signature = signature(key.encode(), r.encode(), BigInteger.valueOf(nonce));

            assertThat(schemes())
                    .allSatisfy(scheme -> assertThat(scheme.verify(new PublicKey(key.encode()), STATEMENT, signature))
                            .isEqualTo(torsion == 0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void both_libraries_refuse_an_r_of_small_order(int torsion) {
        Curve key = Curve.BASE.times(SECRET_NUMBER);
        Signature signature =
                signature(key.encode(), Curve.ORDER_EIGHT.times(torsion).encode(), BigInteger.ZERO);

        assertThat(schemes()).noneMatch(scheme -> scheme.verify(new PublicKey(key.encode()), STATEMENT, signature));
    }

    @Test
    void both_libraries_refuse_an_r_whose_y_is_not_canonical() {
        // Points with y below 19 have a second encoding, y + p. Whatever S is, the encoding alone must decide.
        assertThat(IntStream.range(0, 19).boxed()).allSatisfy(y -> {
            byte[] r = Curve.littleEndian(Curve.P.add(BigInteger.valueOf(y)));
            assertThat(Ed25519Encoding.hasCanonicalY(r)).isFalse();
            assertThat(schemes())
                    .noneMatch(scheme -> scheme.verify(
                            publicKey(), STATEMENT, signature(publicKey().toBytes(), r, BigInteger.ONE)));
        });
    }

    @Test
    void knows_each_point_of_small_order_by_either_bit_of_x() {
        for (int multiple = 0; multiple < 8; multiple++) {
            byte[] point = Curve.ORDER_EIGHT.times(multiple).encode();
            assertThat(Ed25519Encoding.hasSmallOrder(point)).isTrue();
            point[31] ^= (byte) 0x80;
            assertThat(Ed25519Encoding.hasSmallOrder(point)).isTrue();
        }
        assertThat(Ed25519Encoding.hasSmallOrder(Curve.BASE.encode())).isFalse();
    }

    static Stream<byte[]> unsafeKeys() {
        byte[] negativeZero = Curve.IDENTITY.encode();
        negativeZero[31] |= (byte) 0x80;
        return Stream.of(
                        IntStream.range(0, 8)
                                .mapToObj(t -> Curve.ORDER_EIGHT.times(t).encode()),
                        // In the curve's whole group, but not in the subgroup of order L.
                        IntStream.range(1, 8)
                                .mapToObj(t -> Curve.BASE
                                        .times(5)
                                        .plus(Curve.ORDER_EIGHT.times(t))
                                        .encode()),
                        // y + p: not canonical.
                        IntStream.range(0, 19).mapToObj(y -> Curve.littleEndian(Curve.P.add(BigInteger.valueOf(y)))),
                        // y = 2 is no point.
                        Stream.of(negativeZero, Curve.littleEndian(BigInteger.TWO)),
                        IntStream.of(0, 1, 31, 33, 44, 64)
                                .mapToObj(length -> Arrays.copyOf(Curve.BASE.encode(), length)))
                .flatMap(keys -> keys);
    }

    @ParameterizedTest
    @MethodSource("unsafeKeys")
    void no_library_admits_an_unsafe_key_or_verifies_under_it(byte[] bytes) {
        PublicKey key = new PublicKey(bytes);
        // R = B, S = 1: valid under the identity for each statement, if nobody looks.
        Signature universal = new Signature(join(Curve.BASE.encode(), Curve.littleEndian(BigInteger.ONE)));

        assertThat(schemes()).allSatisfy(scheme -> {
            assertThatThrownBy(() -> scheme.requireAdmissible(key))
                    .isInstanceOf(InvalidKeyException.class)
                    .hasMessageContaining(";");
            assertThat(scheme.verify(key, STATEMENT, universal)).isFalse();
            assertThat(scheme.verify(key, STATEMENT, signature())).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void verifies_under_more_keys_than_it_remembers(Ed25519 scheme) {
        Signature first = scheme.signer(SECRET).sign(STATEMENT);
        byte[] secret = SECRET.clone();
        for (int i = 0; i <= Ed25519.REMEMBERED_KEYS; i++) {
            secret[30] = (byte) i;
            secret[31] = (byte) (i >> 8);
            assertThat(scheme.verify(Ed25519.publicKeyOf(secret), STATEMENT, first))
                    .isEqualTo(Arrays.equals(secret, SECRET));
        }

        assertThat(scheme.verify(publicKey(), STATEMENT, first)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void one_signer_serves_many_threads(Ed25519 scheme) {
        Signer signer = scheme.signer(SECRET);

        assertThat(IntStream.range(0, 200).parallel().allMatch(i -> {
                    byte[] statement = {(byte) i, (byte) (i >> 8)};
                    return scheme.verify(signer.publicKey(), statement, signer.sign(statement));
                }))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void refuses_a_secret_of_another_length(Ed25519 scheme) {
        assertThatThrownBy(() -> scheme.signer(new byte[31]))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("not 31");
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void a_signer_shows_no_secret(Ed25519 scheme) {
        assertThat(scheme.signer(SECRET)).hasToString("signer of " + publicKey());
    }

    private static PublicKey publicKey() {
        return Ed25519.publicKeyOf(SECRET);
    }

    private static Signature signature() {
        return Ed25519.pureJava().signer(SECRET).sign(STATEMENT);
    }

    /** S = nonce + k · secret, for whatever R and key. */
    private static Signature signature(byte[] key, byte[] r, BigInteger nonce) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-512");
            hash.update(r);
            hash.update(key);
            BigInteger k = Curve.number(hash.digest(STATEMENT)).mod(Curve.L);
            return new Signature(join(
                    r, Curve.littleEndian(nonce.add(k.multiply(SECRET_NUMBER)).mod(Curve.L))));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** It accepts everything. */
    private static final class GullibleLibrary implements Ed25519Library {
        private final Ed25519Library honest = new BouncyCastleEd25519();

        @Override
        public String name() {
            return "a gullible library";
        }

        @Override
        public Verification verification(byte[] publicKey, org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint point) {
            return (statement, signature) -> true;
        }

        @Override
        public Signing signing(byte[] secret, byte[] publicKey) {
            return honest.signing(secret, publicKey);
        }
    }
}
