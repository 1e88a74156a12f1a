package dev.parley.testkit.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.client.ParleyClient;
import dev.parley.crypto.KeyDirectory;
import dev.parley.storage.DataDirectory;
import dev.parley.storage.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Validators on disks: what was acknowledged is there after all of them were stopped, and a restarted one goes on where it was. */
@Timeout(120)
class DurabilityTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CHAIN = "durable";
    /** A snapshot every few blocks, and little of the log below it. */
    private static final String SHORT = "parley.storage { snapshot-blocks = 5, keep-blocks = 3 }";

    record Put(String key, int value) {}

    record Contents(Map<String, Integer> values) {}

    /** Gives the value before, so that a command that is executed twice shows. */
    private static final class Register implements StateMachine<Put, Integer, Contents> {
        private final TreeMap<String, Integer> values = new TreeMap<>();

        @Override
        public Integer apply(Put command, Context context) {
            Integer before = values.put(command.key(), command.value());
            return before == null ? 0 : before;
        }

        @Override
        public Contents snapshot() {
            return new Contents(values);
        }

        @Override
        public void restore(Contents snapshot) {
            values.clear();
            values.putAll(snapshot.values());
        }
    }

    @TempDir
    Path folder;

    private KeyDirectory keys;

    @BeforeEach
    void deal() throws Exception {
        keys = new KeyDirectory(folder.resolve("keys"));
        var unused = keys.create(CHAIN, 4);
    }

    private LocalCluster<Put, Integer, Contents> start(String protocol, String settings) {
        return LocalCluster.of(4, Application.of(Register::new, Put.class, Integer.class, Contents.class))
                .protocol(protocol)
                .config("parley.chain-id = " + CHAIN)
                .config(settings)
                .keys(keys)
                .data(folder.resolve("data"))
                .start();
    }

    private static int put(ParleyClient<Put, Integer> client, String key, int value) {
        return client.submit(new Put(key, value)).toCompletableFuture().join().result();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "tendermint", "honeybadger"})
    void what_was_acknowledged_is_there_after_all_were_stopped(String protocol) {
        for (int life = 0; life < 3; life++) {
            try (var cluster = start(protocol, "");
                    var client = cluster.client(life)) {
                for (int i = 0; i < 5; i++) {
                    assertThat(put(client, "k" + i, life + 1)).isEqualTo(life);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "tendermint", "honeybadger"})
    void a_restart_goes_on_from_the_snapshot_where_the_log_below_is_gone(String protocol) {
        try (var cluster = start(protocol, SHORT);
                var client = cluster.client()) {
            for (int i = 1; i <= 30; i++) {
                assertThat(put(client, "k", i)).isEqualTo(i - 1);
            }
            cluster.kill(3);
            for (int i = 31; i <= 33; i++) {
                assertThat(put(client, "k", i)).isEqualTo(i - 1);
            }
            cluster.restart(3);
            assertThat(put(client, "k", 34)).isEqualTo(33);
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(CompletionException.class)
                    .untilAsserted(() -> {
                        var one = cluster.node(0).state().toCompletableFuture().join();
                        var restarted =
                                cluster.node(3).state().toCompletableFuture().join();
                        assertThat(restarted.height()).isGreaterThanOrEqualTo(34);
                        assertThat(restarted).isEqualTo(one);
                    });
        }
        try (var cluster = start(protocol, SHORT);
                var client = cluster.client(2)) {
            assertThat(put(client, "k", 35)).isEqualTo(34);
        }
    }

    @Test
    void other_keys_find_the_directory_taken() {
        start("tendermint", "").close();
        assertThatThrownBy(() -> start("hotstuff", ""))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("v0 is of protocol tendermint and not of hotstuff");
        assertThat(DataDirectory.identify(folder.resolve("data").resolve("v0")).chainId())
                .isEqualTo(CHAIN);
    }
}
