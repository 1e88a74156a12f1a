package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SnapshotManifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Ranges of blocks from several peers at once. */
class CatchUpTest {
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V2 = new ValidatorId(2);
    private static final ValidatorId V3 = new ValidatorId(3);

    private final AskingWorld world = new AskingWorld();
    private final Awaited awaited = new Awaited(4);
    private final Standing standing = new Standing(EngineSettings.DEFAULTS, 4);
    private final CatchUp catchUp =
            new CatchUp(EngineSettings.DEFAULTS, world, fourValidators(), List.of(V1, V2, V3), standing, awaited);

    @Test
    void each_peer_is_asked_for_a_range_of_its_own() {
        allClaim(1_000);
        assertThat(world.take()).containsExactly("v1 1-64", "v2 65-128", "v3 129-192");
        assertThat(catchUp.received(V2, entries(65, 128), 0)).as("too early").isEmpty();
        catchUp.proceed(0);
        assertThat(world.take()).containsExactly("v2 193-256");
        assertThat(heights(catchUp.received(V1, entries(1, 64), 0)))
                .as("with what waited for it")
                .isEqualTo(LongStream.rangeClosed(1, 128).boxed().toList());
        catchUp.proceed(128);
        assertThat(world.take()).containsExactly("v1 257-320");
    }

    @Test
    void a_small_gap_is_one_request_and_nobody_is_asked_for_what_it_does_not_claim() {
        catchUp.tick(0);
        claim(catchUp, 70, V1);
        claim(catchUp, 10, V2);
        assertThat(world.take()).containsExactly("v1 1-64");
        claim(catchUp, 70, V3);
        assertThat(world.take()).containsExactly("v3 65-128");
    }

    @Test
    void what_a_silent_peer_was_asked_for_is_asked_of_another() {
        allClaim(150);
        assertThat(world.take()).containsExactly("v1 1-64", "v2 65-128", "v3 129-192");
        catchUp.received(V3, entries(129, 150), 0);
        catchUp.failed(V1, 0);
        assertThat(world.take()).as("v3 is free, and v1 is set aside").containsExactly("v3 1-64");
        assertThat(standing.isAside(V1)).isTrue();
        assertThat(awaited.awaits(V1, Awaited.Kind.BLOCKS)).isFalse();
        assertThat(awaited.awaits(V3, Awaited.Kind.BLOCKS)).isTrue();
    }

    @Test
    void the_rest_of_a_short_answer_is_asked_for_next() {
        allClaim(1_000);
        world.take();
        assertThat(heights(catchUp.received(V1, entries(1, 1), 0))).containsExactly(1L);
        catchUp.proceed(1);
        assertThat(world.take()).as("v1 gets what is missing next").containsExactly("v1 2-64");
        catchUp.received(V2, entries(65, 66), 1);
        catchUp.proceed(1);
        assertThat(world.take()).containsExactly("v2 67-128");
    }

    @Test
    void answers_that_are_no_part_of_what_was_asked_set_their_sender_aside() {
        for (PeerMessage.Entries lie : List.of(
                entries(2, 10),
                new PeerMessage.Entries(1, List.of(block(1, 0), block(3, 0))),
                new PeerMessage.Entries(1, List.of()),
                entries(1, 65))) {
            CatchUp one = new CatchUp(
                    EngineSettings.DEFAULTS,
                    world,
                    fourValidators(),
                    List.of(V1),
                    new Standing(EngineSettings.DEFAULTS, 4),
                    awaited);
            one.tick(0);
            claim(one, 100, V1);
            assertThat(one.received(V1, lie, 0)).isEmpty();
            one.proceed(0);
            assertThat(one.isAsking()).isFalse();
        }
        assertThat(catchUp.received(V2, entries(1, 3), 0)).as("nobody asked").isEmpty();
    }

    @Test
    void what_waits_is_bounded_in_blocks() {
        allClaim(100_000);
        assertThat(answerAllButV1(0)).as("the last block that was asked for").isEqualTo(CatchUp.WINDOW);
    }

    @Test
    void what_waits_is_bounded_in_bytes_but_what_is_next_is_always_asked_for() {
        allClaim(100_000);
        // Each answer brings what an answer may: 4 MiB. v1 still owes one.
        long last = answerAllButV1(CatchUp.MAX_REPLY_BYTES / PeerMessage.MAX_ENTRIES);
        assertThat(last * CatchUp.MAX_REPLY_BYTES / PeerMessage.MAX_ENTRIES)
                .isBetween(CatchUp.MAX_HELD_BYTES / 2, CatchUp.MAX_HELD_BYTES);
        catchUp.failed(V1, 0);
        assertThat(world.take()).singleElement().asString().endsWith(" 1-64");
    }

