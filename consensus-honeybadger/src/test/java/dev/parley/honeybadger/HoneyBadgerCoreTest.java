package dev.parley.honeybadger;

import static dev.parley.honeybadger.TestCluster.command;
import static dev.parley.honeybadger.TestCluster.commandsOf;
import static dev.parley.honeybadger.TestCluster.contains;
import static dev.parley.honeybadger.TestCluster.v;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import dev.parley.crypto.threshold.IdealThreshold;
import dev.parley.crypto.threshold.ThresholdDealer;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.TestCluster.Envelope;
import dev.parley.honeybadger.TestCluster.Node;
import dev.parley.honeybadger.broadcast.BroadcastMessage;
import dev.parley.honeybadger.broadcast.BroadcastRules;
import dev.parley.honeybadger.broadcast.ReliableBroadcast;
import dev.parley.honeybadger.broadcast.Shard;
import dev.parley.log.CommandBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HoneyBadgerCoreTest {
    private static final int SEEDS = 20;
    /** More than a validator proposes at once. */
    private static final int MANY = 40;
    /** Epochs enough that most are no longer kept. */
    private static final int FEW = 8;

    private static boolean agreedOnSubset(Node node, long epoch) {
        return node.observed.stream()
                .anyMatch(seen -> seen instanceof Observation.CertificateFormed formed
                        && formed.kind().equals("subset")
                        && formed.view() == epoch);
    }

    private static List<Reason> reasonsAgainst(Node node, int culprit) {
        return node.refused.stream()
                .filter(refusal -> refusal.from().equals(v(culprit)))
                .map(Refusal::reason)
                .toList();
    }

    /** The Byzantine validator's value goes through the broadcast by the book. */
    private static void propose(TestCluster cluster, int byzantine, long epoch, byte[] value) {
        new ReliableBroadcast(
                        v(byzantine),
                        v(byzantine),
                        TestCluster.SIZE,
                        TestCluster.SETTINGS.maxProposalBytes(),
                        Offload.HERE,
                        BroadcastRules.PAPER)
                .propose(Shard.cut(value, TestCluster.SIZE), new Outlet<>() {
                    @Override
                    public void broadcast(BroadcastMessage message) {
                        cluster.inject(byzantine, new Broadcasting(epoch, v(byzantine), message));
                    }

                    @Override
                    public void send(ValidatorId to, BroadcastMessage message) {
                        cluster.inject(byzantine, to.index(), new Broadcasting(epoch, v(byzantine), message));
                    }

                    @Override
                    public void refuse(ValidatorId culprit, Reason reason, String what) {}
                });
    }

    /** v3 proposes these bytes, and its agreement has time to say 1. */
    private static TestCluster withProposalOf3(long seed, byte[] value, List<ThresholdSetup> dealt) {
        TestCluster cluster = new TestCluster(seed, HoneyBadgerRules.PAPER, dealt).start(3);
        propose(cluster, 3, 1, value);
        cluster.run();
        cluster.submit(command(1));
        cluster.run();
        cluster.assertDecided(1);
        return cluster;
    }

    @Test
    void idle_validators_say_nothing_and_rest() {
        TestCluster cluster = new TestCluster(1).start();
        cluster.run();
        assertThat(cluster.sent).isEmpty();
        assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.observed).contains(new Observation.Resting(1)));
    }

    @Test
    void one_validators_command_wakes_all_and_then_they_rest_again() {
        for (int seed = 0; seed < SEEDS; seed++) {
            TestCluster cluster = new TestCluster(seed).start();
            cluster.submit(command(5), cluster.nodes.get(2));
            cluster.run();
            cluster.assertDecided(1);
            assertThat(cluster.sent).anyMatch(envelope -> envelope.from() == 0);
            assertThat(cluster.nodes.get(0).decidedCommands()).containsExactly(5);
            int height = cluster.nodes.getFirst().log.size();
            assertThat(cluster.nodes.getFirst().observed).contains(new Observation.Resting(height + 1L));
        }
    }

    @Test
    void a_proposal_is_sealed() {
        byte[] secret = new byte[400];
        new Random(3).nextBytes(secret);
        assertThat(tells(secret, IdealThreshold.deal(TestCluster.SIZE, 2, 7))).isTrue();
        assertThat(tells(
                        secret,
                        ThresholdDealer.deal("test", TestCluster.SIZE, 2, new Random(4))
                                .setups()))
                .isFalse();
    }

    /** Whether a window of a command occurs in some message. */
    private static boolean tells(byte[] secret, List<ThresholdSetup> dealt) {
        TestCluster cluster = new TestCluster(1, HoneyBadgerRules.PAPER, dealt).start();
        cluster.submit(command(1, secret));
        cluster.run();
        cluster.assertDecided(1);
        for (Envelope envelope : cluster.sent) {
            byte[] bytes = cluster.encoded(envelope.message());
            for (int at = 0; at + 8 <= secret.length; at += 8) {
                if (contains(bytes, Arrays.copyOfRange(secret, at, at + 8))) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void no_decryption_share_leaves_before_the_subset_is_agreed() {
        for (int seed = 0; seed < SEEDS; seed++) {
            TestCluster cluster = new TestCluster(seed).start();
            cluster.submit(command(1));
            Set<Integer> gave = new HashSet<>();
            cluster.loses = envelope -> {
                for (Envelope said : cluster.sent.subList(Math.max(0, cluster.sent.size() - 12), cluster.sent.size())) {
                    if (said.message() instanceof Decrypting share) {
                        gave.add(said.from());
                        assertThat(agreedOnSubset(cluster.nodes.get(said.from()), share.epoch()))
                                .isTrue();
                    }
                }
                return false;
            };
            cluster.run();
            cluster.assertDecided(1);
            assertThat(gave).isNotEmpty();
        }
    }

    @Test
    void shares_that_come_before_ones_own_subset_are_kept() {
        TestCluster cluster = new TestCluster(3).start();
        cluster.submit(command(1));
        Node late = cluster.nodes.get(3);
        cluster.loses = envelope -> false;
        List<Envelope> held = new ArrayList<>();
        cluster.loses = envelope -> {
            boolean holds = envelope.to() == 3
                    && envelope.message() instanceof HoneyBadgerMessage.Agreeing
                    && !agreedOnSubset(late, 1);
            if (holds) {
                held.add(envelope);
            }
            return holds;
        };
        cluster.run();
        assertThat(agreedOnSubset(late, 1)).isFalse();
        assertThat(cluster.nodes.getFirst().log).isNotEmpty();
        cluster.loses = envelope -> envelope.message() instanceof Decrypting;
        held.forEach(envelope -> cluster.inject(envelope.from(), 3, envelope.message()));
        cluster.run();
        assertThat(late.log).isNotEmpty();
    }

    @Test
    void wrong_shares_are_blamed_and_the_epoch_decides() {
        boolean blamed = false;
        for (int seed = 0; seed < SEEDS; seed++) {
            TestCluster cluster = new TestCluster(seed).start(3);
            for (int proposer = 0; proposer < 3; proposer++) {
                cluster.inject(3, new Decrypting(1, v(proposer), new byte[8]));
            }
            cluster.run();
            cluster.submit(command(1));
            cluster.run();
            cluster.assertDecided(1);
            for (Node node : cluster.correct()) {
                assertThat(node.decidedCommands()).contains(1);
                blamed |= reasonsAgainst(node, 3).contains(Reason.BAD_SHARE);
                assertThat(node.refused).allMatch(refusal -> refusal.from().equals(v(3)));
            }
        }
        assertThat(blamed).isTrue();
    }

    @Test
    void a_copy_of_anothers_or_of_another_epochs_ciphertext_counts_for_nothing_everywhere() {
        List<ThresholdSetup> dealt = IdealThreshold.deal(TestCluster.SIZE, 2, 7);
        HoneyBadgerStatements statements = new TestCluster(0).statements;
        byte[] plain = plaintext(99);
        for (byte[] label : List.of(statements.label(1, v(0)), statements.label(2, v(3)))) {
            byte[] copied = dealt.get(3).keys().encrypt(label, plain, new byte[32]);
            countsForNothing(dealt, copied);
        }
        byte[] own = dealt.get(3).keys().encrypt(statements.label(1, v(3)), plain, new byte[32]);
        assertThat(withProposalOf3(1, own, dealt).nodes.getFirst().decidedCommands())
                .contains(99);
    }

    @Test
    void garbage_counts_for_nothing_everywhere() {
        List<ThresholdSetup> dealt = IdealThreshold.deal(TestCluster.SIZE, 2, 7);
        IdealThreshold keys = (IdealThreshold) dealt.getFirst().keys();
        byte[] label = new TestCluster(0).statements.label(1, v(3));
        countsForNothing(dealt, new byte[40]);
        countsForNothing(dealt, keys.encryptGarbage(label, new byte[32]));
        countsForNothing(dealt, keys.encrypt(label, new byte[] {1, 2, 3}, new byte[32]));
    }

    private static void countsForNothing(List<ThresholdSetup> dealt, byte[] value) {
        TestCluster cluster = withProposalOf3(1, value, dealt);
        for (Node node : cluster.correct()) {
            assertThat(node.log.getFirst().proposer()).isNotNull();
            assertThat(node.decidedCommands()).containsExactly(1);
        }
    }

    private static byte[] plaintext(int number) {
        BinaryWriter out = new BinaryWriter();
        new CommandBatch(1000, List.of(command(number))).write(out);
        return out.toByteArray();
    }

    @Test
    void two_votes_decide_and_their_certificate_is_accepted_and_no_mutation_of_it_is() {
        TestCluster cluster = new TestCluster(2).start();
        cluster.submit(command(1));
        cluster.run();
        DecidedBlock block = cluster.nodes.getFirst().log.getFirst();
        var certificate = (HoneyBadgerCertificate) block.certificate();
        assertThat(certificate.shares().size()).isGreaterThanOrEqualTo(2);
        assertThat(refute(
                        cluster,
                        block,
                        new HoneyBadgerCertificate(
                                certificate.header(), certificate.shares().subList(0, 2))))
                .isNull();
        assertThat(refute(
                        cluster,
                        block,
                        new HoneyBadgerCertificate(
                                certificate.header(), certificate.shares().subList(0, 1))))
                .contains("signatures of");
        var first = certificate.shares().getFirst();
        assertThat(refute(cluster, block, new HoneyBadgerCertificate(certificate.header(), List.of(first, first))))
                .contains("not above");
        byte[] bytes = cluster.encoded(certificate);
        MessageCodec codec = cluster.protocol.createCodec(cluster.setups[0]);
        for (int at = 0; at < bytes.length; at++) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            try {
                BinaryReader in = new BinaryReader(changed);
                var read = codec.readCertificate(in);
                in.end();
                assertThat(refute(cluster, block, read)).as("byte %d", at).isNotNull();
            } catch (MalformedException e) {
                // Not even a certificate.
            }
        }
    }

    private static @Nullable String refute(TestCluster cluster, DecidedBlock block, Certificate certificate) {
        return cluster.protocol.refuteDecision(
                cluster.setups[0],
                new DecidedBlock(
                        block.height(),
                        block.id(),
                        block.parent(),
                        block.proposer(),
                        block.view(),
                        block.payload(),
                        certificate));
    }

    @Test
    void one_vote_decides_nothing_and_two_of_one_validator_convict_it() {
        TestCluster cluster = new TestCluster(2).start(3);
        BlockId a = new BlockId(Digest.sha256(new byte[] {1}));
        BlockId b = new BlockId(Digest.sha256(new byte[] {2}));
        Node node = cluster.nodes.getFirst();
        for (BlockId block : List.of(a, b, b)) {
            node.give(new Input.Received(v(3), cluster.vote(3, 1, block)));
        }
        cluster.run();
        assertThat(node.accused).singleElement().satisfies(evidence -> {
            assertThat(evidence.culprit()).isEqualTo(v(3));
            assertThat(cluster.protocol.convicts(cluster.setups[1], evidence)).isTrue();
        });
        assertThat(reasonsAgainst(node, 3)).contains(Reason.CONFLICT);
        cluster.correct().forEach(each -> assertThat(each.decidedCommands()).isEmpty());
    }

    @Test
    void a_far_epoch_asks_for_certificates_once() {
        TestCluster cluster = new TestCluster(2).start(3);
        BlockId a = new BlockId(Digest.sha256(new byte[] {1}));
        for (int i = 0; i < 3; i++) {
            cluster.inject(3, 0, cluster.vote(3, 100, a));
        }
        cluster.inject(3, 0, cluster.vote(3, 1 + HoneyBadgerCore.WINDOW, a));
        cluster.run();
        assertThat(cluster.nodes.getFirst().asked).singleElement().satisfies(asking -> {
            assertThat(asking.height()).isEqualTo(99);
            assertThat(asking.source()).isEqualTo(v(3));
        });
    }

    @Test
    void joining_is_answered_once_per_epoch_and_doubt() {
        TestCluster cluster = new TestCluster(2).start(3);
        cluster.submit(command(1));
        cluster.run();
        Node node = cluster.nodes.getFirst();
        assertThat(node.log).isNotEmpty();
        assertThat(answersTo(cluster, node)).isPositive();
        assertThat(answersTo(cluster, node)).isZero();
        node.give(new Input.LinksDoubtful());
        assertThat(answersTo(cluster, node)).isPositive();
        assertThat(answersTo(cluster, node)).isZero();
    }

    @Test
    void who_names_all_epochs_that_ever_were_is_answered_for_those_that_are_kept() {
        TestCluster cluster = new TestCluster(2).start(3);
        for (int number = 1; number <= FEW; number++) {
            cluster.submit(command(number));
            cluster.run();
        }
        Node node = cluster.nodes.getFirst();
        assertThat(node.log).hasSize(FEW);
        int before = cluster.sent.size();
        for (int epoch = 1; epoch <= FEW + 1; epoch++) {
            cluster.inject(3, node.index, new Joining(epoch, true));
            cluster.run();
        }
        Map<HoneyBadgerMessage, Long> times = cluster.sent.subList(before, cluster.sent.size()).stream()
                .filter(envelope -> envelope.from() == node.index && envelope.to() == 3)
                .collect(Collectors.groupingBy(Envelope::message, Collectors.counting()));
        assertThat(times).isNotEmpty();
        assertThat(times.values()).allMatch(count -> count <= HoneyBadgerCore.KEPT + 1);
    }

    private static int answersTo(TestCluster cluster, Node node) {
        int before = cluster.sent.size();
        cluster.inject(3, node.index, new Joining(1, true));
        cluster.run();
        return (int) cluster.sent.subList(before, cluster.sent.size()).stream()
                .filter(envelope -> envelope.from() == node.index && envelope.to() == 3)
                .count();
    }

    @Test
    void under_load_the_next_epoch_is_proposed_before_this_one_is_decrypted_and_a_union_holds_no_command_again() {
        for (int seed = 0; seed < SEEDS; seed++) {
            TestCluster cluster = new TestCluster(seed).start();
            IntStream.rangeClosed(1, MANY).forEach(number -> cluster.submit(command(number)));
            cluster.loses = envelope -> envelope.message() instanceof Decrypting share && share.epoch() > 1;
            cluster.run();
            assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.log).hasSize(1));
            assertThat(cluster.said(Broadcasting.class))
                    .anyMatch(said -> said.epoch() == 3 && said.step() instanceof BroadcastMessage.Val);
            cluster.loses = envelope -> false;
            cluster.nodes.forEach(node -> node.give(new Input.LinksDoubtful()));
            cluster.run();
            cluster.assertDecided(3);
            Set<Integer> taken = new HashSet<>();
            cluster.nodes
                    .getFirst()
                    .log
                    .forEach(block -> commandsOf(block)
                            .forEach(number -> assertThat(taken.add(number)).isTrue()));
            assertThat(taken).hasSize(MANY);
        }
    }

    @Test
    void a_lone_command_makes_one_block() {
        TestCluster cluster = new TestCluster(1).start();
        cluster.submit(command(1));
        cluster.run();
        assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.log).hasSize(1));
        assertThat(cluster.said(Broadcasting.class)).noneMatch(said -> said.epoch() > 1);
    }
}
