package dev.parley.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusProtocolProvider;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Payload;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import dev.parley.log.CommandBatch;
import dev.parley.testkit.contract.RecordedProtocol.Life;
import dev.parley.testkit.contract.RecordedProtocol.Step;
import dev.parley.testkit.contract.RecordedRun.Said;
import dev.parley.testkit.sim.Counter;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.SimulatedCluster;
import dev.parley.testkit.sim.Simulation;
import dev.parley.testkit.sim.SimulationOptions;
import dev.parley.testkit.sim.Swarm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What the consensus seam asks of every protocol, tried without actors, threads or clocks. Whoever writes a protocol extends this class
 * in the tests of its module:
 *
 * <pre>{@code
 * class MyProtocolContractTest extends ConsensusProtocolContract {
 *     protected String protocol() {
 *         return "mine";
 *     }
 * }
 * }</pre>
 *
 * <p>Nothing else is needed but the protocol's provider on the class path. What a test holds against the protocol was said, kept and
 * decided in a simulated run of it with crashes, partitions and losses, so real messages of all kinds are what is spoiled here. The same
 * runs each time: a failure repeats itself. Where a signature must not be forged, the simulator's ideal signatures see to it. See
 * {@link ReplicatedLogContract} for the other half.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ConsensusProtocolContract {
    private static final long RECORDED_SEED = 12;
    private static final int LEAST_DECIDED = 20;
    private static final int SPOILED = 20_000;
    private static final int PAIRS = 3_000;

    private static final ValidatorId SOMEBODY = new ValidatorId(0);
    private static final ValidatorId STRANGER = new ValidatorId(4);
    private static final Duration REST = Duration.ofHours(1);
    /** Some tens of message delays; less than any time-out that one would set. */
    private static final Duration AT_ONCE = Duration.ofMillis(60);

    private ConsensusProtocol protocol;
    private RecordedRun run;

    /** For subclasses. */
    protected ConsensusProtocolContract() {}

    /** The name of the protocol, as in {@code parley.consensus.protocol}. */
    protected abstract String protocol();

    /** Settings (HOCON) of the protocol that go before its defaults; none unless overridden. */
    protected String config() {
        return "";
    }

    /** Whether the application is asked about proposals before they are decided: not where nobody can read them before. */
    protected boolean checksProposals() {
        return true;
    }

    @BeforeAll
    void recordOneRun() {
        protocol = byName().create();
        run = RecordedRun.of(protocol, checksProposals(), RECORDED_SEED);
        assertThat(run.lives)
                .as("lives of validators, more than there are validators if any restarted")
                .hasSizeGreaterThan(run.setup().validators().size());
        assertThat(run.decided).hasSizeGreaterThan(LEAST_DECIDED);
        assertThat(run.records).as("what validators kept").isNotEmpty();
    }

    // The provider.

    @Test
    void one_provider_is_found_by_its_name_and_makes_protocols_of_that_name() {
        List<ConsensusProtocolProvider> found = ServiceLoader.load(ConsensusProtocolProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(protocol()))
                .toList();
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().create(byName().config()).name()).isEqualTo(protocol());
    }

    @Test
    void a_setting_of_the_wrong_kind_or_none_is_refused_by_its_name() {
        for (String setting : settings()) {
            String path = settingsPath() + "." + setting;
            Config wrong = byName().config()
                    .withValue(path, ConfigValueFactory.fromIterable(List.of("neither", "this", "nor", "that")));
            assertThatThrownBy(() -> provider().create(wrong))
                    .as("%s = %s", path, wrong.getValue(path))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(setting);
            assertThatThrownBy(() -> provider().create(byName().config().withoutPath(path)))
                    .as("no %s", path)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(setting);
        }
    }

    @Test
    void a_setting_out_of_bounds_is_refused_by_its_name_and_as_nothing_but_a_ConfigException() {
        for (String setting : settings()) {
            String path = settingsPath() + "." + setting;
            for (Object value : List.of("no such thing", "", "-1", -1, "0", "-5 s", Long.MAX_VALUE, "400 days")) {
                Config wrong = byName().config().withValue(path, ConfigValueFactory.fromAnyRef(value));
                Throwable refused = catchThrowable(() -> provider().create(wrong));
                if (refused != null) {
                    assertThat(refused)
                            .as("%s = %s", path, value)
                            .isInstanceOf(ConfigException.class)
                            .hasMessageContaining(setting);
                }
            }
        }
    }

    // The binary form.

    @Test
    void reading_what_was_written_and_writing_it_again_gives_the_same_bytes() throws MalformedException {
        for (Said one : run.samples) {
            byte[] bytes = run.bytes(one.message());
            BinaryReader in = new BinaryReader(bytes);
            ConsensusMessage read = run.codec.readMessage(in);
            in.end();
            assertThat(read).hasSameClassAs(one.message());
            assertThat(run.bytes(read)).isEqualTo(bytes);
        }
        for (ConsensusRecord kept : run.records) {
            byte[] bytes = run.bytes(kept);
            BinaryReader in = new BinaryReader(bytes);
            ConsensusRecord read = run.codec.readRecord(in);
            in.end();
            assertThat(read).hasSameClassAs(kept);
            assertThat(run.bytes(read)).isEqualTo(bytes);
        }
        for (Certificate certificate : run.certificates) {
            byte[] bytes = run.bytes(certificate);
            BinaryReader in = new BinaryReader(bytes);
            Certificate read = run.codec.readCertificate(in);
            in.end();
            assertThat(read.signers()).isEqualTo(certificate.signers());
            assertThat(run.bytes(read)).isEqualTo(bytes);
        }
    }

    @Test
    void garbage_and_spoiled_bytes_are_refused_as_malformed_or_have_one_form() {
        Random random = new Random(1);
        Damage damage = new Damage(random);
        for (int i = 0; i < SPOILED; i++) {
            byte[] message = damage.spoil(run.bytes(any(run.samples, random).message()));
            assertCanonicalOrRefused(message, in -> run.bytes(run.codec.readMessage(in)));
            byte[] kept = damage.spoil(run.bytes(any(run.records, random)));
            assertCanonicalOrRefused(kept, in -> run.bytes(run.codec.readRecord(in)));
            byte[] certificate = damage.spoil(run.bytes(any(run.certificates, random)));
            assertCanonicalOrRefused(certificate, in -> run.bytes(run.codec.readCertificate(in)));
            byte[] garbage = damage.garbage(200);
            assertCanonicalOrRefused(garbage, in -> run.bytes(run.codec.readMessage(in)));
            assertCanonicalOrRefused(garbage, in -> run.bytes(run.codec.readRecord(in)));
            assertCanonicalOrRefused(garbage, in -> run.bytes(run.codec.readCertificate(in)));
        }
    }

    @Test
    void bytes_that_claim_two_gibibytes_are_refused_before_anything_is_allocated() {
        for (int kind = 0; kind < 256; kind++) {
            BinaryWriter out = new BinaryWriter().u8(kind);
            for (int i = 0; i < 16; i++) {
                out.i32(Integer.MAX_VALUE);
            }
            byte[] claim = out.toByteArray();
            assertCanonicalOrRefused(claim, in -> run.bytes(run.codec.readMessage(in)));
            assertCanonicalOrRefused(claim, in -> run.bytes(run.codec.readRecord(in)));
            assertCanonicalOrRefused(claim, in -> run.bytes(run.codec.readCertificate(in)));
        }
    }

    // The verifier.

    @Test
    void what_correct_validators_say_is_let_pass() {
        MessageVerifier verifier = protocol.createVerifier(run.setup());
        for (Said one : run.said) {
            assertThat(verifier.verify(one.from(), one.message()))
                    .as("%s of %s", one.message(), one.from())
                    .isNull();
        }
    }

    @Test
    void strangers_and_messages_of_other_protocols_are_refused() {
        MessageVerifier verifier = protocol.createVerifier(run.setup());
        for (Said one : run.samples) {
            assertThat(verifier.verify(STRANGER, one.message()))
                    .as("%s of a stranger", one.message())
                    .isNotNull();
        }
        assertThat(verifier.verify(SOMEBODY, new ConsensusMessage() {})).isNotNull();
    }

    @Test
    void no_message_makes_a_verifier_throw_and_none_that_it_lets_pass_a_core() {
        Random random = new Random(2);
        Damage damage = new Damage(random);
        MessageVerifier verifier = protocol.createVerifier(run.setup());
        LonelyCore core = new LonelyCore(protocol.createCore(run.setup()), random);
        for (int i = 0; i < SPOILED; i++) {
            ConsensusMessage message =
                    readOrNull(damage.spoil(run.bytes(any(run.samples, random).message())));
            ValidatorId from =
                    new ValidatorId(random.nextInt(run.setup().validators().size()));
            if (message != null && verifier.verify(from, message) == null && !from.equals(self())) {
                core.take(new Input.Received(from, message));
            }
            core.happen();
        }
    }

    // The core.

    @Test
    void the_same_inputs_give_the_same_effects_and_questions_change_nothing() {
        EffectText text = new EffectText(run.codec);
        for (Life life : run.lives) {
            ConsensusCore again = protocol.createCore(life.setup());
            for (Step step : life.steps()) {
                again.report();
                assertThat(again.handle(step.input()).stream().map(text::of))
                        .as("%s answers %s", life.setup().self(), step.input())
                        .isEqualTo(step.effects().stream().map(text::of).toList());
            }
        }
    }

    @Test
    void a_simulated_run_is_the_same_each_time() {
        Simulation simulation =
                new Simulation(new AnyProtocol(protocol, checksProposals()), SimulationOptions.DEFAULTS.withBlocks(20));
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(simulation.compareTwice(seed)).isNull();
        }
    }

    @Test
    void a_core_bears_what_was_said_at_any_time_in_any_order_and_again() {
        for (long seed = 1; seed <= 4; seed++) {
            Random random = new Random(seed);
            LonelyCore core = new LonelyCore(protocol.createCore(run.setup()), random);
            for (int i = 0; i < 2 * run.said.size(); i++) {
                // Now in order, now from anywhere.
                Said one = random.nextBoolean() ? any(run.said, random) : run.said.get(i % run.said.size());
                if (!one.from().equals(self())) {
                    core.take(new Input.Received(one.from(), one.message()));
                }
                core.happen();
            }
        }
    }

    @Test
    void the_simulator_finds_no_fork_no_loss_and_no_stall() {
        for (int validators : new int[] {4, 7}) {
            Simulation simulation = new Simulation(
                    new AnyProtocol(protocol, checksProposals()),
                    SimulationOptions.DEFAULTS.withValidators(validators).withBlocks(20));
            assertThat(LongStream.rangeClosed(1, 20).mapToObj(simulation::run))
                    .as("seeds 1 to 20 with %d validators", validators)
                    .allSatisfy(result -> assertThat(result.failure()).isNull());
        }
    }

    @Test
    void an_idle_cluster_rests_and_the_first_command_afterwards_is_decided_at_once() {
        SimulatedCluster cluster = new SimulatedCluster(
                new AnyProtocol(protocol, checksProposals()), protocol, 4, Map.of(), Swarm.CALM, new RandomStream(1));
        long rested = 0;
        for (int round = 0; round < 6; round++) {
            long timeOuts = cluster.counters().get(Counter.TIME_OUTS);
            long height = cluster.lowestHeight();
            cluster.submit(round % 4, new byte[] {(byte) round});
            cluster.runUntilHeight(height + 1, AT_ONCE);
            cluster.runFor(Duration.ofSeconds(1));
            assertThat(cluster.counters().get(Counter.TIME_OUTS))
                    .as("time-outs with all validators up")
                    .isEqualTo(timeOuts);
            long views = cluster.counters().get(Counter.VIEWS_ENTERED);
            long votes = cluster.counters().get(Counter.VOTES);
            height = cluster.highestHeight();
            cluster.runFor(REST);
            rested++;
            assertThat(cluster.counters().get(Counter.VIEWS_ENTERED))
                    .as("views entered after rest %d", rested)
                    .isEqualTo(views);
            assertThat(cluster.counters().get(Counter.VOTES)).isEqualTo(votes);
            assertThat(cluster.highestHeight()).isEqualTo(height);
        }
    }

    // Decisions and evidence.

    @Test
    void every_decided_block_proves_itself_to_a_third_party() throws MalformedException {
        ConsensusProtocol judge = byName().create();
        ValidatorSet validators = run.setup().validators();
        for (DecidedBlock block : run.decided) {
            assertThat(judge.refuteDecision(run.setup(), block)).isNull();
            Certificate read = run.codec.readCertificate(new BinaryReader(run.bytes(block.certificate())));
            assertThat(judge.refuteDecision(run.setup(), with(block, read))).isNull();
            assertThat(validators.powerOf(read.signers()))
                    .as("the signers of %s", block)
                    .isGreaterThanOrEqualTo(validators.weakQuorumPower());
        }
    }

    @Test
    void a_decided_block_with_anything_changed_is_refuted() {
        DecidedBlock other = run.decided.getLast();
        Payload forged = new CommandBatch(1, List.of());
        BlockId nowhere = new BlockId(new Digest(1, 2, 3, 4));
        for (DecidedBlock b : run.decided.subList(0, run.decided.size() - 1)) {
            List<DecidedBlock> lies = new ArrayList<>();
            for (long height : new long[] {b.height() + 1, b.height() - 1, -1, 0, Long.MAX_VALUE}) {
                lies.add(block(height, b.id(), b.parent(), b.proposer(), b.view(), b.payload(), b.certificate()));
            }
            for (BlockId id : List.of(other.id(), b.parent(), nowhere, BlockId.GENESIS)) {
                lies.add(block(b.height(), id, b.parent(), b.proposer(), b.view(), b.payload(), b.certificate()));
            }
            for (BlockId parent : List.of(other.id(), b.id(), nowhere)) {
                lies.add(block(b.height(), b.id(), parent, b.proposer(), b.view(), b.payload(), b.certificate()));
            }
            for (int proposer : new int[] {(b.proposer().index() + 1) % 4, STRANGER.index(), 1023}) {
                lies.add(block(
                        b.height(),
                        b.id(),
                        b.parent(),
                        new ValidatorId(proposer),
                        b.view(),
                        b.payload(),
                        b.certificate()));
            }
            for (long view : new long[] {b.view() + 1, b.view() - 1, -1, Long.MAX_VALUE}) {
                lies.add(block(b.height(), b.id(), b.parent(), b.proposer(), view, b.payload(), b.certificate()));
            }
            lies.add(block(b.height(), b.id(), b.parent(), b.proposer(), b.view(), forged, b.certificate()));
            lies.add(block(b.height(), b.id(), b.parent(), b.proposer(), b.view(), other.payload(), b.certificate()));
            lies.add(with(b, other.certificate()));
            lies.add(with(other, b.certificate()));
            lies.add(with(b, Set::of));
            for (DecidedBlock lie : lies) {
                assertThat(protocol.refuteDecision(run.setup(), lie))
                        .as("%s instead of %s", lie, b)
                        .isNotNull();
            }
        }
    }

    @Test
    void a_certificate_with_anything_changed_proves_nothing() {
        Random random = new Random(3);
        for (DecidedBlock block : run.decided.subList(0, 10)) {
            byte[] bytes = run.bytes(block.certificate());
            for (int at = 0; at < bytes.length; at++) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) (1 + random.nextInt(255));
                assertProvesNothing(block, changed);
            }
        }
    }

    /** Shares of signers stand one after the other: each stretch laid over its neighbour counts somebody twice, and another not. */
    @Test
    void a_certificate_that_counts_a_signer_twice_proves_nothing() {
        DecidedBlock block = run.decided.getFirst();
        byte[] bytes = run.bytes(block.certificate());
        for (int length = 4; length <= 128; length++) {
            for (int at = 0; at + 2 * length <= bytes.length; at++) {
                byte[] changed = bytes.clone();
                System.arraycopy(bytes, at, changed, at + length, length);
                if (!java.util.Arrays.equals(changed, bytes)) {
                    assertProvesNothing(block, changed);
                }
            }
        }
    }

    @Test
    void nothing_that_a_correct_validator_signed_convicts_it() {
        Random random = new Random(4);
        for (Life life : run.lives) {
            ValidatorId self = life.setup().self();
            // Across restarts too.
            List<SignedStatement> signed = run.lives.stream()
                    .filter(other -> other.setup().self().equals(self))
                    .flatMap(other -> other.signed().stream())
                    .toList();
            for (int i = 0; i < PAIRS && !life.signed().isEmpty(); i++) {
                SignedStatement first = any(life.signed(), random);
                SignedStatement second = any(signed, random);
                assertThat(protocol.convicts(run.setup(), new Evidence(self, "made up", first, second)))
                        .isFalse();
            }
        }
    }

    @Test
    void evidence_that_is_made_up_convicts_nobody() {
        Random random = new Random(5);
        Damage damage = new Damage(random);
        List<SignedStatement> signed =
                run.lives.stream().flatMap(life -> life.signed().stream()).toList();
        for (int i = 0; i < PAIRS; i++) {
            SignedStatement genuine = any(signed, random);
            SignedStatement spoiled = new SignedStatement(damage.spoil(genuine.statement()), genuine.signature());
            SignedStatement unsigned = new SignedStatement(genuine.statement(), new Signature(new byte[16]));
            SignedStatement garbage = new SignedStatement(damage.garbage(100), new Signature(new byte[64]));
            for (SignedStatement second : List.of(genuine, spoiled, unsigned, garbage, any(signed, random))) {
                for (int culprit = 0; culprit <= STRANGER.index(); culprit++) {
                    ValidatorId accused = new ValidatorId(culprit);
                    assertThat(protocol.convicts(run.setup(), new Evidence(accused, "made up", genuine, second)))
                            .isFalse();
                    assertThat(protocol.convicts(run.setup(), new Evidence(accused, "made up", second, genuine)))
                            .isFalse();
                }
            }
        }
    }

    private interface Rewriting {
        byte[] apply(BinaryReader in) throws MalformedException;
    }

    private static void assertCanonicalOrRefused(byte[] bytes, Rewriting rewriting) {
        try {
            BinaryReader in = new BinaryReader(bytes);
            byte[] again = rewriting.apply(in);
            in.end();
            assertThat(again).isEqualTo(bytes);
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotEmpty().doesNotContain("null");
        }
    }

    private void assertProvesNothing(DecidedBlock block, byte[] certificate) {
        try {
            BinaryReader in = new BinaryReader(certificate);
            Certificate read = run.codec.readCertificate(in);
            in.end();
            assertThat(protocol.refuteDecision(run.setup(), with(block, read)))
                    .as("%s instead of %s", read, block.certificate())
                    .isNotNull();
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    private @Nullable ConsensusMessage readOrNull(byte[] bytes) {
        try {
            return run.codec.readMessage(new BinaryReader(bytes));
        } catch (MalformedException refused) {
            return null;
        }
    }

    private static DecidedBlock block(
            long height,
            BlockId id,
            BlockId parent,
            ValidatorId proposer,
            long view,
            Payload payload,
            Certificate certificate) {
        return new DecidedBlock(height, id, parent, proposer, view, payload, certificate);
    }

    private static DecidedBlock with(DecidedBlock block, Certificate certificate) {
        return block(
                block.height(),
                block.id(),
                block.parent(),
                block.proposer(),
                block.view(),
                block.payload(),
                certificate);
    }

    private static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    private ValidatorId self() {
        return run.setup().self();
    }

    private ProtocolByName byName() {
        return new ProtocolByName(protocol(), config());
    }

    private ConsensusProtocolProvider provider() {
        return ServiceLoader.load(ConsensusProtocolProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(protocol()))
                .findFirst()
                .orElseThrow();
    }

    private String settingsPath() {
        return "parley.consensus." + ConfigUtil.quoteString(protocol());
    }

    /** The protocol's own, as {@code reference.conf} has them; none if it has none. */
    private List<String> settings() {
        Config defaults = ConfigFactory.load();
        return defaults.hasPath(settingsPath())
                ? defaults.getConfig(settingsPath()).entrySet().stream()
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList()
                : List.of();
    }
}