    @Test
    void after_what_came_nobody_is_asked_for_as_long_as_the_rate_gives_it() {
        long rate = 1 << 20;
        EngineSettings slow = new EngineSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                0,
                0,
                rate);
        CatchUp paced = new CatchUp(slow, world, fourValidators(), List.of(V1, V2, V3), standing, awaited);
        paced.tick(0);
        List.of(V1, V2, V3).forEach(peer -> claim(paced, 1_000, peer));
        assertThat(world.take()).hasSize(3);
        paced.received(V1, new PeerMessage.Entries(1, List.of(block(1, 1 << 20), block(2, 1 << 20))), 0);
        paced.proceed(2);
        paced.received(V2, new PeerMessage.Entries(1, List.of(block(65, 1 << 20))), 2);
        paced.tick(2);
        paced.tick(2);
        assertThat(world.take()).isEmpty();
        assertThat(paced.isAsking()).isTrue();
        TimerId rest =
                world.timers.keySet().stream().filter(paced::isRest).findAny().orElseThrow();
        assertThat(world.timers.get(rest)).isBetween(Duration.ofSeconds(2), Duration.ofMillis(2100));
        paced.rested(2);
        assertThat(world.take()).as("for what v2 brought, too").isEmpty();
        assertThat(world.timers.get(rest)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1100));
        paced.rested(2);
        assertThat(world.take()).containsExactly("v1 3-64", "v2 66-128");
    }

    /** @return the highest block that was asked for */
    private long answerAllButV1(long blockBytes) {
        long highest = 0;
        List<String> requests = world.take();
        while (!requests.isEmpty()) {
            for (String request : requests) {
                String[] words = request.split("[ -]", -1);
                highest = Math.max(highest, Long.parseLong(words[2]));
                if (!words[0].equals("v1")) {
                    PeerMessage.Entries answer = new PeerMessage.Entries(
                            1,
                            LongStream.rangeClosed(Long.parseLong(words[1]), Long.parseLong(words[2]))
                                    .mapToObj(height -> block(height, (int) blockBytes))
                                    .toList());
                    catchUp.received(words[0].equals("v2") ? V2 : V3, answer, 0);
                }
            }
            catchUp.proceed(0);
            requests = world.take();
        }
        return highest;
    }

    @Test
    void a_peer_that_has_pruned_a_block_is_asked_for_later_ones_and_a_weak_quorum_of_them_calls_for_a_snapshot() {
        allClaim(1_000);
        world.take();
        catchUp.received(V1, new PeerMessage.Entries(50, List.of()), 0);
        assertThat(catchUp.isPruned(0)).isFalse();
        catchUp.proceed(0);
        assertThat(world.take()).as("not v1 again").isEmpty();
        catchUp.received(V2, new PeerMessage.Entries(80, List.of()), 0);
        assertThat(catchUp.isPruned(0))
                .as("v2 was asked for 65 to 128, and says it has none below 80")
                .isTrue();
        assertThat(standing.isAside(V1)).isFalse();
        assertThat(catchUp.isPruned(60)).isFalse();
    }

    @Test
    void a_snapshot_is_worth_its_while_where_a_weak_quorum_is_far_ahead_and_it_has_fewer_bytes_than_the_blocks() {
        catchUp.tick(0);
        claim(catchUp, 100_000, V1);
        claim(catchUp, 100_000, V2);
        assertThat(catchUp.isFarBehind(0))
                .as("what a block has is not known yet")
                .isFalse();
        catchUp.seen(block(1, 10_000));
        catchUp.seen(block(2, 20_000));
        assertThat(catchUp.isFarBehind(0)).isTrue();
        long enough = EngineSettings.DEFAULTS.snapshotInPlaceOfBytes() / 16_000;
        assertThat(catchUp.isFarBehind(100_000 - enough)).isTrue();
        assertThat(catchUp.isFarBehind(100_000 - enough / 2)).isFalse();
        assertThat(catchUp.isShorter(snapshot(enough, (int) (enough * 16_000)), 0))
                .isTrue();
        assertThat(catchUp.isShorter(snapshot(enough, (int) (enough * 18_000)), 0))
                .isFalse();
        assertThat(catchUp.isShorter(snapshot(enough / 2, 1), 0)).isFalse();
        assertThat(catchUp.isShorter(snapshot(enough, 1), enough / 2)).isFalse();
        catchUp.failed(V2, 0);
        assertThat(catchUp.isFarBehind(0)).as("one may lie").isFalse();
    }

    private static SnapshotManifest snapshot(long height, int bytes) {
        return new SnapshotManifest(height, id(height), bytes, 1024, Digest.ZERO);
    }

    @Test
    void what_was_decided_meanwhile_is_dropped() {
        allClaim(1_000);
        catchUp.received(V2, entries(65, 128), 0);
        catchUp.proceed(100);
        assertThat(heights(catchUp.received(V1, entries(1, 64), 100)))
                .isEqualTo(LongStream.rangeClosed(101, 128).boxed().toList());
    }

    private void allClaim(long height) {
        catchUp.tick(0);
        List.of(V1, V2, V3).forEach(peer -> claim(catchUp, height, peer));
    }

    private static void claim(CatchUp by, long height, ValidatorId peer) {
        by.claimed(height, peer);
        by.proceed(0);
    }

    private static List<Long> heights(List<DecidedBlock> blocks) {
        return blocks.stream().map(DecidedBlock::height).toList();
    }

    private static PeerMessage.Entries entries(long from, long to) {
        return new PeerMessage.Entries(
                1,
                LongStream.rangeClosed(from, to)
                        .mapToObj(height -> block(height, 0))
                        .toList());
    }

    private static DecidedBlock block(long height, int bytes) {
        List<Command> commands = bytes == 0
                ? List.of()
                : List.of(new Command(new CommandId(new ClientId(1, 2), height), 0, 1_000, new byte[bytes]));
        return new DecidedBlock(
                height, id(height), id(height - 1), V1, height, new CommandBatch(0, commands), new NoProtocol.Proof(1));
    }

    private static BlockId id(long height) {
        return height == 0 ? BlockId.GENESIS : new BlockId(new Digest(height, 0, 0, 0));
    }

    static ValidatorSet fourValidators() {
        IdealSignatures scheme = new IdealSignatures();
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] secret = new byte[IdealSignatures.SECRET_BYTES];
            secret[0] = (byte) (i + 1);
            keys.add(scheme.signer(secret).publicKey());
        }
        return ValidatorSet.of(scheme, keys);
    }
}
