package dev.parley.sample.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.app.Context;
import dev.parley.log.ClientId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands against their replies, written as redis-cli shows them; the texts were compared with redis-server 7.0.15. */
class RedisStoreTest {
    private static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
    private static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";

    private final RedisStore store = new RedisStore();
    private long height;
    private long timeMillis = 1_000_000;

    @Test
    void sets_and_gets() {
        assertThat(run("SET key value")).isEqualTo("OK");
        assertThat(run("gEt key")).isEqualTo("value");
        assertThat(run("GET other")).isEqualTo("nil");
        assertThat(run("STRLEN key")).isEqualTo("5");
        assertThat(run("APPEND key !")).isEqualTo("6");
        assertThat(run("APPEND fresh !")).isEqualTo("1");
        assertThat(run("GETSET key next")).isEqualTo("value!");
        assertThat(run("GETDEL key")).isEqualTo("next");
        assertThat(run("EXISTS key")).isEqualTo("0");
    }

    @Test
    void sets_under_conditions() {
        assertThat(run("SET key 1 XX")).isEqualTo("nil");
        assertThat(run("SET key 1 NX")).isEqualTo("OK");
        assertThat(run("SET key 2 NX")).isEqualTo("nil");
        assertThat(run("SET key 2 XX GET")).isEqualTo("1");
        assertThat(run("SET key 3 NX GET")).isEqualTo("2");
        assertThat(run("SETNX key 4")).isEqualTo("0");
        assertThat(run("GET key")).isEqualTo("2");
        assertThat(run("SET fresh 1 GET")).isEqualTo("nil");
        assertThat(run("SETNX more 4")).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SET key 1 NX XX | ERR syntax error",
                "SET key 1 EX | ERR syntax error",
                "SET key 1 EX 1 PX 1 | ERR syntax error",
                "SET key 1 KEEPTTL EX 1 | ERR syntax error",
                "SET key 1 EX 0 | ERR invalid expire time in 'set' command",
                "SET key 1 EX 9223372036854775807 | ERR invalid expire time in 'set' command",
                "SET key 1 PX 9223372036854775807 | ERR invalid expire time in 'set' command",
                "SET key 1 EX one | ERR value is not an integer or out of range",
                "SETEX key 0 1 | ERR invalid expire time in 'setex' command",
                "PSETEX key -1 1 | ERR invalid expire time in 'psetex' command",
                "GET | ERR wrong number of arguments for 'get' command",
                "GET a b | ERR wrong number of arguments for 'get' command",
                "MSET a 1 b | ERR wrong number of arguments for 'mset' command",
                "HSET h a 1 b | ERR wrong number of arguments for 'hset' command",
                "LPOP a 1 2 | ERR wrong number of arguments for 'lpop' command",
                "LPOP a -1 | ERR value is out of range, must be positive",
                "LPOP a x | ERR value is out of range, must be positive",
                "LRANGE a x 1 | ERR value is not an integer or out of range",
                "EXPIRE a x | ERR value is not an integer or out of range",
                "EXPIRE a 1 YY | ERR Unsupported option YY",
                "EXPIRE a 1 NX XX | ERR NX and XX, GT or LT options at the same time are not compatible",
                "EXPIRE a 1 GT LT | ERR GT and LT options at the same time are not compatible",
                "EXPIRE a 9223372036854775807 | ERR invalid expire time in 'expire' command",
                "SCAN x | ERR invalid cursor",
                "SCAN 1x | ERR invalid cursor",
                "SCAN -1 x | ERR syntax error",
                "SCAN 0 COUNT | ERR syntax error",
                "SCAN 0 COUNT 0 | ERR syntax error",
                "SCAN 0 COUNT x | ERR value is not an integer or out of range",
                "FLUSHALL NOW | ERR syntax error",
                "DECRBY a -9223372036854775808 | ERR decrement would overflow",
                "INCRBY a 1.5 | ERR value is not an integer or out of range",
                "INCRBY a 01 | ERR value is not an integer or out of range",
                "Nope | ERR unknown command 'Nope', with args beginning with: ",
                "Nope a b | ERR unknown command 'Nope', with args beginning with: 'a' 'b' "
            },
            ignoreLeadingAndTrailingWhitespace = false)
    void refuses_in_the_words_of_redis(String command, String failure) {
        assertThat(run(command.strip())).isEqualTo(failure.substring(1));
        assertThat(run("DBSIZE")).isEqualTo("0");
    }

    @Test
    void counts_within_64_bits() {
        assertThat(run("INCR n")).isEqualTo("1");
        assertThat(run("INCRBY n 9223372036854775806")).isEqualTo("9223372036854775807");
        assertThat(run("INCR n")).isEqualTo("ERR increment or decrement would overflow");
        assertThat(run("GET n")).isEqualTo("9223372036854775807");
        run("SET n -9223372036854775808");
        assertThat(run("DECR n")).isEqualTo("ERR increment or decrement would overflow");
        assertThat(run("INCRBY n 9223372036854775807")).isEqualTo("-1");
        assertThat(run("DECRBY n 9")).isEqualTo("-10");
        for (String wrong : List.of("1 ", "+1", "-0", "00", "1x", "", "9223372036854775808", "-9223372036854775809")) {
            store.apply(new Batch(List.of(Request.of("SET", "n", wrong))), context());
            assertThat(run("INCR n")).as(wrong).isEqualTo(NOT_AN_INTEGER);
        }
    }

    @Test
    void answers_many_keys_at_once() {
        assertThat(run("MSET a 1 b 2 a 3")).isEqualTo("OK");
        run("LPUSH list x");
        assertThat(run("MGET a b c list")).isEqualTo("[3, 2, nil, nil]");
        assertThat(run("EXISTS a a c")).isEqualTo("2");
        assertThat(run("DEL a a b c")).isEqualTo("2");
        assertThat(run("DBSIZE")).isEqualTo("1");
    }

    @Test
    void expires_by_block_time_alone() {
        run("SET key 1 EX 10");
        assertThat(run("TTL key")).isEqualTo("10");
        timeMillis += 500;
        assertThat(run("TTL key")).isEqualTo("10");
        timeMillis += 1;
        assertThat(run("TTL key")).isEqualTo("9");
        assertThat(run("PTTL key")).isEqualTo("9499");
        timeMillis += 9499;
        assertThat(run("GET key")).isEqualTo("1");
        timeMillis += 1;
        assertThat(run("GET key")).isEqualTo("nil");
        assertThat(run("TTL key")).isEqualTo("-2");
    }

    @Test
    void keeps_and_forgets_the_time_to_live_as_redis_does() {
        run("SET key 1 PX 5000");
        assertThat(run("SET key 2 KEEPTTL")).isEqualTo("OK");
        run("INCR key");
        run("APPEND key 0");
        assertThat(run("PTTL key")).isEqualTo("5000");
        run("SET key 2");
        assertThat(run("TTL key")).isEqualTo("-1");
        assertThat(run("PERSIST key")).isEqualTo("0");
        assertThat(run("EXPIRE key 7")).isEqualTo("1");
        assertThat(run("EXPIRE key 6 GT")).isEqualTo("0");
        assertThat(run("EXPIRE key 6 LT")).isEqualTo("1");
        assertThat(run("EXPIRE key 8 NX")).isEqualTo("0");
        assertThat(run("PEXPIRE key 8000 XX")).isEqualTo("1");
        assertThat(run("PERSIST key")).isEqualTo("1");
        assertThat(run("EXPIRE key 8 XX")).isEqualTo("0");
        assertThat(run("EXPIRE key 8 GT")).isEqualTo("0");
        assertThat(run("EXPIRE key -1")).isEqualTo("1");
        assertThat(run("EXISTS key")).isEqualTo("0");
        assertThat(run("EXPIRE key 1")).isEqualTo("0");
        run("SET key 1 EXAT 1002");
        assertThat(run("PTTL key")).isEqualTo("2000");
        run("SET key 1 PXAT 1");
        assertThat(run("EXISTS key")).isEqualTo("0");
    }

    @Test
    void sweeps_a_bounded_number_of_expired_keys_at_the_start_of_a_block() {
        int keys = Keyspace.SWEEP_PER_BLOCK + 10;
        for (int i = 0; i < keys; i++) {
            run("SET key" + i + " 1 PX " + (i + 1));
        }
        timeMillis += keys + 1;
        height++;
        assertThat(runInSameBlock("DBSIZE")).isEqualTo("10");
        assertThat(runInSameBlock("DBSIZE")).isEqualTo("10");
        assertThat(run("DBSIZE")).isEqualTo("0");
    }

    @Test
    void lists_grow_and_shrink_at_both_ends() {
        assertThat(run("RPUSH list c d")).isEqualTo("2");
        assertThat(run("LPUSH list b a")).isEqualTo("4");
        assertThat(run("LRANGE list 0 -1")).isEqualTo("[a, b, c, d]");
        assertThat(run("LRANGE list -3 2")).isEqualTo("[b, c]");
        assertThat(run("LRANGE list 3 1")).isEqualTo("[]");
        assertThat(run("LRANGE list -100 -5")).isEqualTo("[]");
        assertThat(run("LRANGE list -9223372036854775808 9223372036854775807")).isEqualTo("[a, b, c, d]");
        assertThat(run("LPOP list")).isEqualTo("a");
        assertThat(run("RPOP list 2")).isEqualTo("[d, c]");
        assertThat(run("LPOP list 0")).isEqualTo("[]");
        assertThat(run("LLEN list")).isEqualTo("1");
        assertThat(run("LPOP list 9")).isEqualTo("[b]");
        assertThat(run("EXISTS list")).isEqualTo("0");
        assertThat(run("LPOP list")).isEqualTo("nil");
        assertThat(run("LPOP list 1")).isEqualTo("nil array");
    }

    @Test
    void a_long_list_keeps_its_order_while_it_wraps_around() {
        for (int i = 0; i < 100; i++) {
            run("RPUSH list " + i);
            run("LPUSH list " + -i);
            run("RPOP list");
            run("RPUSH list " + i);
        }
        assertThat(run("LRANGE list 0 -1"))
                .isEqualTo(IntStream.rangeClosed(0, 199)
                        .mapToObj(i -> Integer.toString(i < 100 ? i - 99 : i - 100))
                        .collect(Collectors.joining(", ", "[", "]")));
    }

    @Test
    void sets_keep_the_order_of_insertion() {
        assertThat(run("SADD set c a b a")).isEqualTo("3");
        assertThat(run("SADD set c d")).isEqualTo("1");
        assertThat(run("SMEMBERS set")).isEqualTo("[c, a, b, d]");
        assertThat(run("SISMEMBER set a")).isEqualTo("1");
        assertThat(run("SREM set a x")).isEqualTo("1");
        assertThat(run("SISMEMBER set a")).isEqualTo("0");
        assertThat(run("SCARD set")).isEqualTo("3");
        assertThat(run("SREM set c b d")).isEqualTo("3");
        assertThat(run("TYPE set")).isEqualTo("none");
    }

    @Test
    void hashes_hold_fields() {
        assertThat(run("HSET hash a 1 b 2 a 3")).isEqualTo("2");
        assertThat(run("HSET hash b 4 c 5")).isEqualTo("1");
        assertThat(run("HGETALL hash")).isEqualTo("[a, 3, b, 4, c, 5]");
        assertThat(run("HGET hash a")).isEqualTo("3");
        assertThat(run("HMGET hash a x c")).isEqualTo("[3, nil, 5]");
        assertThat(run("HMGET none a b")).isEqualTo("[nil, nil]");
        assertThat(run("HEXISTS hash b")).isEqualTo("1");
        assertThat(run("HLEN hash")).isEqualTo("3");
        assertThat(run("HDEL hash a b x")).isEqualTo("2");
        assertThat(run("HDEL hash c")).isEqualTo("1");
        assertThat(run("EXISTS hash")).isEqualTo("0");
    }

    @Test
    void a_command_of_another_type_is_refused_and_changes_nothing() {
        run("SET string 1");
        run("RPUSH list 1");
        run("SADD set 1");
        run("HSET hash 1 1");
        byte[] before = snapshot();
        for (String command : List.of(
                "GET list",
                "GETSET set 1",
                "GETDEL hash",
                "INCR list",
                "APPEND set x",
                "STRLEN hash",
                "SET list 1 GET",
                "LPUSH string x",
                "RPOP set",
                "LPOP hash 1",
                "LRANGE string 0 -1",
                "LLEN set",
                "SADD list x",
                "SREM string x",
                "SMEMBERS hash",
                "SISMEMBER list x",
                "SCARD string",
                "HSET set a b",
                "HGET list a",
                "HDEL string a",
                "HGETALL set",
                "HLEN list",
                "HMGET string a",
                "HEXISTS set a")) {
            assertThat(run(command)).as(command).isEqualTo(WRONG_TYPE);
        }
        assertThat(Arrays.mismatch(snapshot(), before)).as("all but the height").isBetween(1, 8);
        assertThat(run("TYPE string") + run("TYPE list") + run("TYPE set") + run("TYPE hash"))
                .isEqualTo("stringlistsethash");
    }

    @Test
    void keys_match_patterns_as_in_redis() {
        run("MSET hello 1 hallo 1 hxllo 1 h*llo 1 h[llo 1");
        assertThat(run("KEYS *")).isEqualTo("[hello, hallo, hxllo, h*llo, h[llo]");
        assertThat(run("KEYS h?llo")).isEqualTo("[hello, hallo, hxllo, h*llo, h[llo]");
        assertThat(run("KEYS h[ae]llo")).isEqualTo("[hello, hallo]");
        assertThat(run("KEYS h[^e]llo")).isEqualTo("[hallo, hxllo, h*llo, h[llo]");
        assertThat(run("KEYS h[a-e]llo")).isEqualTo("[hello, hallo]");
        assertThat(run("KEYS h[e-a]llo")).isEqualTo("[hello, hallo]");
        assertThat(run("KEYS h\\*llo")).isEqualTo("[h*llo]");
        assertThat(run("KEYS h[\\*x]llo")).isEqualTo("[hxllo, h*llo]");
        assertThat(run("KEYS *l*l*o")).isEqualTo("[hello, hallo, hxllo, h*llo, h[llo]");
        assertThat(run("KEYS *lo*o")).isEqualTo("[]");
        assertThat(run("KEYS h[")).isEqualTo("[]");
    }

    @Test
    void a_hostile_pattern_runs_out_of_steps() {
        run("SET " + "a".repeat(20_000) + " 1");
        assertThat(run("KEYS *" + "a".repeat(10_000) + "b")).startsWith("ERR the pattern takes more than");
    }

    @Test
    void a_scan_visits_once_each_key_that_stays() {
        for (int i = 0; i < 1000; i++) {
            run("SET key" + i + " " + i);
        }
        List<String> seen = new ArrayList<>();
        String cursor = "0";
        int round = 0;
        do {
            Reply.Array answer = (Reply.Array) answer(("SCAN " + cursor + " COUNT 7 MATCH key*").split(" "));
            cursor = shown(answer.elements().get(0));
            ((Reply.Array) answer.elements().get(1)).elements().forEach(key -> seen.add(shown(key)));
            run("DEL key" + (round * 2 + 1));
            run("SET extra" + round + " 1");
            round++;
        } while (!cursor.equals("0"));
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen)
                .containsAll(
                        IntStream.range(0, 500).mapToObj(i -> "key" + 2 * i).toList());
    }

    @Test
    void a_scan_filters_by_type() {
        run("SET string 1");
        run("SADD set 1");
        assertThat(run("SCAN 0 TYPE set")).isEqualTo("[0, [set]]");
        assertThat(run("SCAN 0 TYPE zset")).isEqualTo("[0, []]");
        assertThat(run("SCAN 0 COUNT 1")).isEqualTo("[1, [string]]");
        assertThat(run("SCAN 18446744073709551615")).isEqualTo("[0, []]");
    }

    @Test
    void a_batch_is_cut_short_once_its_replies_are_large() {
        ByteString large = ByteString.wrap(new byte[3 << 20]);
        store.apply(
                new Batch(List.of(new Request(List.of(ByteString.of("SET"), ByteString.of("key"), large)))), context());
        Replies replies = store.apply(
                new Batch(IntStream.range(0, 10)
                        .mapToObj(i -> Request.of("GET", "key"))
                        .toList()),
                context());
        assertThat(replies.replies()).hasSize(3).allMatch(reply -> reply.equals(new Reply.Bulk(large)));
    }

    @Test
    void a_reply_that_is_too_large_is_refused() {
        ByteString large = ByteString.wrap(new byte[3 << 20]);
        for (int i = 0; i < 3; i++) {
            store.apply(
                    new Batch(List.of(new Request(List.of(ByteString.of("RPUSH"), ByteString.of("list"), large)))),
                    context());
        }
        String tooLarge = "ERR the reply would be over the limit of 8388608 bytes";
        assertThat(run("LRANGE list 0 -1")).isEqualTo(tooLarge);
        assertThat(run("LPOP list 3")).isEqualTo(tooLarge);
        assertThat(run("LLEN list")).isEqualTo("3");
    }

    @Test
    void two_stores_given_the_same_batches_give_equal_snapshots() {
        RedisStore other = new RedisStore();
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            Batch batch = new Batch(List.of(RandomRequests.next(random), RandomRequests.next(random)));
            timeMillis += random.nextInt(50);
            Context context = context();
            assertThat(other.apply(batch, context)).isEqualTo(store.apply(batch, context));
            if (i % 500 == 250) {
                RedisStore restored = new RedisStore();
                restored.restore(RedisStore.application().snapshots().decode(encoded(other.snapshot())));
                other = restored;
            }
        }
        assertThat(encoded(other.snapshot())).isEqualTo(snapshot());
    }

    @Test
    void a_snapshot_does_not_change_with_the_store() {
        run("RPUSH list a");
        Snapshot early = store.snapshot();
        byte[] before = encoded(early);
        run("RPUSH list b");
        assertThat(encoded(early)).isEqualTo(before);
        store.restore(early);
        run("RPUSH list c");
        assertThat(encoded(early)).isEqualTo(before);
        assertThat(run("LRANGE list 0 -1")).isEqualTo("[a, c]");
    }

    @Test
    void the_texts_of_unknown_commands_are_cut_as_in_redis() {
        assertThat(run("x".repeat(200) + " " + "y".repeat(200) + " z"))
                .isEqualTo("ERR unknown command '" + "x".repeat(128) + "', with args beginning with: '"
                        + "y".repeat(128) + "' ");
    }

    private String run(String command) {
        return shown(answer(command.split(" ")));
    }

    private Reply answer(String... arguments) {
        return store.apply(new Batch(List.of(Request.of(arguments))), context())
                .replies()
                .getFirst();
    }

    private String runInSameBlock(String command) {
        return shown(store.apply(
                        new Batch(List.of(Request.of(command.split(" ")))),
                        new Context(height, 0, timeMillis, new ClientId(0, 1)))
                .replies()
                .getFirst());
    }

    private Context context() {
        return new Context(++height, 0, timeMillis, new ClientId(0, 1));
    }

    private byte[] snapshot() {
        return encoded(store.snapshot());
    }

    private static byte[] encoded(Snapshot snapshot) {
        return RedisStore.application().snapshots().encode(snapshot);
    }

    private static String shown(Reply reply) {
        return switch (reply) {
            case Reply.Simple simple -> simple.text();
            case Reply.Failure failure -> failure.text();
            case Reply.Int number -> Long.toString(number.value());
            case Reply.Bulk bulk -> bulk.value().toString();
            case Reply.Nil nil -> nil == Reply.Nil.BULK ? "nil" : "nil array";
            case Reply.Array array ->
                array.elements().stream().map(RedisStoreTest::shown).collect(Collectors.joining(", ", "[", "]"));
        };
    }
}
