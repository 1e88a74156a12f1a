package dev.parley.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.app.RootCollector.Event;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RootCollectorTest {
    private final TestSignatures scheme = new TestSignatures();
    private final ValidatorSet validators = ValidatorSet.of(
            scheme,
            IntStream.range(0, 7)
                    .mapToObj(i -> new PublicKey(new byte[] {(byte) i}))
                    .toList());
    private final SigningDomain domain = new SigningDomain("test", 0);
    private final RootCollector collector =
            new RootCollector(validators, new ValidatorId(0), 10, root -> root.isValid(validators, scheme, domain));
    private final Command command = new Command(new CommandId(new ClientId(1, 1), 1), 1, 1000, new byte[1]);

    @Test
    void a_weak_quorum_of_equal_roots_is_a_certificate() throws MalformedException {
        ExecutedBlock block = block(1, "a");
        assertThat(collector.executed(block, signed(block, 0))).isEmpty();
        assertThat(collector.received(signed(block, 3))).isEmpty();
        RootCertificate certificate = certificate(collector.received(signed(block, 2)));
        assertThat(certificate.signatures().stream().map(RootCertificate.Share::signer))
                .containsExactly(new ValidatorId(0), new ValidatorId(2), new ValidatorId(3));
        assertThat(certificate.root()).isEqualTo(block.root());
        assertThat(certificate.isValid(validators, scheme, domain)).isTrue();
        assertThat(collector.certificate(1)).contains(certificate);
        BinaryWriter out = new BinaryWriter();
        certificate.write(out);
        assertThat(RootCertificate.read(new BinaryReader(out.toByteArray()))).isEqualTo(certificate);
        assertThat(collector.received(signed(block, 4))).isEmpty();
    }

    @Test
    void roots_may_come_before_this_validator_has_executed() {
        ExecutedBlock block = block(1, "a");
        for (int i = 1; i < 7; i++) {
            assertThat(collector.received(signed(block, i))).isEmpty();
        }
        assertThat(scheme.verified).isZero();
        certificate(collector.executed(block, signed(block, 0)));
        assertThat(scheme.verified).isEqualTo(2);
    }

    @Test
    void one_validator_counts_once() {
        ExecutedBlock block = block(1, "a");
        collector.executed(block, signed(block, 0));
        assertThat(collector.received(signed(block, 3))).isEmpty();
        assertThat(collector.received(signed(block, 3))).isEmpty();
        assertThat(collector.received(signed(block, 0))).isEmpty();
        assertThat(collector.certificate(1)).isEmpty();
    }

    @Test
    void a_forged_root_is_named_and_does_not_count() {
        ExecutedBlock block = block(1, "a");
        collector.executed(block, signed(block, 0));
        SignedRoot forged = forged(block, 3);
        assertThat(collector.received(forged)).isEmpty();
        assertThat(collector.received(signed(block, 4))).containsExactly(new Event.Forged(forged));
        certificate(collector.received(signed(block, 3)));
    }

    @Test
    void another_root_with_a_weak_quorum_is_divergence() {
        ExecutedBlock ours = block(1, "a");
        ExecutedBlock theirs = block(1, "b");
        collector.executed(ours, signed(ours, 0));
        collector.received(signed(theirs, 1));
        collector.received(signed(theirs, 2));
        List<Event> events = collector.received(signed(theirs, 6));
        assertThat(events)
                .containsExactly(new Event.Diverged(
                        ours,
                        new Divergence(
                                1,
                                ours.root(),
                                Optional.of(theirs.root()),
                                List.of(new ValidatorId(1), new ValidatorId(2), new ValidatorId(6)))));
        assertThat(events.getFirst().toString()).contains("at height 1");
        assertThat(ours.results().items().firstDifference(theirs.results().items()))
                .hasValue(0);
    }

    @Test
    void a_faulty_minority_is_no_divergence() {
        ExecutedBlock ours = block(1, "a");
        ExecutedBlock theirs = block(1, "b");
        collector.executed(ours, signed(ours, 0));
        assertThat(collector.received(signed(theirs, 1))).isEmpty();
        assertThat(collector.received(signed(theirs, 2))).isEmpty();
        collector.received(signed(ours, 3));
        certificate(collector.received(signed(ours, 4)));
    }

    @Test
    void forged_roots_make_no_divergence() {
        ExecutedBlock ours = block(1, "a");
        ExecutedBlock theirs = block(1, "b");
        collector.executed(ours, signed(ours, 0));
        for (int i = 1; i < 6; i++) {
            assertThat(collector.received(forged(theirs, i))).noneMatch(event -> event instanceof Event.Diverged);
        }
    }

    @Test
    void all_votes_without_a_weak_quorum_are_divergence() {
        ExecutedBlock ours = block(1, "a");
        collector.executed(ours, signed(ours, 0));
        List<Event> events = new ArrayList<>();
        for (int i = 1; i < 7; i++) {
            ExecutedBlock other = block(1, "abcd".substring(i / 2, i / 2 + 1));
            assertThat(events).isEmpty();
            events.addAll(collector.received(signed(other, i)));
        }
        assertThat(events).singleElement().isInstanceOfSatisfying(Event.Diverged.class, diverged -> {
            assertThat(diverged.divergence().certified()).isEmpty();
            assertThat(diverged.divergence().others())
                    .containsExactlyElementsOf(
                            IntStream.range(2, 7).mapToObj(ValidatorId::new).toList());
        });
    }

    @Test
    void heights_outside_the_window_are_not_remembered() {
        ExecutedBlock far = block(11, "a");
        ExecutedBlock near = block(10, "a");
        for (int i = 1; i < 4; i++) {
            collector.received(signed(far, i));
            collector.received(signed(near, i));
        }
        certificate(collector.executed(near, signed(near, 0)));
        assertThat(collector.executed(far, signed(far, 0))).isEmpty();
        ExecutedBlock later = block(20, "a");
        collector.executed(later, signed(later, 0));
        assertThat(collector.certificate(10)).isEmpty();
        assertThat(collector.received(signed(near, 5))).isEmpty();
        collector.restored(100);
        assertThat(collector.received(signed(block(91, "a"), 1))).isEmpty();
    }

    @Test
    void a_height_is_awaited_from_this_validators_vote_until_its_certificate() {
        ExecutedBlock block = block(1, "a");
        assertThat(collector.awaits(1)).isFalse();
        collector.executed(block, signed(block, 0));
        collector.received(signed(block, 1));
        assertThat(collector.awaits(1)).isTrue();
        collector.received(signed(block, 2));
        assertThat(collector.awaits(1)).isFalse();
    }

    @Test
    void what_peers_say_of_a_height_without_votes_is_forgotten() {
        collector.received(signed(block(1, "a"), 1));
        collector.passed(1);
        assertThat(collector.awaits(1)).isFalse();
        ExecutedBlock next = block(2, "b");
        collector.executed(next, signed(next, 0));
        collector.received(signed(next, 1));
        certificate(collector.received(signed(next, 2)));
        collector.passed(12);
        assertThat(collector.certificate(2)).isEmpty();
    }

    @Test
    void a_certificate_with_too_few_doubled_or_foreign_signers_is_invalid() {
        ExecutedBlock block = block(1, "a");
        RootCertificate.Share one = share(block, 1);
        RootCertificate.Share two = share(block, 2);
        RootCertificate.Share three = share(block, 3);
        assertThat(valid(block.results().certificate(List.of(one, two, three)))).isTrue();
        assertThat(valid(block.results().certificate(List.of(one, two)))).isFalse();
        assertThat(valid(block.results().certificate(List.of(one, two, two)))).isFalse();
        assertThat(valid(block.results().certificate(List.of(two, one, three)))).isFalse();
        assertThat(valid(block.results().certificate(List.of(one, two, share(block, 9)))))
                .isFalse();
        assertThat(valid(block.results()
                        .certificate(
                                List.of(one, two, new RootCertificate.Share(new ValidatorId(3), two.signature())))))
                .isFalse();
        assertThat(valid(block(1, "b").results().certificate(List.of(one, two, three))))
                .isFalse();
        assertThat(block.results()
                        .certificate(List.of(one, two, three))
                        .isValid(validators, scheme, new SigningDomain("test", 1)))
                .isFalse();
    }

    @Test
    void a_signed_root_survives_its_binary_form() throws MalformedException {
        SignedRoot root = signed(block(3, "a"), 4);
        BinaryWriter out = new BinaryWriter();
        root.write(out);
        SignedRoot read = SignedRoot.read(new BinaryReader(out.toByteArray()));
        assertThat(read).isEqualTo(root);
        assertThat(read.isValid(validators, scheme, domain)).isTrue();
    }

    private boolean valid(RootCertificate certificate) {
        return certificate.isValid(validators, scheme, domain);
    }

    private RootCertificate.Share share(ExecutedBlock block, int validator) {
        return new RootCertificate.Share(
                new ValidatorId(validator), signed(block, validator).signature());
    }

    private SignedRoot signed(ExecutedBlock block, int validator) {
        return SignedRoot.sign(
                block.results(), new ValidatorId(validator), scheme.signer(new byte[] {(byte) validator}), domain);
    }

    private static SignedRoot forged(ExecutedBlock block, int validator) {
        return new SignedRoot(
                block.height(), block.block(), block.root(), new ValidatorId(validator), new Signature(new byte[32]));
    }

    private ExecutedBlock block(long height, String result) {
        List<Outcome> outcomes =
                List.of(new Outcome(Outcome.Code.OK, result.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        return new ExecutedBlock(
                height,
                new BlockId(Digest.ZERO),
                5,
                List.of(),
                List.of(command),
                outcomes,
                Digest.ZERO,
                Optional.of(Digest.ZERO));
    }

    private static RootCertificate certificate(List<Event> events) {
        assertThat(events).singleElement().isInstanceOf(Event.Certified.class);
        return ((Event.Certified) events.getFirst()).certificate();
    }
}
