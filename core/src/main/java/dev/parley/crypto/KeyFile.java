package dev.parley.crypto;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/**
 * A validator's private key on disk, four lines of text:
 *
 * <pre>
 * parley-key-v1
 * algorithm ed25519
 * public 3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29
 * secret …
 * </pre>
 *
 * Lines and not JSON, because a JSON parser's complaints quote what they could not read, and here that may be the secret. The
 * public key stands there for people, and so that a damaged secret is noticed.
 */
public final class KeyFile {
    private static final String HEADER = "parley-key-v1";
    private static final String ALGORITHM = "algorithm ";
    private static final String ED25519 = "ed25519";
    private static final String PUBLIC = "public ";
    private static final String SECRET = "secret ";

    /** A key file has less than 200 bytes; more is another file. */
    private static final int MAX_BYTES = 1024;

    private final SecretFile file;

    private KeyFile(Path path) {
        this.file = new SecretFile("key file", path);
    }

    /**
     * Writes a new file, readable by its owner alone where the file system knows owners, and waits until it is durable.
     *
     * @throws KeyFileException if there is a file already, which stays as it is, or if it cannot be written
     */
    public static void save(Path path, KeyPair key) {
        new KeyFile(path).save(key);
    }

    /**
     * @throws KeyFileException if the file is missing, unreadable or open to others, is no key file of this version, is for another
     *     algorithm, has a key of the wrong length, or a public key that is unsafe or does not belong to the secret
     */
    public static KeyPair load(Path path) {
        return new KeyFile(path).load();
    }

    private void save(KeyPair key) {
        file.save(HEADER + "\n"
                + ALGORITHM + ED25519 + "\n"
                + PUBLIC + key.publicKey() + "\n"
                + SECRET + HexFormat.of().formatHex(key.secret()) + "\n");
    }

    private KeyPair load() {
        List<String> lines = file.lines(MAX_BYTES);
        if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
            throw file.refused("does not begin with the line " + HEADER, "name a key file that Parley wrote", null);
        }
        if (lines.size() != 4) {
            throw file.refused("has " + lines.size() + " lines and not 4", "restore it from a copy", null);
        }
        String algorithm = file.value(lines.get(1), ALGORITHM);
        if (!algorithm.equals(ED25519)) {
            throw file.refused("is for another algorithm than " + ED25519, "generate an Ed25519 key", null);
        }
        PublicKey publicKey = new PublicKey(file.hex(lines.get(2), PUBLIC, Ed25519.PUBLIC_KEY_BYTES));
        KeyPair key = KeyPair.of(file.hex(lines.get(3), SECRET, Ed25519.SECRET_BYTES));
        try {
            Ed25519.pureJava().requireAdmissible(publicKey);
        } catch (InvalidKeyException e) {
            throw file.refused("has an unsafe public key: " + e.getMessage(), "restore it from a copy", e);
        }
        if (!publicKey.equals(key.publicKey())) {
            throw file.refused(
                    "has a public key that does not belong to its secret",
                    "restore it from a copy: one of them is damaged",
                    null);
        }
        return key;
    }
}
