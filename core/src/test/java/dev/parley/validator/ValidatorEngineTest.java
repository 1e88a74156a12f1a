package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.Computation;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.Payload;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Restored;
import dev.parley.consensus.Sample;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import dev.parley.log.CommandBatch;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ValidatorEngineTest {
    private record Text(String text) implements ConsensusMessage {}

    private record Note(String text) implements ConsensusRecord {}

    private record Sum(int value) implements Computation.Result {}

    private record NoCertificate() implements Certificate {
        @Override
        public Set<ValidatorId> signers() {
            return Set.of();
        }
    }

    private static final ValidatorId SELF = new ValidatorId(0);
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V2 = new ValidatorId(2);
    private static final ValidatorId V3 = new ValidatorId(3);

    private final ScriptedCore core = new ScriptedCore();
    private final RecordingWorld world = new RecordingWorld();
    private ValidatorEngine engine;

    @BeforeEach
    void start() {
        engine = new ValidatorEngine(SELF, fourValidators(), core, EngineSettings.DEFAULTS, world);
        engine.start(Restored.NOTHING);
        world.log.clear();
    }

    @Test
    void nothing_that_follows_a_record_leaves_before_the_record_is_durable() {
        core.answer(persist("vote"), send(V1, "vote"));
        engine.received(V1, consensus("proposal"));
        assertThat(world.log).isEmpty();

        engine.flush();
        assertThat(world.log).containsExactly("write 1: vote");

        engine.durable(1);
        assertThat(world.log).containsExactly("write 1: vote", "send v1 vote");
    }

    @Test
    void is_in_step_when_a_quorum_with_itself_has_no_more_and_whoever_claims_more_is_at_most_f() {
        assertThat(engine.isInStep()).as("nobody has said anything").isFalse();
        engine.received(V1, new PeerMessage.Status(0));
        assertThat(engine.isInStep()).as("two of four").isFalse();
        engine.received(V2, new PeerMessage.Status(Long.MAX_VALUE));
        assertThat(engine.isInStep()).as("one has said that it has more").isFalse();
        engine.received(new ValidatorId(3), new PeerMessage.Status(0));
        assertThat(engine.isInStep()).as("three of four").isTrue();
        engine.received(V1, new PeerMessage.Status(7));
        assertThat(engine.isInStep()).as("two have said that they have more").isFalse();
    }

    @Test
    void what_comes_before_a_record_in_a_step_need_not_wait_for_it() {
        core.answer(send(V1, "first"), persist("vote"), send(V1, "second"));
        engine.received(V1, consensus("proposal"));
        assertThat(world.log).containsExactly("send v1 first");
    }

    @Test
    void effects_keep_their_order_even_if_later_steps_persist_nothing() {
        core.answer(persist("vote"), send(V1, "a"));
        engine.received(V1, consensus("x"));
        core.answer(send(V1, "b"));
        engine.received(V1, consensus("y"));
        engine.flush();
        core.answer(send(V1, "c"));
        engine.received(V1, consensus("z"));
        engine.durable(1);
        assertThat(world.log).containsExactly("write 1: vote", "send v1 a", "send v1 b", "send v1 c");
    }

    @Test
    void nothing_leaves_while_an_earlier_batch_is_being_written() {
        core.answer(persist("vote"));
        engine.received(V1, consensus("x"));
        engine.flush();
        core.answer(send(V1, "late"));
        engine.received(V1, consensus("y"));
        assertThat(world.log).containsExactly("write 1: vote");
        engine.durable(1);
        assertThat(world.log).containsExactly("write 1: vote", "send v1 late");
    }

    @Test
    void one_batch_covers_all_that_gathered_before_the_flush() {
        core.answer(persist("a"), send(V1, "a"));
        engine.received(V1, consensus("x"));
        core.answer(persist("b"), send(V1, "b"));
        engine.received(V1, consensus("y"));
        engine.flush();
        engine.durable(1);
        assertThat(world.log).containsExactly("write 1: a b", "send v1 a", "send v1 b");
    }

    @Test
    void a_block_reaches_the_application_only_when_it_is_durable() {
        core.answer(new Effect.Decide(block(1)));
        engine.received(V1, consensus("x"));
        assertThat(engine.decidedHeight()).isEqualTo(1);
        engine.flush();
        assertThat(world.log).containsExactly("ordered 1", "write 1: block1");
        engine.durable(1);
        assertThat(world.log).containsExactly("ordered 1", "write 1: block1", "decided 1");
    }

    @Test
    void messages_wait_for_records_and_not_for_blocks_that_are_decided() {
        core.answer(new Effect.Decide(block(1)), new Effect.Forget(RecordKey.single(1)), send(V1, "proposal"));
        engine.received(V1, consensus("x"));
        assertThat(world.log).containsExactly("ordered 1", "send v1 proposal");
        engine.flush();
        core.answer(persist("vote"), send(V1, "vote"));
        engine.received(V1, consensus("y"));
        engine.flush();
        world.log.clear();
        engine.durable(1);
        assertThat(world.log).containsExactly("decided 1");
        engine.durable(2);
        assertThat(world.log).containsExactly("decided 1", "send v1 vote");
    }

    @Test
    void a_message_waits_for_a_record_of_an_earlier_batch_behind_which_blocks_are_being_written() {
        core.answer(persist("vote"));
        engine.received(V1, consensus("x"));
        engine.flush();
        core.answer(new Effect.Decide(block(1)), send(V1, "proposal"));
        engine.received(V1, consensus("y"));
        engine.flush();
        world.log.clear();
        engine.durable(1);
        assertThat(world.log).containsExactly("send v1 proposal");
    }

    @Test
    void a_peer_that_is_behind_is_told_and_one_that_is_ahead_is_asked() {
        core.answer(new Effect.Decide(block(1)));
        engine.received(V1, consensus("x"));
        engine.flush();
        engine.durable(1);
        world.log.clear();

        engine.received(V1, new PeerMessage.Status(0));
        assertThat(world.log).containsExactly("send v1 Status[height=1]");
        world.log.clear();

        engine.received(V2, new PeerMessage.Status(5));
        assertThat(world.log).as("it may be just a moment ahead").isEmpty();
        engine.timerFired(new TimerId("status"));
        assertThat(awaitedPeer()).isEqualTo(-1);
        engine.received(V2, new PeerMessage.Status(5));
        assertThat(world.log)
                .as("it is still ahead and we have not moved")
                .contains("send v2 EntriesRequest[fromHeight=2, maxBlocks=64]");
        assertThat(awaitedPeer()).isEqualTo(2);
    }

    @Test
    void a_peer_that_claims_a_height_and_does_not_deliver_is_set_aside() {
        engine.received(V1, new PeerMessage.Status(Long.MAX_VALUE));
        engine.received(V2, new PeerMessage.Status(3));
        engine.timerFired(new TimerId("status"));
        engine.timerFired(new TimerId("status"));
        assertThat(awaitedPeer()).isEqualTo(1);

        engine.timerFired(new TimerId("catch-up-v1"));
        assertThat(awaitedPeer()).as("the next best is asked").isEqualTo(2);

        List<DecidedBlock> blocks = List.of(block(1), block(2));
        engine.received(V2, new PeerMessage.Entries(1, blocks));
        assertThat(core.inputs).last().isEqualTo(new Input.CaughtUp(blocks));
    }

    @Test
    void a_peer_that_hands_out_one_block_at_a_time_is_asked_in_turn_with_others() {
        engine.received(V1, new PeerMessage.Status(Long.MAX_VALUE));
        engine.received(V2, new PeerMessage.Status(3));
        engine.timerFired(new TimerId("status"));
        engine.timerFired(new TimerId("status"));
        assertThat(awaitedPeer()).isEqualTo(1);

        core.answer(new Effect.Decide(block(1)));
        engine.received(V1, new PeerMessage.Entries(1, List.of(block(1))));
        assertThat(world.log)
                .as("what is missing next is asked of another")
                .contains("send v2 EntriesRequest[fromHeight=2, maxBlocks=64]");
    }

    @Test
    void who_is_far_behind_goes_on_from_a_snapshot_that_is_shorter_than_the_blocks_that_peers_still_have() {
        long height = 10_000;
        engine.received(V1, new PeerMessage.Status(height));
        engine.received(V2, new PeerMessage.Status(height));
        engine.timerFired(new TimerId("status"));
        engine.timerFired(new TimerId("status"));
        assertThat(awaitedPeer()).isEqualTo(1);
        core.answer(new Effect.Decide(block(1)));
        engine.received(V1, new PeerMessage.Entries(1, List.of(block(1))));
        assertThat(world.log).contains("broadcast SnapshotsRequest[]");
        world.log.clear();

        offer(height, Integer.MAX_VALUE);
        assertThat(world.log).as("it is longer than the blocks").isEmpty();
        offer(height / 2, 1);
        assertThat(world.log).as("it stands for too few blocks").isEmpty();
        offer(height, 1);
        assertThat(world.log).contains("send v1 EntriesRequest[fromHeight=" + height + ", maxBlocks=1]");
        assertThat(engine.isInStep()).isFalse();
    }

    @Test
    void who_knows_what_its_blocks_have_looks_for_a_snapshot_as_soon_as_it_is_far_behind() {
        isFarBehind();
        assertThat(world.log).contains("broadcast SnapshotsRequest[]");
    }

    @Test
    void while_a_snapshot_comes_no_blocks_are_asked_for_and_the_core_is_not_told_that_nothing_comes() {
        isFarBehind();
        offer(10_000, 1);
        core.answer(new Effect.CatchUp(10_000, V3));
        engine.timerFired(new TimerId("the core's"));
        engine.timerFired(new TimerId("catch-up-v1"));
        engine.timerFired(new TimerId("catch-up-v2"));
        assertThat(world.log).noneMatch(entry -> entry.startsWith("send v3 EntriesRequest"));
        assertThat(core.inputs).noneMatch(Input.CaughtUp.class::isInstance);
    }

    @Test
    void blocks_are_asked_for_again_when_all_who_offered_a_snapshot_are_silent() {
        isFarBehind();
        offer(10_000, 1);
        engine.received(V3, new PeerMessage.Status(10_000));
        for (String timer : List.of("catch-up-v1", "catch-up-v2", "snapshot-v1", "snapshot-v2")) {
            assertThat(world.log).noneMatch(entry -> entry.startsWith("send v3"));
            engine.timerFired(new TimerId(timer));
        }
        assertThat(world.log).contains("send v3 EntriesRequest[fromHeight=2, maxBlocks=64]");
    }

    @Test
    void a_peer_that_was_asked_for_blocks_and_then_for_that_of_a_snapshot_answers_both() {
        isFarBehind();
        SnapshotManifest manifest = offer(10_000, 1);
        assertThat(world.log).contains("send v1 EntriesRequest[fromHeight=10000, maxBlocks=1]");
        List<DecidedBlock> next = List.of(block(2));
        engine.received(V1, new PeerMessage.Entries(1, next));
        assertThat(core.inputs).last().isEqualTo(new Input.CaughtUp(next));
        engine.received(V1, new PeerMessage.Entries(1, List.of(block(10_000))));
        engine.received(V2, new PeerMessage.Chunk(manifest, new SnapshotChunk(0, List.of(), new byte[1])));
        assertThat(world.log).contains("install 10000");
    }

    /** By the word of two peers, after a block and since the last tick; the first of them was asked for blocks before. */
    private void isFarBehind() {
        core.answer(new Effect.Decide(block(1)));
        engine.timerFired(new TimerId("the core's"));
        engine.timerFired(new TimerId("status"));
        engine.received(V1, new PeerMessage.Status(10_000));
        assertThat(awaitedPeer()).isEqualTo(1);
        world.log.clear();
        engine.received(V2, new PeerMessage.Status(10_000));
    }

    private SnapshotManifest offer(long height, int bytes) {
        SnapshotManifest manifest = new SnapshotManifest(height, id(height), bytes, 1 << 20, Digest.ZERO);
        for (ValidatorId peer : List.of(V1, V2)) {
            engine.received(
                    peer,
                    new PeerMessage.Snapshots(List.of(new SignedSnapshot(manifest, new Signature(new byte[64])))));
        }
        return manifest;
    }

    @Test
    void blocks_that_do_not_follow_or_were_not_asked_for_never_reach_the_core() {
        engine.received(V1, new PeerMessage.Entries(1, List.of(block(1))));
        engine.received(V2, new PeerMessage.Status(3));
        engine.timerFired(new TimerId("status"));
        engine.timerFired(new TimerId("status"));
        assertThat(awaitedPeer()).isEqualTo(2);
        engine.received(V2, new PeerMessage.Entries(1, List.of(block(2))));
        assertThat(core.inputs).noneMatch(input -> input instanceof Input.CaughtUp);
    }

    @Test
    void a_validator_whose_commands_wait_too_long_says_why() {
        engine.workPending(true);
        for (int i = 0; i < 10; i++) {
            engine.timerFired(new TimerId("status"));
        }
        assertThat(world.log)
                .anyMatch(line -> line.startsWith("observe Stalled") && line.contains("a quorum of nothing"));
    }

    @Test
    void a_computation_is_handed_out_before_the_disk_has_done_and_its_result_is_handed_back() {
        core.answer(persist("share"), new Effect.Compute(7, () -> new Sum(5)), send(V1, "share"));
        engine.received(V1, consensus("x"));
        assertThat(world.log).as("nobody else sees it").containsExactly("compute 7: Sum[value=5]");
        engine.computed(7, new Sum(5));
        assertThat(core.inputs).last().isEqualTo(new Input.Computed(7, new Sum(5)));
    }

    @Test
    void no_result_reaches_the_core_that_it_did_not_ask_for_or_has_already() {
        assertThatThrownBy(() -> engine.computed(7, new Sum(5))).isInstanceOf(IllegalStateException.class);
        core.answer(new Effect.Compute(7, () -> new Sum(5)));
        engine.received(V1, consensus("x"));
        engine.computed(7, new Sum(5));
        assertThatThrownBy(() -> engine.computed(7, new Sum(5))).isInstanceOf(IllegalStateException.class);
        assertThat(core.inputs).filteredOn(Input.Computed.class::isInstance).hasSize(1);
    }

    @Test
    void one_ticket_for_two_computations_at_once_is_a_defect_of_the_core() {
        core.answer(new Effect.Compute(7, () -> new Sum(5)), new Effect.Compute(7, () -> new Sum(6)));
        assertThatThrownBy(() -> engine.received(V1, consensus("x"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_pool_hears_which_commands_the_core_wants() {
        Sample sample = new Sample(8, 2, 99);
        core.answer(
                new Effect.RequestPayload(1, BlockId.GENESIS, true),
                new Effect.RequestPayload(2, BlockId.GENESIS, true, sample));
        engine.received(V1, consensus("x"));
        assertThat(world.log).containsExactly("request 1 null", "request 2 " + sample);
    }

    private int awaitedPeer() {
        for (int i = 0; i < 4; i++) {
            if (engine.awaited().awaits(new ValidatorId(i), Awaited.Kind.BLOCKS)) {
                return i;
            }
        }
        return -1;
    }

    private static PeerMessage consensus(String text) {
        return new PeerMessage.Consensus(new Text(text));
    }

    private static Effect persist(String text) {
        return new Effect.Persist(RecordKey.single(text.hashCode()), new Note(text));
    }

    private static Effect send(ValidatorId to, String text) {
        return new Effect.Send(to, new Text(text));
    }

    private static DecidedBlock block(long height) {
        return new DecidedBlock(
                height, id(height), id(height - 1), V1, height, new CommandBatch(0, List.of()), new NoCertificate());
    }

    private static BlockId id(long height) {
        return height == 0 ? BlockId.GENESIS : new BlockId(new Digest(height, 0, 0, 0));
    }

    private static ValidatorSet fourValidators() {
        IdealSignatures scheme = new IdealSignatures();
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] secret = new byte[IdealSignatures.SECRET_BYTES];
            secret[0] = (byte) (i + 1);
            keys.add(scheme.signer(secret).publicKey());
        }
        return ValidatorSet.of(scheme, keys);
    }

    private static final class ScriptedCore implements ConsensusCore {
        private final List<Input> inputs = new ArrayList<>();
        private List<Effect> next = List.of();

        private void answer(Effect... effects) {
            next = List.of(effects);
        }

        @Override
        public List<Effect> handle(Input input) {
            inputs.add(input);
            List<Effect> effects = next;
            next = List.of();
            return effects;
        }

        @Override
        public CoreReport report() {
            return new CoreReport(
                    1,
                    "view 1",
                    0,
                    Optional.empty(),
                    "a quorum of nothing",
                    0,
                    3,
                    List.of(),
                    List.of(),
                    "none",
                    "nothing",
                    List.of());
        }
    }

    @Test
    void evidence_is_told_when_what_it_follows_from_is_durable() {
        SignedStatement statement = new SignedStatement(new byte[0], new Signature(new byte[0]));
        Evidence evidence = new Evidence(V2, "two votes", statement, statement);
        core.answer(persist("vote"), new Effect.Accuse(evidence));
        engine.received(V1, consensus("x"));
        assertThat(world.log).isEmpty();
        engine.flush();
        engine.durable(1);
        assertThat(world.log)
                .containsExactly(
                        "write 1: vote", "observe " + new Observation.Accused(evidence), "accuse v2: two votes");
    }

    @Test
    void a_refused_payload_is_counted_against_who_proposed_it() {
        BlockId block = new BlockId(new Digest(1, 2, 3, 4));
        Observation received = new Observation.ProposalReceived(1, 1, block, V2);
        core.answer(new Effect.Observe(received));
        engine.received(V1, consensus("proposal"));
        engine.payloadRefused(block, "too early");
        engine.payloadRefused(BlockId.GENESIS, "nobody proposed it");
        assertThat(world.log)
                .containsExactly(
                        "observe " + received,
                        "observe " + new Observation.Refused(new Refusal(V2, Refusal.Reason.BAD_PAYLOAD, "too early")));
    }

    private static final class RecordingWorld implements World {
        private final List<String> log = new ArrayList<>();

        @Override
        public void send(ValidatorId to, PeerMessage message) {
            log.add("send " + to + " "
                    + (message instanceof PeerMessage.Consensus c ? ((Text) c.message()).text() : message));
        }

        @Override
        public void broadcast(PeerMessage message) {
            log.add("broadcast " + message);
        }

        @Override
        public void startTimer(TimerId timer, Duration delay) {}

        @Override
        public void cancelTimer(TimerId timer) {}

        @Override
        public void write(long number, List<Storage.Write> batch) {
            StringBuilder line = new StringBuilder("write " + number + ":");
            for (Storage.Write write : batch) {
                line.append(' ')
                        .append(
                                switch (write) {
                                    case Storage.Write.Put put -> ((Note) put.record()).text();
                                    case Storage.Write.Append append ->
                                        "block" + append.block().height();
                                    default -> write.toString();
                                });
            }
            log.add(line.toString());
        }

        @Override
        public void serve(ValidatorId to, long fromHeight, int maxBlocks, long maxBytes) {
            send(to, new PeerMessage.Entries(1, List.of()));
        }

        @Override
        public void serveSnapshots(ValidatorId to) {
            log.add("serve snapshots " + to);
        }

        @Override
        public void serveChunk(ValidatorId to, SnapshotManifest manifest, int index) {
            log.add("serve chunk " + index + " " + to);
        }

        @Override
        public void install(SnapshotManifest manifest, byte[] content, DecidedBlock block) {
            log.add("install " + manifest.height());
        }

        @Override
        public void requestPayload(long ticket, BlockId parent, boolean evenIfEmpty, @Nullable Sample sample) {
            log.add("request " + ticket + " " + sample);
        }

        @Override
        public void compute(long ticket, Computation work) {
            log.add("compute " + ticket + ": " + work.run());
        }

        @Override
        public void checkPayload(BlockId block, BlockId parent, Payload payload, boolean certified) {}

        @Override
        public void ordered(DecidedBlock block) {
            log.add("ordered " + block.height());
        }

        @Override
        public void decided(DecidedBlock block) {
            log.add("decided " + block.height());
        }

        @Override
        public void accuse(Evidence evidence) {
            log.add("accuse " + evidence);
        }

        @Override
        public void observe(Observation observation) {
            log.add("observe " + observation);
        }
    }
}
