package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crypto.KeyFile;
import dev.parley.crypto.ThresholdKeyFile;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.testkit.cluster.LinkAttack;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParleyCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        return ParleyCommand.commandLine(Screen.plain(out, err)).execute(words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            demo --protocol paxos                                | there is no protocol 'paxos'; there is honeybadger
            demo --validators 3                                  | n = 3 validators bear no Byzantine fault
            demo --validators 64                                 | at most 63
            demo --validators four                               | 'four' is not an int
            demo --byzantine 3=kind                              | there is no behaviour 'kind' for hotstuff; there is
            demo --byzantine silent                              | --byzantine is ID=BEHAVIOUR
            demo --byzantine 3=                                  | --byzantine is ID=BEHAVIOUR
            demo --byzantine x=silent                            | a number before the '='
            demo --byzantine 4=silent                            | there is no validator 4: they are 0 to 3
            demo --byzantine -1=silent                           | there is no validator -1
            demo --byzantine 0=silent --byzantine 1=silent       | 2 Byzantine validators are more than the 1
            demo --commands 0                                    | --commands is 1 to 4000, not 0
            simulate --adversary coin                            | there is no adversary 'coin' of hotstuff; there is none
            simulate --protocol honeybadger --adversary mean     | there is no adversary 'mean' of honeybadger; there is coin
            simulate --protocol honeybadger --adversary coin --validators 7 | plays with 4 validators, not 7
            simulate --protocol honeybadger --adversary coin --byzantine 1=silent | give no --byzantine
            serve --data d                                       | --data takes --keys too
            demo --loud                                          | Unknown option: '--loud'
            serve --protocol paxos                               | there is no protocol 'paxos'
            serve --port 65536                                   | --port is 0 to 65535, not 65536
            bench --protocol paxos                               | there is no protocol 'paxos'
            bench --clients 0                                    | --clients is 1 to 1000, not 0
            bench --outstanding 8001                             | --outstanding is 1 to 8000, not 8001
            bench --size -1                                      | --size is 0 to
            bench --seconds 0                                    | --seconds is above 0
            bench --rate -1                                      | --rate is 0 to
            simulate --protocol paxos                            | there is no protocol 'paxos'
            simulate --bug none-such                             | there is no bug 'none-such' for hotstuff; there is
            simulate --seeds 7                                   | --seeds is A..B
            simulate --seeds 9..1                                | --seeds is A..B
            simulate --seeds 1..x                                | --seeds is A..B
            simulate --seeds 1..2 --seed 1                       | give --seed or --seeds, not both
            simulate --faults rain                               | there is no fault 'rain'; there is none, delay
            simulate --scenario none-such                        | there is no scenario and no file 'none-such'; there is
            simulate --threads 0                                 | --threads is 1 to 1024, not 0
            simulate --blocks 0                                  | --blocks is 1 or more, not 0
            exhaustive --rounds 4                                | --rounds is 1 to 3, not 4
            exhaustive --byzantine 4                             | --byzantine is 0 to 3, not 4
            exhaustive --max-states 0                            | --max-states is 1 to 150000000, not 0
            compare --protocols hotstuff,paxos                   | there is no protocol 'paxos' to compare; there is honeybadger
            compare --sizes 4,3                                  | --sizes are 4 to 128 validators each, not 3
            compare --sizes 129                                  | --sizes are 4 to 128 validators each, not 129
            compare --sizes 4 --quick                            | give --sizes or --quick, not both
            keys                                                 | Missing required option: '--dir=D'
            keys --dir d --validators 3                          | --validators is 4 to 255, not 3
            keys --dir d --validators 256                        | --validators is 4 to 255, not 256
            compare --quick --markdown no/such/page.md           | cannot read the page no/such/page.md
            """)
    void refuses_wrong_usage_in_one_line_with_2(String words, String why) {
        assertThat(run(words.split(" +"))).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains(why);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void asks_which_command_if_there_is_none() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains(
                        "demo, serve, bench, simulate, exhaustive, compare, synchrony, keys, inspect, init, node, cluster, soak, drill, attack, completion");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "serve", "bench", "simulate"})
    void explains_each_command(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString())
                .contains("Usage: parley " + command)
                .contains("--protocol")
                .contains("--byzantine");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void says_which_attacks_there_are() {
        assertThat(run("attack", "--help")).isZero();
        assertThat(out.toString().replaceAll("\\s", ""))
                .contains(Arrays.stream(LinkAttack.Kind.values())
                        .map(LinkAttack.Kind::text)
                        .collect(Collectors.joining(",", "Whichof", ";all")));
    }

    @Test
    void says_in_one_line_that_the_port_is_in_use() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("serve", "--port", Integer.toString(taken.getLocalPort())))
                    .isEqualTo(1);
        }
        assertThat(err.toString().lines()).singleElement().asString().contains("cannot listen on port");
    }

    @Test
    void demonstrates_a_byzantine_leader_that_does_no_harm() {
        assertThat(run("demo", "--commands", "10")).as(() -> out + "\n" + err).isZero();
        assertThat(out.toString())
                .contains("v3 is equivocating-leader", "✓ all correct validators", "10 of 10")
                .doesNotContain("\u001b");
    }

    @Test
    void measures_in_json() {
        assertThat(run("bench", "--clients", "1", "--outstanding", "4", "--warmup", "0", "--seconds", "3", "--json"))
                .as(() -> out + "\n" + err)
                .isZero();
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .contains("\"commandsPerSecond\":", "\"failures\":{}");
    }

    @Test
    void simulates_seeds_and_finds_nothing_wrong() {
        assertThat(run("simulate", "--seeds", "1..10", "--blocks", "10"))
                .as(() -> out + "\n" + err)
                .isZero();
        assertThat(out.toString()).contains("10 runs of hotstuff", "✓ no violation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "tendermint"})
    void plays_a_scenario_for_each_protocol(String protocol) {
        assertThat(run("simulate", "--scenario", "happy-path", "--protocol", protocol))
                .as(() -> out + "\n" + err)
                .isZero();
        assertThat(out.toString()).contains("-- submit \"a\"", "decides height 1: b1");
    }

    @Test
    void plays_a_scenario_of_ones_own(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.scenario"), "cluster 4\nsubmit \"a\"\nrun until height 1\n");
        assertThat(run("simulate", "--scenario", file.toString())).isZero();
        Files.writeString(folder.resolve("mine.hotstuff.transcript"), "something else");
        assertThat(run("simulate", "--scenario", file.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("not the transcript that is kept beside the scenario");
    }

    @Test
    void meets_all_states_of_one_round() {
        assertThat(run("exhaustive", "--rounds", "1"))
                .as(() -> out + "\n" + err)
                .isZero();
        assertThat(out.toString()).contains("474", "843", "✓ no violation in any state");
    }

    @Test
    void says_that_a_search_was_stopped() {
        assertThat(run("exhaustive", "--byzantine", "0", "--no-symmetry", "--max-states", "100"))
                .isZero();
        assertThat(out.toString()).contains("(stopped)", "not all states were met");
    }

    @Test
    void deals_keys_that_load_and_never_overwrites_them(@TempDir Path folder) throws IOException {
        String directory = folder.resolve("new").toString();
        assertThat(run("keys", "--validators", "4", "--chain-id", "mine", "--dir", directory))
                .as(() -> out + "\n" + err)
                .isZero();
        for (int i = 0; i < 4; i++) {
            Path key = Path.of(directory, "v" + i + ".key");
            Path threshold = Path.of(directory, "v" + i + ".threshold-key");
            assertThat(out.toString())
                    .contains(KeyFile.load(key).publicKey().toString(), key.toString(), threshold.toString());
            ThresholdSetup loaded = ThresholdKeyFile.load(threshold, "mine", i);
            assertThat(loaded.keys().threshold()).isEqualTo(2);
            for (Path file : List.of(key, threshold)) {
                String secret = Files.readAllLines(file).getLast();
                assertThat(out.toString()).doesNotContain(secret.substring(secret.length() - 16));
            }
        }
        assertThat(out.toString()).contains("is secret, from the other validators too");
        assertThat(err.toString()).isEmpty();

        Files.delete(Path.of(directory, "v0.key"));
        String before = Files.readString(Path.of(directory, "v0.threshold-key"));
        assertThat(run("keys", "--chain-id", "mine", "--dir", directory)).isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("never overwritten; nothing was written");
        assertThat(Path.of(directory, "v0.threshold-key")).hasContent(before);
        assertThat(Path.of(directory, "v0.key")).doesNotExist();
    }

    @Test
    void runs_validators_with_dealt_keys_and_refuses_those_of_another_chain(@TempDir Path folder) {
        String directory = folder.toString();
        assertThat(run("keys", "--chain-id", "mine", "--dir", directory)).isZero();
        assertThat(run(
                        "demo",
                        "--protocol",
                        "honeybadger",
                        "--keys",
                        directory,
                        "--chain-id",
                        "mine",
                        "--commands",
                        "4"))
                .as(() -> out + "\n" + err)
                .isZero();
        assertThat(run("serve", "--protocol", "honeybadger", "--keys", directory))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("v0.threshold-key is for the chain 'mine' and not for 'parley'");
    }

    @Test
    void shows_what_a_validator_left_on_its_disk(@TempDir Path folder) throws IOException {
        String keys = folder.resolve("keys").toString();
        Path data = folder.resolve("data");
        run("keys", "--dir", keys);
        assertThat(run("demo", "--commands", "6", "--keys", keys, "--data", data.toString()))
                .as(() -> out + "\n" + err)
                .isZero();
        out.getBuffer().setLength(0);
        String directory = data.resolve("v1").toString();
        assertThat(run("inspect", directory)).as(err::toString).isZero();
        assertThat(out.toString())
                .contains(
                        "validator  v1 of chain 'parley', hotstuff, key ",
                        "log        heights 1 to ",
                        "snapshot   none");
        out.getBuffer().setLength(0);
        assertThat(run("inspect", directory, "--json")).isZero();
        assertThat(out.toString())
                .startsWith("{\"chainId\":\"parley\",\"protocol\":\"hotstuff\",\"validator\":1,")
                .contains("\"firstHeight\":1,\"lastHeight\":");
        assertThat(run("inspect", keys)).isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains(keys + " is no data directory of Parley: it has no file 'identity'");
    }

    @Test
    void refuses_a_chain_id_that_no_line_holds(@TempDir Path folder) {
        Path directory = folder.resolve("keys");
        assertThat(run("keys", "--chain-id", "a\nb", "--dir", directory.toString()))
                .isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains("--chain-id has a control character");
        assertThat(directory).doesNotExist();
    }

    @Test
    void tells_of_dealt_keys_in_json(@TempDir Path folder) throws IOException {
        String directory = folder.resolve("a\"b").toString();
        assertThat(run("keys", "--validators", "7", "--dir", directory, "--json"))
                .as(() -> out + "\n" + err)
                .isZero();
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .startsWith("{\"chainId\":\"parley\",\"threshold\":3,\"validators\":[{\"validator\":0,\"publicKey\":\"")
                .contains("a\\\"b/v6.threshold-key\"]}]}");
    }

    @Test
    void says_in_one_line_that_keys_cannot_be_written(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(run("keys", "--dir", file.toString())).isEqualTo(1);
        assertThat(err.toString().lines()).singleElement().asString().contains("cannot make the directory " + file);
    }

    @Test
    void lists_what_can_be_named() {
        assertThat(run("simulate", "--list")).isZero();
        assertThat(out.toString()).contains("equivocating-leader", "partition", "caught within");
    }
}
