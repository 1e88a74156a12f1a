package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crypto.threshold.ThresholdDealer;
import dev.parley.crypto.threshold.ThresholdDealer.Dealt;
import dev.parley.crypto.threshold.ThresholdSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyDirectoryTest {
    private static final String CHAIN = "mine";
    private static final Dealt DEALT = ThresholdDealer.deal(CHAIN, 4, 2, new Random(1));
    private static final Dealt OTHERS = ThresholdDealer.deal(CHAIN, 4, 2, new Random(2));

    @TempDir
    Path folder;

    private KeyDirectory directory;

    @BeforeEach
    void deal() {
        directory = new KeyDirectory(folder);
        for (int i = 0; i < 4; i++) {
            KeyFile.save(directory.key(i), key(i));
            ThresholdKeyFile.save(
                    directory.thresholdKey(i), DEALT.keys(), DEALT.secrets().get(i));
        }
    }

    private static KeyPair key(int number) {
        byte[] secret = new byte[Ed25519.SECRET_BYTES];
        secret[0] = (byte) (number + 1);
        return KeyPair.of(secret);
    }

    @Test
    void loads_what_was_dealt() {
        assertThat(directory.keys(4))
                .extracting(KeyPair::publicKey)
                .containsExactly(key(0).publicKey(), key(1).publicKey(), key(2).publicKey(), key(3).publicKey());
        List<ThresholdSetup> setups = directory.deal(CHAIN, 4, 2);
        assertThat(setups).extracting(setup -> setup.secret().party()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void one_key_for_two_validators_is_refused() throws IOException {
        Files.delete(directory.key(2));
        KeyFile.save(directory.key(2), key(0));
        assertThatThrownBy(() -> directory.keys(4))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("v2.key holds the key of " + directory.key(0));
    }

    @Test
    void keys_of_more_or_fewer_validators_are_refused() {
        assertThatThrownBy(() -> directory.keys(3))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("holds keys of more than 3 validators, v3.key is one");
        assertThatThrownBy(() -> directory.keys(5))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("v4.key does not exist");
    }

    @Test
    void threshold_keys_of_another_committee_are_refused() {
        assertThatThrownBy(() -> directory.deal(CHAIN, 4, 3))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining(
                        "v0.threshold-key is of a committee of 4 with threshold 2, and 4 with threshold 3 are to run");
        assertThatThrownBy(() -> directory.deal("other", 4, 2))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("is for the chain 'mine' and not for 'other'");
    }

    @Test
    void shares_of_two_dealings_are_refused() throws IOException {
        Files.delete(directory.thresholdKey(3));
        ThresholdKeyFile.save(
                directory.thresholdKey(3), OTHERS.keys(), OTHERS.secrets().get(3));
        assertThatThrownBy(() -> directory.deal(CHAIN, 4, 2))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("v3.threshold-key was not dealt with " + directory.thresholdKey(0));
    }
}
