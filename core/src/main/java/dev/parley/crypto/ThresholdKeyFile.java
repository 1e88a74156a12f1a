package dev.parley.crypto;

import dev.parley.crypto.threshold.BlsKeys;
import dev.parley.crypto.threshold.BlsSecret;
import dev.parley.crypto.threshold.ThresholdSetup;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a dealer gives one party, on disk, eight lines of text:
 *
 * <pre>
 * parley-threshold-key-v1
 * algorithm bls12-381
 * chain parley
 * parties 4
 * threshold 2
 * party 0
 * public …
 * secret …
 * </pre>
 *
 * The last two are {@link BlsKeys#toBytes} and {@link BlsSecret#toBytes}, which hold all that the lines before say; those stand there for
 * people, and have to agree. Only the line {@code secret} is one, and it differs from party to party.
 */
public final class ThresholdKeyFile {
    private static final String KIND = "threshold key file";
    private static final String HEADER = "parley-threshold-key-v";
    private static final int VERSION = 1;
    private static final Pattern OTHER_VERSION = Pattern.compile(HEADER + "[1-9][0-9]{0,8}");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private static final String ALGORITHM = "algorithm ";
    private static final String BLS12_381 = "bls12-381";
    private static final String CHAIN = "chain ";
    private static final String PARTIES = "parties ";
    private static final String THRESHOLD = "threshold ";
    private static final String PARTY = "party ";
    private static final String PUBLIC = "public ";
    private static final String SECRET = "secret ";
    private static final int LINES = 8;

    /** Twice the bytes of 255 parties' keys, 98 KB, and some. */
    private static final int MAX_BYTES = 1 << 18;

    private final SecretFile file;

    private ThresholdKeyFile(Path path) {
        this.file = new SecretFile(KIND, path);
    }

    /**
     * Writes a new file, readable by its owner alone where the file system knows owners, and waits until it is durable. It is there whole
     * or not at all.
     *
     * @throws KeyFileException if there is a file already, which stays as it is, if it cannot be written, or if the chain id does not fit on
     *     a line
     */
    public static void save(Path path, BlsKeys keys, BlsSecret secret) {
        new ThresholdKeyFile(path).save(keys, secret);
    }

    /**
     * @param chainId of the chain that the keys must be for
     * @param party whose share it must be: the same share twice in a committee is one too few
     * @throws KeyFileException if the file is missing, unreadable or open to others, is no key file of this version, is for another
     *     algorithm, chain or party, or holds keys that no dealer deals: of wrong sizes, with a point that is not on the curve, not in its
     *     subgroup or the identity, or a share that does not belong to the public keys
     */
    public static ThresholdSetup load(Path path, String chainId, int party) {
        return new ThresholdKeyFile(path).load(chainId, party);
    }

    private void save(BlsKeys keys, BlsSecret secret) {
        if (keys.chainId().chars().anyMatch(Character::isISOControl)
                || keys.chainId().lines().count() != 1) {
            throw file.refused(
                    "cannot be written: the chain id has control characters", "choose another parley.chain-id", null);
        }
        HexFormat hex = HexFormat.of();
        file.save(HEADER + VERSION + "\n"
                + ALGORITHM + BLS12_381 + "\n"
                + CHAIN + keys.chainId() + "\n"
                + PARTIES + keys.size() + "\n"
                + THRESHOLD + keys.threshold() + "\n"
                + PARTY + secret.party() + "\n"
                + PUBLIC + hex.formatHex(keys.toBytes()) + "\n"
                + SECRET + hex.formatHex(secret.toBytes()) + "\n");
    }

    private ThresholdSetup load(String chainId, int party) {
        List<String> lines = file.lines(MAX_BYTES);
        requireVersion(lines.isEmpty() ? "" : lines.getFirst());
        if (lines.size() != LINES) {
            throw damaged("has " + lines.size() + " lines and not " + LINES);
        }
        if (!file.value(lines.get(1), ALGORITHM).equals(BLS12_381)) {
            throw file.refused("is for another algorithm than " + BLS12_381, "deal such keys", null);
        }
        String chain = file.value(lines.get(2), CHAIN);
        if (!chain.equals(chainId)) {
            throw file.refused(
                    "is for the chain '" + chain + "' and not for '" + chainId + "'",
                    "name the file that was dealt for this chain, or correct parley.chain-id",
                    null);
        }
        int parties = number(lines.get(3), PARTIES, 1, BlsKeys.MAX_SIZE);
        int threshold = number(lines.get(4), THRESHOLD, 1, parties);
        int found = number(lines.get(5), PARTY, 0, parties - 1);
        if (found != party) {
            throw file.refused(
                    "holds the share of party " + found + " and not of party " + party,
                    "give each validator the file that was dealt to it",
                    null);
        }
        BlsKeys keys = keys(file.hex(lines.get(6), PUBLIC, BlsKeys.sizeBytes(chainId, parties)), chainId);
        if (keys.size() != parties || keys.threshold() != threshold) {
            throw damaged("has public keys of another committee than its lines 'parties' and 'threshold' say");
        }
        BlsSecret secret = secret(file.hex(lines.get(7), SECRET, BlsSecret.sizeBytes(chainId)), keys);
        if (secret.party() != found) {
            throw damaged("has a secret share of another party than its line 'party' says");
        }
        return new ThresholdSetup(keys, secret);
    }

    private void requireVersion(String header) {
        if (header.equals(HEADER + VERSION)) {
            return;
        }
        throw OTHER_VERSION.matcher(header).matches()
                ? file.refused(
                        "is of version " + header.substring(HEADER.length()) + ", and this Parley reads version "
                                + VERSION,
                        "use the Parley that wrote it, or deal anew",
                        null)
                : file.refused(
                        "does not begin with the line " + HEADER + VERSION,
                        "name a threshold key file that Parley wrote",
                        null);
    }

    private int number(String line, String label, int least, int most) {
        String text = file.value(line, label);
        if (!NUMBER.matcher(text).matches()) {
            throw damaged("has a line '" + label.strip() + "' that is no number");
        }
        int number = Integer.parseInt(text);
        if (number < least || number > most) {
            throw file.refused(
                    "has " + label + number + ", and it is " + least + " to " + most,
                    "restore it from a copy, or deal anew",
                    null);
        }
        return number;
    }

    private BlsKeys keys(byte[] bytes, String chainId) {
        try {
            return BlsKeys.read(bytes, chainId);
        } catch (InvalidKeyException e) {
            throw unusable(e);
        }
    }

    private BlsSecret secret(byte[] bytes, BlsKeys keys) {
        try {
            return BlsSecret.read(bytes, keys);
        } catch (InvalidKeyException e) {
            throw unusable(e);
        }
    }

    /** Its message ends with what to do. */
    private KeyFileException unusable(InvalidKeyException why) {
        return file.refused("cannot be used: " + why.getMessage(), why);
    }

    private KeyFileException damaged(String what) {
        return file.refused(what, "restore it from a copy", null);
    }
}
