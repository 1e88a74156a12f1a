package dev.parley.sample.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.parley.client.BusyException;
import dev.parley.client.UnknownOutcomeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

class RedisServerTest {
    private static final int PATIENCE_MILLIS = 20_000;

    private final SingleStore store = new SingleStore();
    private RedisServer server;

    RedisServerTest() throws IOException {
        server = start(RedisServerSettings.onLoopback(0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void jedis_finds_all_that_it_expects() {
        try (Jedis jedis = jedis()) {
            assertThat(jedis.ping()).isEqualTo("PONG");
            assertThat(jedis.echo("hello")).isEqualTo("hello");
            assertThat(jedis.set("key", "value", SetParams.setParams().ex(10).nx()))
                    .isEqualTo("OK");
            assertThat(jedis.get("key")).isEqualTo("value");
            assertThat(jedis.ttl("key")).isEqualTo(10);
            store.passMillis(10_001);
            assertThat(jedis.get("key")).isNull();
            assertThat(jedis.incrBy("n", 5)).isEqualTo(5);
            assertThat(jedis.mset("a", "1", "b", "2")).isEqualTo("OK");
            assertThat(jedis.mget("a", "b", "c")).containsExactly("1", "2", null);
            assertThat(jedis.rpush("list", "x", "y", "z")).isEqualTo(3);
            assertThat(jedis.lpop("list", 2)).containsExactly("x", "y");
            assertThat(jedis.lrange("list", 0, -1)).containsExactly("z");
            assertThat(jedis.sadd("set", "m")).isEqualTo(1);
            assertThat(jedis.smembers("set")).containsExactly("m");
            assertThat(jedis.hset("hash", "f", "v")).isEqualTo(1);
            assertThat(jedis.hgetAll("hash")).containsEntry("f", "v");
            assertThat(jedis.type("hash")).isEqualTo("hash");
            assertThat(jedis.keys("*s*")).containsExactlyInAnyOrder("list", "set", "hash");
            assertThat(jedis.dbSize()).isEqualTo(6);
            ScanResult<String> scanned = jedis.scan("0", new ScanParams().count(100));
            assertThat(scanned.getResult()).hasSize(6);
            assertThat(scanned.isCompleteIteration()).isTrue();
            assertThat(jedis.clientSetname("me")).isEqualTo("OK");
            assertThat(jedis.clientGetname()).isEqualTo("me");
            assertThat(jedis.select(0)).isEqualTo("OK");
            assertThat(jedis.flushAll()).isEqualTo("OK");
            assertThatExceptionOfType(JedisDataException.class)
                    .isThrownBy(() -> jedis.select(1))
                    .withMessage("ERR DB index is out of range");
        }
    }

    @Test
    void info_shows_the_figures_it_is_given() {
        try (Jedis jedis = jedis()) {
            assertThat(jedis.info())
                    .contains("redis_version:")
                    .contains("connected_clients:1")
                    .contains("# Parley\r\nheight:7\r\n");
            assertThat(jedis.info("parley")).isEqualTo("# Parley\r\nheight:7\r\n");
        }
    }

    @Test
    void answers_what_clients_and_redis_benchmark_ask_first() throws IOException {
        assertThat(talk(lines("HELLO 3", "HELLO x", "CONFIG GET save", "config get appendonly", "QUIT")))
                .isEqualTo(lines(
                        "-NOPROTO unsupported protocol version",
                        "-ERR Protocol version is not an integer or out of range",
                        "*2",
                        "$4",
                        "save",
                        "$0",
                        "",
                        "*2",
                        "$10",
                        "appendonly",
                        "$2",
                        "no",
                        "+OK"));
        assertThat(talk(lines("COMMAND DOCS", "COMMAND COUNT", "CLIENT SETINFO LIB-NAME x", "CLIENT ID", "QUIT")))
                .isEqualTo(lines("*0", ":46", "+OK", ":2", "+OK"));
        assertThat(talk(lines("CLIENT KILL", "EXEC", "QUIT")))
                .isEqualTo(lines(
                        "-ERR unknown subcommand 'KILL'. Try CLIENT HELP.",
                        "-ERR EXEC is not supported: this store has no transactions",
                        "+OK"));
        assertThat(talk(lines("HELLO 2 SETNAME me", "CLIENT GETNAME", "QUIT")))
                .startsWith(lines("*14", "$6", "server"))
                .endsWith(lines("*0", "$2", "me", "+OK"));
    }

    @Test
    void replies_keep_the_order_of_requests_whoever_answers_them() throws IOException {
        assertThat(talk(lines("SET a 1", "PING", "INCR a", "nope", "ECHO x", "GET a", "QUIT")))
                .isEqualTo(lines(
                        "+OK",
                        "+PONG",
                        ":2",
                        "-ERR unknown command 'nope', with args beginning with: ",
                        "$1",
                        "x",
                        "$1",
                        "2",
                        "+OK"));
    }

    @Test
    void unknown_commands_and_wrong_arities_never_reach_the_log() throws IOException {
        talk("nope\r\nGET\r\nPING\r\nQUIT\r\n");
        assertThat(store.batchSizes()).isEmpty();
    }

    @Test
    void what_is_pipelined_together_becomes_few_batches() {
        try (Jedis jedis = jedis()) {
            Pipeline pipeline = jedis.pipelined();
            List<Response<Long>> answers =
                    IntStream.range(0, 10_000).mapToObj(i -> pipeline.incr("n")).toList();
            pipeline.sync();
            assertThat(answers.stream().map(Response::get).toList())
                    .isEqualTo(IntStream.rangeClosed(1, 10_000)
                            .mapToObj(Long::valueOf)
                            .toList());
            assertThat(store.batchSizes()).hasSizeLessThan(1000);
        }
    }

    @Test
    void large_values_come_back_whole_even_if_their_batch_is_cut_short() {
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        byte[] key = {'k', 0, '\r', '\n', (byte) 0xff};
        try (Jedis jedis = jedis()) {
            jedis.set(key, large);
            Pipeline pipeline = jedis.pipelined();
            List<Response<byte[]>> answers =
                    IntStream.range(0, 9).mapToObj(i -> pipeline.get(key)).toList();
            pipeline.sync();
            assertThat(answers).allSatisfy(answer -> assertThat(answer.get()).isEqualTo(large));
        }
    }

    @Test
    void a_request_may_come_byte_by_byte() throws IOException {
        try (Socket socket = connect()) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            for (byte single : bytes(
                    "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n\r\n\r\n*0\r\n\r\n*-1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\nQUIT\r\n")) {
                out.write(single);
            }
            assertThat(rest(socket)).isEqualTo("+OK\r\n$2\r\n\r\n\r\n+OK\r\n");
        }
    }

    @Test
    void a_request_that_does_not_come_whole_ends_its_connection_and_an_idle_one_stays() throws IOException {
        server.close();
        server = start(new RedisServerSettings("127.0.0.1", 0, 1, 10, 10, 1000, Duration.ZERO, Duration.ofMillis(100)));
        try (Socket idle = connect();
                Socket array = connect();
                Socket line = connect()) {
            array.getOutputStream().write(bytes("PING\r\n*2\r\n$3\r\nGE"));
            line.getOutputStream().write(bytes("GET"));
            String cut = "-ERR Protocol error: a request did not come whole within 100 ms\r\n";
            assertThat(rest(array)).isEqualTo("+PONG\r\n" + cut);
            assertThat(rest(line)).isEqualTo(cut);
            idle.getOutputStream().write(bytes("PING\r\nQUIT\r\n"));
            assertThat(rest(idle)).isEqualTo("+PONG\r\n+OK\r\n");
        }
    }

    @Test
    void inline_requests_may_be_quoted() throws IOException {
        assertThat(talk("SET a \"x \\x41\\n\\\"\"\r\nGET a\nECHO 'it\\'s'\r\nECHO \"\"\r\nQUIT\r\n"))
                .isEqualTo("+OK\r\n$5\r\nx A\n\"\r\n$4\r\nit's\r\n$0\r\n\r\n+OK\r\n");
    }

    @Test
    void garbage_is_named_and_ends_the_connection_after_the_replies_that_are_owed() throws IOException {
        assertThat(talk("PING\r\n*1\r\n!")).isEqualTo("+PONG\r\n-ERR Protocol error: expected '$', got '!'\r\n");
        assertThat(talk("*x\r\n")).isEqualTo("-ERR Protocol error: invalid multibulk length\r\n");
        assertThat(talk("*1048577\r\n")).isEqualTo("-ERR Protocol error: invalid multibulk length\r\n");
        assertThat(talk("*1\r\n$-1\r\n")).isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
        assertThat(talk("*1\r\n$1\r\nxyz"))
                .isEqualTo("-ERR Protocol error: expected a line break after a bulk string\r\n");
        assertThat(talk("SET a \"b\r\n")).isEqualTo("-ERR Protocol error: unbalanced quotes in request\r\n");
        assertThat(talk("x".repeat(RequestDecoder.MAX_LINE_BYTES)))
                .isEqualTo("-ERR Protocol error: too big inline request\r\n");
    }

    @Test
    void a_bulk_that_claims_two_gibibytes_is_refused_before_its_bytes_come() throws IOException {
        assertThat(talk("*2\r\n$3\r\nGET\r\n$2147483648\r\n"))
                .isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
        assertThat(talk("*2\r\n$3\r\nGET\r\n$99999999999999999999\r\n"))
                .isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
    }

    @Test
    void many_large_arguments_are_refused_together() throws IOException {
        String megabyte = "$1000000\r\n" + "x".repeat(1_000_000) + "\r\n";
        assertThat(talk("*9\r\n" + megabyte.repeat(4) + "$1000000\r\n")).contains("a request of more than");
    }

    @Test
    void a_web_page_cannot_speak_to_the_store() throws IOException {
        assertThat(talk("POST / HTTP/1.1\r\nSET a 1\r\n"))
                .isEqualTo("-ERR Protocol error: this is not a web server\r\n");
        assertThat(store.batchSizes()).isEmpty();
    }

    @Test
    void a_socket_is_held_back_while_its_batch_is_under_way() throws Exception {
        store.hold();
        byte[] set = bytes("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$100000\r\n" + "x".repeat(100_000) + "\r\n");
        int count = 1000;
        try (Socket socket = connect()) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        socket.getOutputStream().write(set);
                    }
                    socket.getOutputStream().write(bytes("QUIT\r\n"));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> store.heldBatches() == 1);
            // A hundred megabytes fit neither into the kernel's buffers nor into the queue: the writer stands.
            await().during(Duration.ofMillis(200)).until(writer::isAlive);
            assertThat(store.batchSizes()).hasSize(1);
            store.release();
            assertThat(rest(socket)).isEqualTo("+OK\r\n".repeat(count + 1));
        }
    }

    @Test
    void nothing_is_executed_for_a_client_that_does_not_read() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes("SET a " + "x".repeat(60_000) + "\r\n"));
            socket.getOutputStream().write(bytes("GET a\r\n".repeat(4000) + "QUIT\r\n"));
            await().until(() -> executed() > 1);
            await().during(Duration.ofMillis(200)).until(() -> executed() < 2000);
            assertThat(rest(socket)).hasSize(5 + 4000 * (8 + 60_000 + 2) + 5);
        }
    }

    @Test
    void a_busy_store_is_tried_again() throws IOException {
        store.failNext(new BusyException(Duration.ofMillis(1)));
        store.failNext(new BusyException(Duration.ofMillis(1)));
        assertThat(talk("INCR a\r\nQUIT\r\n")).isEqualTo(":1\r\n+OK\r\n");
        assertThat(store.batchSizes()).hasSize(3);
    }

    @Test
    void a_store_that_stays_busy_is_told_to_the_client() throws IOException {
        server.close();
        server = start(
                new RedisServerSettings("127.0.0.1", 0, 1, 10, 10, 1000, Duration.ofMillis(3), Duration.ofSeconds(30)));
        for (int i = 0; i < 4; i++) {
            store.failNext(new BusyException(Duration.ofMillis(1)));
        }
        assertThat(talk("INCR a\r\nPING\r\nINCR a\r\nQUIT\r\n"))
                .startsWith("-BUSY the validators' pools are full; try again after 1 ms\r\n+PONG\r\n");
    }

    @Test
    void an_unknown_outcome_is_said_to_be_unknown() throws IOException {
        store.failNext(new UnknownOutcomeException("no answer"));
        assertThat(talk("INCR a\r\nQUIT\r\n"))
                .startsWith("-ERR outcome unknown: ")
                .endsWith("\r\n+OK\r\n");
    }

    @Test
    void a_refusal_with_a_line_break_stays_one_line() throws IOException {
        store.failNext(new IllegalArgumentException("two\r\nlines"));
        store.failNext(new IllegalStateException("secret"));
        assertThat(talk("INCR a\r\n", "INCR a\r\nQUIT\r\n"))
                .isEqualTo("-ERR two  lines\r\n-ERR the store failed with IllegalStateException\r\n+OK\r\n");
    }

    @Test
    void many_connections_are_served_together() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sockets.add(connect());
        }
        for (Socket socket : sockets) {
            socket.getOutputStream().write(bytes("INCR n\r\nQUIT\r\n"));
        }
        List<String> answers = new ArrayList<>();
        for (Socket socket : sockets) {
            answers.add(rest(socket));
            socket.close();
        }
        assertThat(answers)
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 200)
                        .mapToObj(i -> ":" + i + "\r\n+OK\r\n")
                        .toList());
    }

    @Test
    void one_connection_too_many_is_told_so() throws IOException {
        server.close();
        server = start(new RedisServerSettings("127.0.0.1", 0, 1, 1, 10, 1000, Duration.ZERO, Duration.ofSeconds(30)));
        try (Jedis jedis = jedis()) {
            assertThat(jedis.ping()).isEqualTo("PONG");
            try (Socket second = connect()) {
                assertThat(rest(second)).isEqualTo("-ERR max number of clients reached\r\n");
            }
        }
    }

    @Test
    void a_port_in_use_is_named() {
        int port = server.address().getPort();
        assertThatIOException()
                .isThrownBy(() -> start(RedisServerSettings.onLoopback(port)))
                .withMessageContaining("port " + port);
    }

    @Test
    void a_closing_server_answers_what_it_has_read() throws Exception {
        store.hold();
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes("INCR n\r\n"));
            await().until(() -> store.heldBatches() == 1);
            Thread closing = Thread.ofVirtual().start(server::close);
            store.release();
            assertThat(rest(socket)).isEqualTo(":1\r\n");
            closing.join();
        }
    }

    @Test
    void a_client_that_leaves_while_its_batch_is_under_way_harms_nobody() throws IOException {
        store.hold();
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes("INCR n\r\n"));
            await().until(() -> store.heldBatches() == 1);
        }
        store.release();
        assertThat(talk("INCR n\r\nQUIT\r\n")).isEqualTo(":2\r\n+OK\r\n");
    }

    @Test
    void random_bytes_never_stop_the_server() throws IOException {
        Random random = new Random(11);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (random.nextBoolean() && noise.length > 0) {
                noise[0] = '*';
            }
            try (Socket socket = connect()) {
                socket.getOutputStream().write(noise);
            }
        }
        assertThat(talk("PING\r\nQUIT\r\n")).isEqualTo("+PONG\r\n+OK\r\n");
    }

    private int executed() {
        return store.batchSizes().stream().mapToInt(Integer::intValue).sum();
    }

    private RedisServer start(RedisServerSettings settings) throws IOException {
        SequencedMap<String, String> figures = new LinkedHashMap<>();
        figures.put("height", "7");
        return RedisServer.start(settings, store, () -> List.of(new InfoSection("Parley", figures)));
    }

    private Jedis jedis() {
        InetSocketAddress address = server.address();
        return new Jedis(address.getHostString(), address.getPort(), PATIENCE_MILLIS);
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Sends each text once the one before has been answered, and reads until the server closes. */
    private String talk(String... texts) throws IOException {
        try (Socket socket = connect()) {
            StringBuilder answers = new StringBuilder();
            for (int i = 0; i < texts.length; i++) {
                socket.getOutputStream().write(bytes(texts[i]));
                if (i < texts.length - 1) {
                    answers.append(line(socket.getInputStream()));
                }
            }
            return answers.append(rest(socket)).toString();
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.append((char) next);
            next = in.read();
        }
        return line.append('\n').toString();
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
