package dev.parley.crypto;

import dev.parley.crypto.threshold.BlsKeys;
import dev.parley.crypto.threshold.KeyDealer;
import dev.parley.crypto.threshold.ThresholdDealer;
import dev.parley.crypto.threshold.ThresholdDealer.Dealt;
import dev.parley.crypto.threshold.ThresholdSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Where a dealer puts the keys of a whole committee, {@code v0.key} and {@code v0.threshold-key}, {@code v1.key} and so on. Whoever runs one
 * validator takes its two files from there and never has the others; a process that runs all validators loads the directory. Immutable,
 * thread-safe; files are read at each call.
 */
public final class KeyDirectory implements KeyDealer {
    private final IntFunction<Path> keys;
    private final IntFunction<Path> thresholdKeys;

    public KeyDirectory(Path directory) {
        this(i -> directory.resolve("v" + i + ".key"), i -> directory.resolve("v" + i + ".threshold-key"));
    }

    /** With names of their own for the two files of each validator. */
    public KeyDirectory(IntFunction<Path> keys, IntFunction<Path> thresholdKeys) {
        this.keys = keys;
        this.thresholdKeys = thresholdKeys;
    }

    /** How many shares threshold keys take that {@link #create} deals to so many validators: f + 1. */
    public static int threshold(int validators) {
        return (validators - 1) / 3 + 1;
    }

    /**
     * Deals new keys to a committee and writes them all; makes directories that are not there.
     *
     * @return by validator
     * @throws KeyFileException if a file cannot be written or is there already; what was written before it is of no use then
     * @throws IOException if a directory cannot be made
     */
    public List<PublicKey> create(String chainId, int validators) throws IOException {
        SecureRandom random = new SecureRandom();
        Dealt dealt = ThresholdDealer.deal(chainId, validators, threshold(validators), random);
        List<PublicKey> created = new ArrayList<>();
        for (int i = 0; i < validators; i++) {
            for (Path file : List.of(key(i), thresholdKey(i))) {
                Path folder = file.getParent();
                if (folder != null) {
                    Files.createDirectories(folder);
                }
            }
            KeyPair key = KeyPair.generate(random);
            KeyFile.save(key(i), key);
            ThresholdKeyFile.save(thresholdKey(i), dealt.keys(), dealt.secrets().get(i));
            created.add(key.publicKey());
        }
        return created;
    }

    /** The file of a validator's Ed25519 key, for {@link KeyFile}. */
    public Path key(int validator) {
        return keys.apply(validator);
    }

    /** The file of its share of the threshold keys, for {@link ThresholdKeyFile}. */
    public Path thresholdKey(int validator) {
        return thresholdKeys.apply(validator);
    }

    /**
     * The Ed25519 keys of all validators.
     *
     * @throws KeyFileException if {@link KeyFile#load} refuses one, if two are the same, or if there are keys of more validators
     */
    public List<KeyPair> keys(int validators) {
        List<KeyPair> loaded = new ArrayList<>();
        for (int i = 0; i < validators; i++) {
            KeyPair key = KeyFile.load(key(i));
            for (int other = 0; other < i; other++) {
                if (loaded.get(other).publicKey().equals(key.publicKey())) {
                    throw new KeyFileException(
                            "key file " + key(i) + " holds the key of " + key(other)
                                    + "; each validator has its own: restore it from a copy, or make new keys",
                            null);
                }
            }
            loaded.add(key);
        }
        if (Files.exists(key(validators))) {
            throw new KeyFileException(
                    "key directory " + key(validators).getParent() + " holds keys of more than " + validators
                            + " validators, " + key(validators).getFileName() + " is one; say how many there are",
                    null);
        }
        return loaded;
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
