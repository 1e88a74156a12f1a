package dev.parley.crypto;

import dev.parley.crypto.threshold.BlsKeys;
import dev.parley.crypto.threshold.KeyDealer;
import dev.parley.crypto.threshold.ThresholdSetup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a dealer puts the keys of a whole committee, {@code v0.key} and {@code v0.threshold-key}, {@code v1.key} and so on. Whoever runs one
 * validator takes its two files from there and never has the others; a process that runs all validators loads the directory. Immutable,
 * thread-safe; files are read at each call.
 */
public final class KeyDirectory implements KeyDealer {
    private final Path directory;

    public KeyDirectory(Path directory) {
        this.directory = directory;
    }

    /** The file of a validator's Ed25519 key, for {@link KeyFile}. */
    public Path key(int validator) {
        return directory.resolve("v" + validator + ".key");
    }

    /** The file of its share of the threshold keys, for {@link ThresholdKeyFile}. */
    public Path thresholdKey(int validator) {
        return directory.resolve("v" + validator + ".threshold-key");
    }

    /**
     * The Ed25519 keys of all validators.
     *
     * @throws KeyFileException if {@link KeyFile#load} refuses one, if two are the same, or if there are keys of more validators
     */
    public List<KeyPair> keys(int validators) {
        List<KeyPair> keys = new ArrayList<>();
        for (int i = 0; i < validators; i++) {
            KeyPair key = KeyFile.load(key(i));
            for (int other = 0; other < i; other++) {
                if (keys.get(other).publicKey().equals(key.publicKey())) {
                    throw new KeyFileException(
                            "key file " + key(i) + " holds the key of " + key(other)
                                    + "; each validator has its own: restore it from a copy, or make new keys",
                            null);
                }
            }
            keys.add(key);
        }
        if (Files.exists(key(validators))) {
            throw new KeyFileException(
                    "key directory " + directory + " holds keys of more than " + validators + " validators, "
                            + key(validators).getFileName() + " is one; say how many there are",
                    null);
        }
        return keys;
    }

    /**
     * The threshold keys that were dealt.
     *
     * @throws KeyFileException if {@link ThresholdKeyFile#load} refuses one, if they are of another committee than is asked for, or not all
     *     of one dealing
     */
    @Override
    public List<ThresholdSetup> deal(String chainId, int size, int threshold) {
        List<ThresholdSetup> setups = new ArrayList<>();
        byte[] common = new byte[0];
        for (int i = 0; i < size; i++) {
            ThresholdSetup setup = ThresholdKeyFile.load(thresholdKey(i), chainId, i);
            BlsKeys keys = (BlsKeys) setup.keys();
            if (keys.size() != size || keys.threshold() != threshold) {
                throw refused(
                        i,
                        "is of a committee of " + keys.size() + " with threshold " + keys.threshold() + ", and " + size
                                + " with threshold " + threshold + " are to run; deal for these, or run those");
            }
            if (i == 0) {
                common = keys.toBytes();
            } else if (!Arrays.equals(common, keys.toBytes())) {
                throw refused(i, "was not dealt with " + thresholdKey(0) + "; give all validators keys of one dealing");
            }
            setups.add(setup);
        }
        return setups;
    }

    private KeyFileException refused(int validator, String what) {
        return new KeyFileException("threshold key file " + thresholdKey(validator) + " " + what, null);
    }
}
