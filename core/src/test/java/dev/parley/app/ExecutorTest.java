package dev.parley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.ClientId;
import dev.parley.log.ClientSignatures;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.log.FreshNotice;
import dev.parley.logging.LogContext;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExecutorTest {
    private static final ClientId CLIENT = new ClientId(1, 2);
    private static final Codec<String> UTF_8 = new Codec<>() {
        @Override
        public byte[] encode(String value) {
            if (value.contains("unwritable")) {
                throw new IllegalStateException("cannot be written");
            }
            return value.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            if (bytes.length == 0) {
                throw new IllegalArgumentException("no text");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    };

    /** Appends each command to a text and answers with the whole of it. */
    private static class Scribe implements StateMachine<String, String, String> {
        private final StringBuilder text = new StringBuilder("-");

        @Override
        public String apply(String command, Context context) {
            switch (command) {
                case "fail" -> throw new CommandFailedException("no");
                case "break" -> throw new IllegalStateException("secret " + context);
                case "exhaust" -> throw new StackOverflowError();
                case "much" -> {
                    return "m".repeat(Outcome.MAX_BYTES + 1);
                }
                case "where" -> {
                    return context.height() + "/" + context.index() + "/" + context.blockTimeMillis();
                }
                default -> text.append(command);
            }
            return text.toString();
        }

        @Override
        public String query(String query) {
            return query + text;
        }

        @Override
        public String snapshot() {
            return text.toString();
        }

        @Override
        public void restore(String snapshot) {
            if (snapshot.contains("!")) {
                throw new IllegalArgumentException("not a text");
            }
            text.setLength(0);
            text.append(snapshot);
        }

        @Override
        public Optional<String> check(String command) {
            return command.equals("fail") ? Optional.of("would fail") : Optional.empty();
        }
    }

    private static final Application<String, String, String> APPLICATION =
            new Application<>(Scribe::new, UTF_8, UTF_8, UTF_8);

    private final Blocks blocks = new Blocks();
    private final Executor<String, String, String> executor = executor(0, 1 << 20);

    @Test
    void executes_in_order_and_proves_each_outcome() {
        ExecutedBlock block = executor.execute(blocks.next(10, command(1, "a"), command(2, "b")));
        assertThat(block.outcomes()).containsExactly(ok("-a"), ok("-ab"));
        assertThat(block.root()).isEqualTo(executor.root());
        for (int i = 0; i < 2; i++) {
            assertThat(block.results()
                            .proof(i)
                            .proves(
                                    block.results().resultsRoot(),
                                    2,
                                    block.commands().get(i).digest(),
                                    block.outcomes().get(i)))
                    .isTrue();
        }
    }

    @Test
    void a_command_ordered_again_is_not_executed_again() throws MalformedException {
        Command command = command(1, "a");
        executor.execute(blocks.next(10, command));
        ExecutedBlock again = executor.execute(blocks.next(20, command(2, "b"), command));
        assertThat(again.outcomes().get(1).code()).isEqualTo(Outcome.Code.DUPLICATE);
        BinaryReader in = new BinaryReader(again.outcomes().get(1).bytes());
        assertThat(in.i64()).isEqualTo(1);
        assertThat(in.i32()).isZero();
        assertThat(executor.query("?")).isEqualTo("?-ab");
        Executor.Answer answer = executor.answer(command.id()).orElseThrow();
        assertThat(answer.outcome()).isEqualTo(ok("-a"));
        assertThat(answer.proof().proves(answer.block().resultsRoot(), 1, command.digest(), answer.outcome()))
                .isTrue();
    }

    @Test
    void exceptions_become_outcomes_without_their_messages() {
        ExecutedBlock block = executor.execute(blocks.next(
                10,
                command(1, "fail"),
                command(2, "break"),
                command(3, ""),
                command(4, "much"),
                command(5, "unwritable")));
        assertThat(block.outcomes())
                .containsExactly(
                        new Outcome(Outcome.Code.FAILED, bytes("no")),
                        new Outcome(Outcome.Code.ERROR, bytes("java.lang.IllegalStateException")),
                        Outcome.of(Outcome.Code.UNDECODABLE),
                        Outcome.of(Outcome.Code.TOO_LARGE),
                        new Outcome(Outcome.Code.ERROR, bytes("java.lang.IllegalStateException")));
    }

    @Test
    void a_fresh_notice_is_ordered_once_and_does_not_reach_the_application() {
        Command notice = FreshNotice.command(new byte[FreshNotice.NONCE_BYTES], 60_000);
        ExecutedBlock block = executor.execute(blocks.next(10, command(1, "a"), notice));
        assertThat(block.outcomes()).containsExactly(ok("-a"), Outcome.of(Outcome.Code.OK));
        assertThat(executor.execute(blocks.next(20, notice))
                        .outcomes()
                        .getFirst()
                        .code())
                .isEqualTo(Outcome.Code.DUPLICATE);
        assertThat(executor.query("?")).isEqualTo("?-a");
    }

    @Test
    void an_error_is_let_through() {
        DecidedBlock block = blocks.next(10, command(1, "exhaust"));
        assertThatThrownBy(() -> executor.execute(block)).isInstanceOf(StackOverflowError.class);
    }

    @Test
    void commands_outside_their_time_are_not_executed() {
        ExecutedBlock block = executor.execute(blocks.next(
                2_000_000,
                new Command(new CommandId(CLIENT, 1), 1, 1_999_999, bytes("a")),
                new Command(new CommandId(CLIENT, 2), 1, 2_000_000, bytes("b")),
                new Command(new CommandId(CLIENT, 3), 1, 2_600_001, bytes("c"))));
        assertThat(block.outcomes().stream().map(Outcome::code))
                .containsExactly(Outcome.Code.EXPIRED, Outcome.Code.OK, Outcome.Code.TOO_FAR_AHEAD);
    }

    @Test
    void block_time_never_falls() {
        executor.execute(blocks.next(50));
        ExecutedBlock block = executor.execute(blocks.next(40, command(1, "where")));
        assertThat(block.outcomes()).containsExactly(ok("2/0/50"));
    }

    @Test
    void refuses_a_block_that_is_not_the_next() {
        DecidedBlock first = blocks.next(10);
        DecidedBlock second = blocks.next(20);
        assertThatThrownBy(() -> executor.execute(second))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not follow");
        executor.execute(first);
        assertThatThrownBy(() -> executor.execute(first)).isInstanceOf(IllegalArgumentException.class);
        DecidedBlock forked = new Blocks().next(11, command(1, "a"));
        assertThatThrownBy(() -> executor.execute(new DecidedBlock(
                        2, forked.id(), forked.id(), forked.proposer(), 2, forked.payload(), forked.certificate())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void empty_blocks_are_chained_too() {
        Digest first = executor.execute(blocks.next(10)).root();
        ExecutedBlock second = executor.execute(blocks.next(20));
        assertThat(second.results().previousRoot()).isEqualTo(first);
        assertThat(second.root()).isNotEqualTo(first);
    }

    @Test
    void divergence_that_no_result_shows_is_found_where_the_state_is_hashed() {
        Executor<String, String, String> one = executor(2, 0);
        Executor<String, String, String> other = executor(
                2,
                0,
                new Application<>(
                        () -> new Scribe() {
                            @Override
                            public String snapshot() {
                                return super.snapshot() + "hidden";
                            }
                        },
                        UTF_8,
                        UTF_8,
                        UTF_8));
        DecidedBlock first = blocks.next(10, command(1, "a"));
        DecidedBlock second = blocks.next(20);
        assertThat(one.execute(first).root()).isEqualTo(other.execute(first).root());
        ExecutedBlock here = one.execute(second);
        ExecutedBlock there = other.execute(second);
        assertThat(here.root()).isNotEqualTo(there.root());
        assertThat(here.results().stateHash()).contains(one.stateHash());
        assertThat(here.results().items().firstDifference(there.results().items()))
                .isEmpty();
    }

    @Test
    void goes_on_from_a_snapshot_as_if_it_had_executed_all() throws MalformedException {
        executor.execute(blocks.next(10, command(1, "a"), command(40, "b")));
        byte[] snapshot = executor.snapshotBytes();
        Executor<String, String, String> restored = executor(0, 1 << 20);
        restored.restore(snapshot);
        assertThat(restored.stateHash()).isEqualTo(executor.stateHash());
        assertThat(restored.snapshotBytes()).isEqualTo(snapshot);
        DecidedBlock next = blocks.next(20, command(1, "a"), command(2, "c"));
        assertThat(restored.execute(next).root())
                .isEqualTo(executor.execute(next).root());
        assertThat(restored.query("?")).isEqualTo("?-abc");
    }

    @Test
    void refuses_what_is_no_snapshot_and_keeps_its_state() {
        executor.execute(blocks.next(10, command(1, "a")));
        byte[] snapshot = executor.snapshotBytes();
        for (int length = 0; length < snapshot.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(snapshot, length);
            assertThatThrownBy(() -> executor.restore(cut)).isInstanceOf(MalformedException.class);
        }
        byte[] refused = snapshot.clone();
        refused[refused.length - 1] = '!';
        assertThatThrownBy(() -> executor.restore(refused)).isInstanceOf(MalformedException.class);
        assertThat(executor.snapshotBytes()).isEqualTo(snapshot);
    }

    @Test
    void keeps_late_blocks_within_its_bound() {
        Executor<String, String, String> small = executor(0, 2000);
        for (int i = 1; i <= 50; i++) {
            small.execute(blocks.next(i, command(i, "a")));
        }
        assertThat(small.recent(50)).isPresent();
        assertThat(small.recent(1)).isEmpty();
        assertThat(small.answer(command(50, "a").id())).isPresent();
        assertThat(small.answer(command(1, "a").id())).isEmpty();
        assertThat(small.answer(command(51, "a").id())).isEmpty();
    }

    @Test
    void admission_asks_the_state_machine() {
        assertThat(executor.check(bytes("a"))).isEmpty();
        assertThat(executor.check(bytes("fail"))).contains("would fail");
        assertThat(executor.check(new byte[0])).contains("no text");
    }

    /** Writes down who was convicted; does not want a "b" after an "a", nor "never". */
    private static final class Judge extends Scribe {
        private final List<String> told = new ArrayList<>();

        @Override
        public void convicted(Evidence evidence, BlockContext context) {
            told.add(evidence.culprit() + " at " + context.height() + "/" + context.blockTimeMillis());
            apply("!" + evidence.culprit(), new Context(context.height(), 0, context.blockTimeMillis(), CLIENT));
            if (evidence.offence().equals("throw")) {
                throw new IllegalStateException("thrown on purpose");
            }
        }

        @Override
        public Optional<String> checkProposal(List<String> commands, BlockContext context) {
            if (commands.contains("throw")) {
                throw new IllegalStateException("thrown on purpose");
            }
            int a = commands.indexOf("a");
            boolean bad = commands.contains("never") || (a >= 0 && commands.lastIndexOf("b") > a);
            return bad ? Optional.of("not at " + context.height()) : Optional.empty();
        }
    }

    private static Application<String, String, String> judged(Judge judge) {
        return new Application<>(() -> judge, UTF_8, UTF_8, UTF_8);
    }

    @Test
    void tells_the_application_of_each_culprit_once_before_the_commands() {
        Judge judge = new Judge();
        Executor<String, String, String> executor = executor(0, 1 << 20, judged(judge));
        ExecutedBlock first = executor.execute(blocks.next(
                new CommandBatch(10, List.of(evidence(2, "x"), evidence(1, "x")), List.of(command(1, "a")))));
        assertThat(first.convicted()).containsExactly(evidence(2, "x"), evidence(1, "x"));
        assertThat(first.outcomes()).containsExactly(ok("-!v2!v1a"));
        ExecutedBlock second =
                executor.execute(blocks.next(new CommandBatch(20, List.of(evidence(2, "y")), List.of())));
        assertThat(second.convicted()).isEmpty();
        assertThat(judge.told).containsExactly("v2 at 1/10", "v1 at 1/10");
    }

    @Test
    void an_exception_on_a_conviction_changes_nothing_else() {
        Judge judge = new Judge();
        Executor<String, String, String> executor = executor(0, 1 << 20, judged(judge));
        ExecutedBlock executed = executor.execute(blocks.next(
                new CommandBatch(10, List.of(evidence(2, "throw"), evidence(1, "x")), List.of(command(1, "a")))));
        assertThat(executed.outcomes()).containsExactly(ok("-!v2!v1a"));
        assertThat(executed.convicted()).hasSize(2);
    }

    @Test
    void convictions_are_part_of_the_snapshot_and_of_the_state_hash() throws MalformedException {
        executor.execute(blocks.next(10));
        byte[] before = executor.snapshotBytes();
        Digest hash = executor.stateHash();
        executor.execute(blocks.next(new CommandBatch(10, List.of(evidence(2, "x")), List.of())));
        assertThat(executor.stateHash()).isNotEqualTo(hash);
        assertThat(executor.convictions().contains(new ValidatorId(2))).isTrue();

        Executor<String, String, String> restored = executor(0, 1 << 20);
        restored.restore(executor.snapshotBytes());
        assertThat(restored.stateHash()).isEqualTo(executor.stateHash());
        assertThat(restored.execute(blocks.next(new CommandBatch(10, List.of(evidence(2, "z")), List.of())))
                        .convicted())
                .isEmpty();
        restored.restore(before);
        assertThat(restored.convictions().size()).isZero();
    }

    @Test
    void what_is_made_up_in_the_name_of_a_session_with_a_key_is_not_executed_and_uses_up_no_number() {
        Ed25519 scheme = Ed25519.fastest();
        ClientSignatures signatures = new ClientSignatures(scheme, new SigningDomain("chain", 0));
        Signer session = KeyPair.generate(new SecureRandom()).signer(scheme);
        Executor<String, String, String> strict =
                new Executor<>(APPLICATION, settings(0, 1 << 20), signatures::isAuthentic, LogContext.none());
        Command signed = signatures.sign(session, 1, 1, 500_000, bytes("a"));
        Command forged = new Command(signed.id(), 1, 500_000, bytes("b"));
        ExecutedBlock block = strict.execute(blocks.next(10, forged, signed, forged));
        assertThat(block.outcomes())
                .extracting(Outcome::code)
                .containsExactly(Outcome.Code.NOT_AUTHENTIC, Outcome.Code.OK, Outcome.Code.NOT_AUTHENTIC);
        assertThat(block.outcomes().get(1)).isEqualTo(ok("-a"));
    }

    @Test
    void the_application_checks_proposals_without_what_does_not_decode() {
        Executor<String, String, String> executor = executor(0, 1 << 20, judged(new Judge()));
        BlockContext context = new BlockContext(7, 10);
        assertThat(executor.checkProposal(List.of(command(1, "b"), command(2, "a")), context))
                .isEmpty();
        assertThat(executor.checkProposal(List.of(command(1, "a"), command(2, "b")), context))
                .contains("not at 7");
        assertThat(executor.checkProposal(List.of(command(1, "")), context)).isEmpty();
        assertThat(executor.checkProposal(List.of(command(1, "throw")), context))
                .contains("thrown on purpose");
    }

    @Test
    void a_proposer_chooses_what_is_accepted_together_with_what_it_chose_before() {
        Executor<String, String, String> executor = executor(0, 1 << 20, judged(new Judge()));
        BlockContext context = new BlockContext(7, 10);
        List<Command> all = List.of(
                command(1, "b"),
                command(2, "a"),
                command(3, "never"),
                command(4, "c"),
                command(5, "b"),
                command(6, ""));
        assertThat(executor.choose(all, context)).containsExactly(all.get(0), all.get(1), all.get(3), all.get(5));
        assertThat(executor.choose(List.of(), context)).isEmpty();
    }

    @Test
    void a_machine_that_refuses_everything_is_asked_a_bounded_number_of_times() {
        AtomicInteger asked = new AtomicInteger();
        Scribe never = new Scribe() {
            @Override
            public Optional<String> checkProposal(List<String> commands, BlockContext context) {
                asked.incrementAndGet();
                return Optional.of("never");
            }
        };
        Executor<String, String, String> executor =
                executor(0, 1 << 20, new Application<>(() -> never, UTF_8, UTF_8, UTF_8));
        List<Command> all =
                IntStream.range(1, 4000).mapToObj(i -> command(i, "a")).toList();
        assertThat(executor.choose(all, new BlockContext(1, 1))).isEmpty();
        assertThat(asked.get()).isEqualTo(Executor.MAX_CHECKS);
    }

    private static Evidence evidence(int culprit, String offence) {
        SignedStatement statement = new SignedStatement(new byte[0], new Signature(new byte[0]));
        return new Evidence(new ValidatorId(culprit), offence, statement, statement);
    }

    private static Executor<String, String, String> executor(long stateCheckInterval, long recentBytes) {
        return executor(stateCheckInterval, recentBytes, APPLICATION);
    }

    private static Executor<String, String, String> executor(
            long stateCheckInterval, long recentBytes, Application<String, String, String> application) {
        return new Executor<>(application, settings(stateCheckInterval, recentBytes));
    }

    private static ExecutorSettings settings(long stateCheckInterval, long recentBytes) {
        return new ExecutorSettings(100, Duration.ofMinutes(10), stateCheckInterval, recentBytes);
    }

    private static Command command(long sequence, String content) {
        return new Command(new CommandId(CLIENT, sequence), 1, 500_000, bytes(content));
    }

    private static Outcome ok(String result) {
        return new Outcome(Outcome.Code.OK, bytes(result));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void outcomes_survive_their_binary_form() throws MalformedException {
        for (Outcome.Code code : List.of(Outcome.Code.values())) {
            Outcome outcome = new Outcome(code, bytes("x"));
            BinaryWriter out = new BinaryWriter();
            outcome.write(out);
            assertThat(Outcome.read(new BinaryReader(out.toByteArray()))).isEqualTo(outcome);
        }
    }
}
