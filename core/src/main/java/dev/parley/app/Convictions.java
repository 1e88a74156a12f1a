package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which validators of the epoch were convicted, and at which height: each once, whatever else it does, so that a culprit cannot fill the
 * log with what it signs. Replicated state: equal histories give equal tables, and equal tables equal bytes. Not thread-safe.
 */
public final class Convictions {
    private final TreeMap<ValidatorId, Long> heights = new TreeMap<>();

    /** @throws MalformedException if it is not the form of a table */
    public static Convictions read(BinaryReader in) throws MalformedException {
        Convictions read = new Convictions();
        int count = in.count(ValidatorSet.MAX_VALIDATORS, 4 + 8);
        int previous = -1;
        for (int i = 0; i < count; i++) {
            int culprit = in.i32();
            long height = in.i64();
            if (culprit <= previous || culprit >= ValidatorSet.MAX_VALIDATORS || height < 1) {
                throw new MalformedException(
                        "convictions are in the order of validators, each once, at heights from 1");
            }
            read.heights.put(new ValidatorId(culprit), height);
            previous = culprit;
        }
        return read;
    }

    /** Equal tables give equal bytes. */
    public void write(BinaryWriter out) {
        out.i32(heights.size());
        for (Map.Entry<ValidatorId, Long> entry : heights.entrySet()) {
            out.i32(entry.getKey().index()).i64(entry.getValue());
        }
    }

    /** A table of its own with the same content. */
    public Convictions copy() {
        Convictions copy = new Convictions();
        copy.heights.putAll(heights);
        return copy;
    }

    public boolean contains(ValidatorId validator) {
        return heights.containsKey(validator);
    }

    /** @return whether the validator had not been convicted before */
    public boolean record(ValidatorId culprit, long height) {
        return heights.putIfAbsent(culprit, height) == null;
    }

    /** Validators that were convicted. */
    public int size() {
        return heights.size();
    }
}
