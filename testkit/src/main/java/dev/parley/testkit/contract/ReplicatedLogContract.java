package dev.parley.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.CommandFailedException;
import dev.parley.app.Outcome;
import dev.parley.client.BusyException;
import dev.parley.client.ClientSession;
import dev.parley.client.ClientSettings;
import dev.parley.client.CommandReceipt;
import dev.parley.client.LogClient;
import dev.parley.client.LogEntry;
import dev.parley.client.ParleyClient;
import dev.parley.client.Receipt;
import dev.parley.client.RefusedException;
import dev.parley.client.ReplicatedLog;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.log.CommandPayloads;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.WireBehaviours;
import dev.parley.testkit.contract.FalseLog.Lie;
import dev.parley.testkit.contract.Tallier.Add;
import dev.parley.testkit.contract.Tallier.Counts;
import dev.parley.validator.ValidatorNode;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What applications and clients are promised, whichever protocol orders the log: tried on live clusters, with actors, threads and real
 * signatures. Whoever writes a protocol extends this class in the tests of its module:
 *
 * <pre>{@code
 * class MyReplicatedLogContractTest extends ReplicatedLogContract {
 *     protected String protocol() {
 *         return "mine";
 *     }
 *
 *     protected String config() { // shorter time-outs than in production make the tests of dead validators faster
 *         return "parley.consensus.mine.timeout = 300 ms";
 *     }
 * }
 * }</pre>
 *
 * <p>Tests wait for conditions and never for time, so that little depends on how fast the machine is. Those that disturb nobody
 * share one cluster. What measures the heap is tagged {@code heap}: who runs other tests at the same time gives it a run of its own. Begin with {@link ConsensusProtocolContract}, which says more exactly what is wrong.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ReplicatedLogContract {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LIFETIME = Duration.ofSeconds(60);
    /** {@code -Dparley.hostile.messages=10000000} makes a campaign of it. */
    private static final long HOSTILE_MESSAGES = Long.getLong("parley.hostile.messages", 100_000);

    private static final long MAX_GROWTH_BYTES = 64L << 20;
    private static final long ODD = 13;
    private static final int ROUNDS = 10;
    /** With those that are needed to decide it, and the last ones of what went before. */
    private static final int MAX_BLOCKS_FOR_A_COMMAND = 8;

    private LocalCluster<Add, Long, Counts> calm;
    private final AtomicLong nextNumber = new AtomicLong(1_000_000);
    private final AtomicLong nextClient = new AtomicLong();

    /** For subclasses. */
    protected ReplicatedLogContract() {}

    /** The name of the protocol, as in {@code parley.consensus.protocol}. */
    protected abstract String protocol();

    /** Settings (HOCON) that go before the defaults, such as short time-outs; none unless overridden. */
    protected String config() {
        return "";
    }

    /** Whether the application is asked about proposals before they are decided: not where nobody can read them before. */
    protected boolean checksProposals() {
        return true;
    }

    /** Each is tried in one of four live validators; those that know no protocol, unless overridden with more. */
    protected List<Behaviour> behaviours() {
        return WireBehaviours.all();
    }

    @BeforeAll
    void startCalmCluster() {
        calm = cluster(4).start();
    }

    @AfterAll
    void stopCalmCluster() {
        calm.close();
    }

    // The log.

    @Test
    void a_receipt_proves_its_command_and_no_other() {
        for (int validator = 0; validator < 4; validator++) {
            Command command = command(nextNumber.incrementAndGet());
            CommandReceipt receipt = get(calm.node(validator).log().append(command));
            assertThat(receipt.proves(command, calm.validators(), calm.scheme(), calm.domain()))
                    .isTrue();
            assertThat(result(receipt)).isEqualTo(1);
            Command other = new Command(command.id(), command.lane(), command.expiresAtMillis(), content(-9));
            assertThat(receipt.proves(other, calm.validators(), calm.scheme(), calm.domain()))
                    .isFalse();
        }
    }

    @Test
    void all_validators_show_one_log_from_any_height() {
        submitSome(calm, 40);
        agreeEventually(calm, IntStream.range(0, 4));
        long height = calm.node(0).log().height();
        List<LogEntry> whole = read(calm, 0, 1, height);
        for (int validator = 0; validator < 4; validator++) {
            for (long from : new long[] {1, height / 2, height}) {
                assertThat(read(calm, validator, from, height))
                        .usingElementComparator(ReplicatedLogContract::sameEntry)
                        .as("validator %d from height %d", validator, from)
                        .containsExactlyElementsOf(whole.subList((int) from - 1, (int) height));
            }
        }
    }

    @Test
    void entries_chain_and_each_convinces_a_third_party() {
        submitSome(calm, 20);
        ConsensusProtocol judge = byName().create();
        ConsensusSetup setup = new ConsensusSetup(
                new ValidatorId(0),
                calm.validators(),
                calm.domain(),
                calm.scheme(),
                KeyPair.generate(new SecureRandom()).signer(Ed25519.fastest()),
                CommandPayloads.INSTANCE);
        BlockId parent = BlockId.GENESIS;
        long time = 0;
        long height = 0;
        for (LogEntry entry : read(calm, 1, 1, calm.node(1).log().height())) {
            assertThat(entry.height()).isEqualTo(++height);
            assertThat(entry.parent()).isEqualTo(parent);
            assertThat(entry.blockTimeMillis()).isGreaterThanOrEqualTo(time);
            assertThat(calm.validators().contains(entry.proposer())).isTrue();
            assertThat(judge.refuteDecision(setup, entry.decided())).isNull();
            LogEntry forged = new LogEntry(
                    entry.height(),
                    entry.id(),
                    entry.parent(),
                    entry.proposer(),
                    entry.view(),
                    entry.blockTimeMillis(),
                    entry.evidence(),
                    List.of(command(-9)),
                    entry.certificate());
            assertThat(judge.refuteDecision(setup, forged.decided())).isNotNull();
            parent = entry.id();
            time = entry.blockTimeMillis();
        }
    }

    @Test
    void a_late_reader_and_an_early_one_read_the_same_and_what_is_still_to_come() {
        submitSome(calm, 5);
        long height = calm.node(2).log().height();
        // Farther than what blocks without commands may still add by themselves.
        long end = height + 20;
        CompletionStage<List<LogEntry>> early =
                calm.node(2).log().read(1).take(end).runWith(Sink.seq(), calm.system());
        assertThat(early.toCompletableFuture()).isNotDone();
        submitSome(calm, 20);
        List<LogEntry> late = read(calm, 3, 1, end);
        assertThat(get(early))
                .usingElementComparator(ReplicatedLogContract::sameEntry)
                .containsExactlyElementsOf(late);
    }

    /** {@link ConsensusProtocolContract} says more exactly, in virtual time, that nothing happens while a cluster rests. */
    @Test
    void an_idle_cluster_rests_and_wakes_for_the_next_command() {
        awaitRest(calm);
        long before = calm.node(0).log().height();
        for (int round = 0; round < ROUNDS; round++) {
            submitSome(calm, 1);
            awaitRest(calm);
        }
        assertThat(calm.node(0).log().height() - before)
                .as("blocks for %d commands, empty ones included", ROUNDS)
                .isLessThanOrEqualTo(ROUNDS * MAX_BLOCKS_FOR_A_COMMAND);
    }

    private static void awaitRest(LocalCluster<Add, Long, Counts> cluster) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(IntStream.range(0, 4)
                                .mapToObj(i -> report(cluster, i).timer()))
                        .as("timers that run")
                        .containsOnly("none"));
    }

    // Commands.

    @Test
    void every_command_of_every_client_is_executed_exactly_once_and_all_validators_agree() {
        List<CompletableFuture<Receipt<Long>>> receipts = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            ParleyClient<Add, Long> client = calm.client(c);
            for (int i = 0; i < 250; i++) {
                receipts.add(client.submit(new Add(c * 1000L + i)).toCompletableFuture());
            }
        }
        Set<String> places = new HashSet<>();
        for (CompletableFuture<Receipt<Long>> receipt : receipts) {
            assertThat(get(receipt).result()).isEqualTo(1);
            places.add(get(receipt).height() + "/" + get(receipt).index());
        }
        assertThat(places).as("no two commands have one place in the log").hasSize(1000);
        agreeEventually(calm, IntStream.range(0, 4));
    }

    @Test
    void a_command_that_is_submitted_everywhere_and_again_is_executed_once() {
        Command command = command(nextNumber.incrementAndGet());
        List<CompletionStage<CommandReceipt>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(calm.node(i % 4).log().append(command));
        }
        CommandReceipt first = get(answers.getFirst());
        assertThat(result(first)).isEqualTo(1);
        for (int i = 0; i < 4; i++) {
            answers.add(calm.node(i).log().append(command));
        }
        for (CompletionStage<CommandReceipt> answer : answers) {
            assertThat(get(answer).outcome()).isEqualTo(first.outcome());
            assertThat(get(answer).height()).isEqualTo(first.height());
            assertThat(get(answer).index()).isEqualTo(first.index());
        }
    }

    @Test
    void an_expired_command_and_one_that_lives_too_long_are_refused() {
        ReplicatedLog log = calm.node(0).log();
        long now = System.currentTimeMillis();
        List<CommandId> refused = new ArrayList<>();
        for (long expiry : new long[] {0, now - 60_000, now + Duration.ofDays(2).toMillis()}) {
            CommandId id = new CommandId(newClient(), 1);
            refused.add(id);
            assertThatThrownBy(() -> get(log.append(new Command(id, Command.DEFAULT_LANE, expiry, content(1)))))
                    .hasRootCauseInstanceOf(RefusedException.class);
        }
        submitSome(calm, 1);
        assertThat(read(calm, 0, 1, log.height()))
                .as("the log, a later command included")
                .flatExtracting(LogEntry::commands)
                .extracting(Command::id)
                .doesNotContainAnyElementsOf(refused);
    }

    @Test
    void what_the_state_machine_throws_is_the_clients_answer_and_the_same_everywhere() {
        try (var client = calm.client(0)) {
            assertThatThrownBy(() -> get(client.submit(new Add(Tallier.FAILS))))
                    .hasRootCauseInstanceOf(CommandFailedException.class)
                    .hasMessageContaining("minus one is not counted");
            assertThatThrownBy(() -> get(client.submit(new Add(Tallier.THROWS))))
                    .hasMessageContaining("java.lang.IllegalStateException")
                    .hasMessageNotContaining("may differ");
            assertThatThrownBy(() -> get(client.submit(new Add(Tallier.NOT_ADMITTED))))
                    .hasRootCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("minus three is not admitted");
            assertThat(get(client.submit(new Add(nextNumber.incrementAndGet()))).result())
                    .isEqualTo(1);
            agreeEventually(calm, IntStream.range(0, 4));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_client_leaves_a_validator_that_fails_it(Lie lie) {
        FalseLog falseLog = new FalseLog(calm.node(0).log(), lie);
        List<ReplicatedLog> logs = List.of(
                falseLog, calm.node(1).log(), calm.node(2).log(), calm.node(3).log());
        try (ParleyClient<Add, Long> client = new LogClient<>(
                logs,
                0,
                Tallier.APPLICATION.commands(),
                Tallier.APPLICATION.results(),
                new LogClient.Trust(calm.validators(), calm.scheme(), calm.domain()),
                new ClientSettings(LIFETIME, Duration.ofMillis(200), 100, false),
                ClientSession.withoutKey(),
                System::currentTimeMillis,
                (delay, task) -> calm.system()
                        .scheduler()
                        .scheduleOnce(delay, task, calm.system().executionContext()))) {
            for (int i = 0; i < 3; i++) {
                assertThat(get(client.submit(new Add(nextNumber.incrementAndGet())))
                                .result())
                        .isEqualTo(1);
            }
            assertThat(falseLog.timesAsked()).isPositive();
        }
    }

    @Test
    void a_full_pool_answers_busy_at_once_and_what_it_accepted_is_executed() {
        try (var cluster = cluster(4)
                .config("parley.mempool { max-commands = 8, max-block-commands = 4, regossip-after = 200 ms }")
                .start()) {
            cluster.network().isolate(Set.of(new ValidatorId(0)));
            List<CompletableFuture<CommandReceipt>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                answers.add(cluster.node(0).log().append(command(i)).toCompletableFuture());
            }
            await().atMost(PATIENCE)
                    .until(() -> answers.stream()
                                    .filter(CompletableFuture::isCompletedExceptionally)
                                    .count()
                            == 32);
            cluster.network().heal();
            int executed = 0;
            for (CompletableFuture<CommandReceipt> answer : answers) {
                if (answer.isCompletedExceptionally()) {
                    assertThatThrownBy(() -> get(answer))
                            .hasRootCauseInstanceOf(BusyException.class)
                            .rootCause()
                            .extracting(busy -> ((BusyException) busy).retryAfter())
                            .matches(after -> after.isPositive());
                } else {
                    assertThat(result(get(answer))).isEqualTo(1);
                    executed++;
                }
            }
            assertThat(executed).isEqualTo(8);
            try (var client = cluster.client(1)) {
                List<CompletionStage<Receipt<Long>>> receipts = new ArrayList<>();
                for (int i = 100; i < 112; i++) {
                    receipts.add(client.submit(new Add(i)));
                }
                receipts.forEach(receipt -> assertThat(get(receipt).result()).isEqualTo(1));
            }
        }
    }

    @Test
    void a_command_over_the_limit_is_refused_with_the_limit() {
        try (var cluster = cluster(4)
                        .config("parley.mempool.max-command-bytes = 60")
                        .start();
                var client = cluster.client()) {
            assertThat(get(client.submit(new Add(1))).result()).isEqualTo(1);
            assertThatThrownBy(() -> get(client.submit(new Add(Long.MAX_VALUE))))
                    .hasRootCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("60");
        }
    }

    // Validators that are dead, cut off or wrong.

    @ParameterizedTest
    @CsvSource({"4,1", "7,2"})
    void the_log_goes_on_with_f_validators_dead(int validators, int dead) {
        try (var cluster = cluster(validators).start();
                var client = cluster.client(dead)) {
            get(client.submit(new Add(1)));
            IntStream.range(0, dead).forEach(cluster::kill);
            for (int i = 2; i < 25; i++) {
                assertThat(get(client.submit(new Add(i))).result()).isEqualTo(1);
            }
            agreeEventually(cluster, IntStream.range(dead, validators));
        }
    }

    @Test
    void the_log_goes_on_with_two_of_seven_silent() {
        Behaviour silent = WireBehaviours.all().stream()
                .filter(behaviour -> behaviour.name().equals("silent"))
                .findFirst()
                .orElseThrow();
        try (var cluster = cluster(7)
                        .byzantine(2, honest -> silent.corrupt(honest, new SplittableRandom(1)))
                        .byzantine(5, honest -> silent.corrupt(honest, new SplittableRandom(2)))
                        .start();
                var client = cluster.client(0)) {
            for (int i = 1; i < 20; i++) {
                assertThat(get(client.submit(new Add(i))).result()).isEqualTo(1);
            }
            agreeEventually(cluster, IntStream.of(0, 1, 3, 4, 6));
        }
    }

    @Test
    void a_client_leaves_a_dead_validator_and_a_restarted_one_catches_up_and_counts_again() {
        try (var cluster = cluster(4).start();
                var client = cluster.client(2)) {
            get(client.submit(new Add(1)));
            var reader = cluster.node(2).log().read(1).runWith(Sink.ignore(), cluster.system());
            cluster.kill(2);
            await("who reads hears that the validator has stopped")
                    .atMost(PATIENCE)
                    .until(() -> reader.toCompletableFuture().isCompletedExceptionally());
            for (int i = 2; i < 20; i++) {
                assertThat(get(client.submit(new Add(i))).result()).isEqualTo(1);
            }
            cluster.restart(2);
            agreeEventually(cluster, IntStream.range(0, 4));
            cluster.kill(0);
            assertThat(get(client.submit(new Add(100))).result())
                    .as("the restarted validator is needed for a quorum now")
                    .isEqualTo(1);
        }
    }

    @Test
    void a_validator_that_was_cut_off_catches_up_after_the_network_heals() {
        try (var cluster = cluster(4).start();
                var client = cluster.client(0)) {
            cluster.network().isolate(Set.of(new ValidatorId(3)));
            for (int i = 0; i < 30; i++) {
                get(client.submit(new Add(i)));
            }
            assertThat(cluster.node(3).log().height()).isZero();
            cluster.network().heal();
            agreeEventually(cluster, IntStream.range(0, 4));
            assertThat(read(cluster, 3, 1, cluster.node(3).log().height()))
                    .usingElementComparator(ReplicatedLogContract::sameEntry)
                    .containsExactlyElementsOf(
                            read(cluster, 0, 1, cluster.node(3).log().height()));
        }
    }

    @Test
    void nothing_is_decided_without_a_quorum_and_the_report_says_who_is_missing() {
        try (var cluster = cluster(4).start();
                var client = cluster.client(0)) {
            Set<ValidatorId> away = Set.of(new ValidatorId(2), new ValidatorId(3));
            cluster.network().isolate(away);
            CompletableFuture<Receipt<Long>> receipt = client.submit(new Add(1)).toCompletableFuture();
            await().atMost(PATIENCE).untilAsserted(() -> {
                CoreReport report = report(cluster, 0);
                assertThat(report.missing()).containsAll(away);
                assertThat(report.need()).isEqualTo(3);
                assertThat(report.have()).isLessThan(3);
            });
            assertThat(receipt).isNotDone();
            assertThat(cluster.node(0).log().height()).isZero();
            cluster.network().heal();
            assertThat(get(receipt).result()).isEqualTo(1);
        }
    }

    @Test
    void voting_power_counts_and_not_heads_or_must_be_equal() {
        LocalCluster.Builder<Add, Long, Counts> unequal =
                configured(LocalCluster.of(new long[] {3, 3, 3, 1}, Tallier.APPLICATION));
        if (!byName().create().countsPower()) {
            assertThatThrownBy(unequal::start)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("power");
            return;
        }
        try (var cluster = unequal.start();
                var client = cluster.client(1)) {
            cluster.kill(0);
            assertThat(cluster.node(0).stopped()).isDone();
            assertThat(get(client.submit(new Add(1))).result()).isEqualTo(1);
            // Two heads of three, and less power than a quorum's.
            cluster.network().isolate(Set.of(new ValidatorId(2)));
            CompletableFuture<Receipt<Long>> receipt = client.submit(new Add(2)).toCompletableFuture();
            await().atMost(PATIENCE).untilAsserted(() -> {
                CoreReport report = report(cluster, 1);
                assertThat(report.missing()).contains(new ValidatorId(2));
                assertThat(report.need()).isEqualTo(7);
                assertThat(report.have()).isLessThanOrEqualTo(4);
            });
            assertThat(receipt).isNotDone();
            cluster.network().heal();
            assertThat(get(receipt).result()).isEqualTo(1);
            agreeEventually(cluster, IntStream.range(1, 4));
        }
    }

    @Test
    void a_validator_whose_state_machine_goes_astray_stops_and_names_height_and_command() {
        AtomicBoolean gone = new AtomicBoolean();
        Application<Add, Long, Counts> oneStrays =
                Tallier.application((number, count) -> number == ODD && gone.compareAndSet(false, true) ? 99 : count);
        try (var cluster = configured(LocalCluster.of(4, oneStrays)).start();
                var client = cluster.client(0)) {
            get(client.submit(new Add(1)));
            long height = get(client.submit(new Add(ODD))).height();
            CompletableFuture<?>[] stopped = IntStream.range(0, 4)
                    .mapToObj(i -> cluster.node(i).stopped().toCompletableFuture())
                    .toArray(CompletableFuture[]::new);
            Object why = get(CompletableFuture.anyOf(stopped));
            assertThat(String.valueOf(why))
                    .contains("at height " + height)
                    .contains("number 0 of the block")
                    .contains("#2");
            for (int i = 2; i < 10; i++) {
                assertThat(get(client.submit(new Add(i))).result()).isEqualTo(1);
            }
            assertThat(Stream.of(stopped).filter(CompletableFuture::isDone)).hasSize(1);
        }
    }

    @Test
    void validators_whose_state_machines_all_differ_stop_and_name_height_and_command() {
        AtomicLong whim = new AtomicLong();
        Application<Add, Long, Counts> allStray =
                Tallier.application((number, count) -> number == ODD ? whim.incrementAndGet() : count);
        try (var cluster = configured(LocalCluster.of(4, allStray)).start()) {
            CompletableFuture<Receipt<Long>> doomed;
            try (var client = cluster.client(0)) {
                get(client.submit(new Add(1)));
                doomed = client.submit(new Add(ODD)).toCompletableFuture();
                for (int i = 0; i < 4; i++) {
                    assertThat(get(cluster.node(i).stopped()))
                            .contains("at height")
                            .contains("number 0 of the block")
                            .contains("#2");
                }
            }
            assertThatThrownBy(doomed::join).isInstanceOf(CompletionException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("behaviourNames")
    void a_cluster_bears_it_in_one_of_its_four(String name) {
        Behaviour behaviour = behaviours().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        try (var cluster = cluster(4)
                        .byzantine(1, honest -> behaviour.corrupt(honest, new SplittableRandom(1)))
                        .start();
                var client = cluster.client(0)) {
            for (int i = 0; i < 20; i++) {
                assertThat(get(client.submit(new Add(i))).result()).isEqualTo(1);
            }
            agreeEventually(cluster, IntStream.of(0, 2, 3));
        }
    }

    Stream<String> behaviourNames() {
        return behaviours().stream().map(Behaviour::name);
    }

    @Tag("heap")
    @ResourceLock("heap")
    @Test
    void a_hostile_peer_costs_its_victim_bounded_memory_and_stops_nobody() {
        ValidatorId attacker = new ValidatorId(3);
        ValidatorId victim = new ValidatorId(0);
        try (var cluster = cluster(4)
                        .config("parley.storage.memory-max-bytes = 1 MiB")
                        .config("parley.execution.max-recent-bytes = 1 MiB")
                        .config("parley.client.command-lifetime = 20 s")
                        .start();
                var client = cluster.client(1)) {
            cluster.kill(attacker.index());
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong answered = new AtomicLong();
            for (int i = 0; i < 100; i++) {
                keepSubmitting(client, answered, over);
            }
            awaitAnswers(answered, 2_000);
            HostilePeer peer = new HostilePeer(
                    cluster, attacker, victim, RecordedRun.of(byName().create(), checksProposals(), 12), 1);
            long heapBefore = usedHeap();
            for (long i = 0; i < HOSTILE_MESSAGES; i++) {
                peer.attack(i);
            }
            assertThat(usedHeap() - heapBefore)
                    .as("growth of the heap in bytes")
                    .isLessThan(MAX_GROWTH_BYTES);
            await().atMost(PATIENCE).until(() -> cluster.node(victim.index()).refused(attacker, Reason.MALFORMED) > 0);
            awaitAnswers(answered, answered.get() + 200);
            assertThat(cluster.node(victim.index()).stopped().toCompletableFuture())
                    .isNotDone();
            over.set(true);
        }
    }

    private ProtocolByName byName() {
        return new ProtocolByName(protocol(), config());
    }

    private LocalCluster.Builder<Add, Long, Counts> cluster(int validators) {
        return configured(LocalCluster.of(validators, Tallier.APPLICATION));
    }

    private LocalCluster.Builder<Add, Long, Counts> configured(LocalCluster.Builder<Add, Long, Counts> builder) {
        return builder.config("parley { client.attempt-timeout = 1 s, validator.status-interval = 200 ms }")
                .config(config())
                .protocol(protocol());
    }

    private ClientId newClient() {
        return new ClientId(0xC11E, nextClient.incrementAndGet());
    }

    private static byte[] content(long number) {
        return Tallier.APPLICATION.commands().encode(new Add(number));
    }

    private Command command(long number) {
        return new Command(
                new CommandId(newClient(), 1),
                Command.DEFAULT_LANE,
                System.currentTimeMillis() + LIFETIME.toMillis(),
                content(number));
    }

    private static Long result(CommandReceipt receipt) {
        assertThat(receipt.outcome().code()).isEqualTo(Outcome.Code.OK);
        return Tallier.APPLICATION.results().decode(receipt.outcome().bytes());
    }

    private void submitSome(LocalCluster<Add, Long, Counts> cluster, int count) {
        for (int i = 0; i < count; i++) {
            try (var client = cluster.client(i % 4)) {
                assertThat(get(client.submit(new Add(nextNumber.incrementAndGet())))
                                .result())
                        .isEqualTo(1);
            }
        }
    }

    private static List<LogEntry> read(LocalCluster<?, ?, ?> cluster, int validator, long from, long to) {
        return get(cluster.node(validator).log().read(from).take(to - from + 1).runWith(Sink.seq(), cluster.system()));
    }

    /** 0 if both are the same block, however their certificates came about. */
    private static int sameEntry(LogEntry a, LogEntry b) {
        boolean same = a.height() == b.height()
                && a.id().equals(b.id())
                && a.parent().equals(b.parent())
                && a.proposer().equals(b.proposer())
                && a.view() == b.view()
                && a.blockTimeMillis() == b.blockTimeMillis()
                && a.commands().equals(b.commands());
        return same ? 0 : 1;
    }

    /** With a bound, since joining cannot be interrupted by a test's time-out. */
    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static CoreReport report(LocalCluster<?, ?, ?> cluster, int validator) {
        return get(cluster.node(validator).report());
    }

    private static void agreeEventually(LocalCluster<?, ?, ?> cluster, IntStream validators) {
        int[] all = validators.toArray();
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(CompletionException.class)
                .untilAsserted(() -> {
                    List<ValidatorNode.StateAt> states = new ArrayList<>();
                    for (int validator : all) {
                        states.add(get(cluster.node(validator).state()));
                    }
                    assertThat(states).allMatch(state -> state.equals(states.getFirst()));
                });
    }

    private void keepSubmitting(ParleyClient<Add, Long> client, AtomicLong answered, AtomicBoolean over) {
        client.submit(new Add(nextNumber.incrementAndGet())).whenComplete((receipt, failure) -> {
            answered.incrementAndGet();
            if (!over.get()) {
                keepSubmitting(client, answered, over);
            }
        });
    }

    private static void awaitAnswers(AtomicLong answered, long count) {
        await().atMost(PATIENCE).until(() -> answered.get() >= count);
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
