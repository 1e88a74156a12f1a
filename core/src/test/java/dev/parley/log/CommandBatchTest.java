package dev.parley.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandBatchTest {
    private static final Command COMMAND =
            new Command(new CommandId(new ClientId(1, 2), 3), 1, 99, new byte[] {1, 2, 3});

    @Test
    void a_batch_with_evidence_survives_its_binary_form() throws MalformedException {
        CommandBatch batch = new CommandBatch(7, List.of(evidence(1, "two votes"), evidence(2, "x")), List.of(COMMAND));
        CommandBatch read = CommandBatch.read(new BinaryReader(bytes(batch)));
        assertThat(read.evidence()).isEqualTo(batch.evidence());
        assertThat(read.commands()).isEqualTo(batch.commands());
        assertThat(read.digest()).isEqualTo(batch.digest());
        assertThat(bytes(read)).isEqualTo(bytes(batch)).hasSize(batch.sizeBytes());
        assertThat(batch.evidenceBytes())
                .isEqualTo(batch.sizeBytes() - new CommandBatch(7, List.of(COMMAND)).sizeBytes());
    }

    @Test
    void the_digest_covers_the_evidence() {
        assertThat(List.of(
                                new CommandBatch(7, List.of()),
                                new CommandBatch(7, List.of(evidence(1, "a")), List.of()),
                                new CommandBatch(7, List.of(evidence(2, "a")), List.of()),
                                new CommandBatch(7, List.of(evidence(1, "b")), List.of()),
                                new CommandBatch(7, List.of(evidence(1, "a"), evidence(2, "a")), List.of()),
                                new CommandBatch(7, List.of(evidence(2, "a"), evidence(1, "a")), List.of()))
                        .stream()
                        .map(CommandBatch::digest))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_batch_of_evidence_alone_is_not_empty() {
        assertThat(new CommandBatch(7, List.of(evidence(1, "a")), List.of()).isEmpty())
                .isFalse();
        assertThat(new CommandBatch(7, List.of()).isEmpty()).isTrue();
    }

    @Test
    void more_evidence_than_the_bound_is_refused() {
        List<Evidence> tooMuch = Collections.nCopies(CommandBatch.MAX_EVIDENCE + 1, evidence(1, "a"));
        assertThatThrownBy(() -> new CommandBatch(7, tooMuch, List.of())).isInstanceOf(IllegalArgumentException.class);
        BinaryWriter out = new BinaryWriter().i64(7).i32(tooMuch.size());
        tooMuch.forEach(piece -> piece.write(out));
        byte[] frame = out.i32(0).toByteArray();
        assertThatThrownBy(() -> CommandBatch.read(new BinaryReader(frame)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("0 to 16");
    }

    @Test
    void evidence_that_is_cut_off_or_out_of_bounds_is_refused() {
        byte[] whole = bytes(new CommandBatch(7, List.of(evidence(1, "a")), List.of()));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> CommandBatch.read(new BinaryReader(cut))).isInstanceOf(MalformedException.class);
        }
        refuses(new BinaryWriter().i32(-1).text("a"));
        refuses(new BinaryWriter().i32(1024).text("a"));
        refuses(new BinaryWriter().i32(0).text(""));
        refuses(new BinaryWriter().i32(0).text("two\nlines"));
        refuses(new BinaryWriter().i32(0).text("x".repeat(Evidence.MAX_OFFENCE + 1)));
        refuses(new BinaryWriter().i32(0).text("a").bytes(new byte[SignedStatement.MAX_STATEMENT_BYTES + 1]));
    }

    private static void refuses(BinaryWriter begun) {
        byte[] bytes = begun.raw(new byte[2048]).toByteArray();
        assertThatThrownBy(() -> Evidence.read(new BinaryReader(bytes))).isInstanceOf(MalformedException.class);
    }

    private static byte[] bytes(CommandBatch batch) {
        BinaryWriter out = new BinaryWriter();
        batch.write(out);
        return out.toByteArray();
    }

    private static Evidence evidence(int culprit, String offence) {
        Signature signature = new Signature(new byte[64]);
        return new Evidence(
                new ValidatorId(culprit),
                offence,
                new SignedStatement(new byte[] {1}, signature),
                new SignedStatement(new byte[] {2}, signature));
    }
}
