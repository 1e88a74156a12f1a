package dev.parley.testkit.contract;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import java.util.Arrays;

/** Effects as text that is equal if and only if all bytes are that they would put on wires and disks. */
record EffectText(MessageCodec codec) {
    String of(Effect effect) {
        return switch (effect) {
            case Effect.Send send -> "send to " + send.to() + " " + of(send.message());
            case Effect.Broadcast broadcast -> "broadcast " + of(broadcast.message());
            case Effect.Persist persist -> {
                BinaryWriter out = new BinaryWriter();
                codec.writeRecord(persist.record(), out);
                yield "persist " + persist.key() + " " + persist.record().getClass() + " " + hash(out);
            }
            case Effect.Decide decide -> "decide " + of(decide.block());
            case Effect.Certify certify -> "certify " + certify.height() + " " + of(certify.certificate());
            case Effect.CheckPayload check ->
                "check " + check.block() + " under " + check.parent() + " "
                        + check.payload().digest() + " certified " + check.certified();
            case Effect.Accuse accuse -> "accuse " + of(accuse.evidence());
            case Effect.Observe(Observation.Accused accused) -> "observe accused " + of(accused.evidence());
            case Effect.Forget forget -> forget.toString();
            case Effect.StartTimer start -> start.toString();
            case Effect.CancelTimer cancel -> cancel.toString();
            case Effect.RequestPayload request -> request.toString();
            case Effect.Compute compute -> "compute " + compute.ticket();
            case Effect.CatchUp behind -> behind.toString();
            case Effect.Observe observe -> observe.toString();
        };
    }

    private String of(ConsensusMessage message) {
        BinaryWriter out = new BinaryWriter();
        codec.writeMessage(message, out);
        return message.getClass() + " " + hash(out);
    }

    private String of(Certificate certificate) {
        BinaryWriter out = new BinaryWriter();
        codec.writeCertificate(certificate, out);
        return "certificate " + hash(out);
    }

    private String of(DecidedBlock block) {
        return "height " + block.height() + " " + block.id().hash() + " parent "
                + block.parent().hash() + " proposer " + block.proposer() + " view " + block.view() + " payload "
                + block.payload().digest() + " " + of(block.certificate());
    }

    private static String of(Evidence evidence) {
        return evidence + " " + Arrays.hashCode(evidence.first().statement()) + " "
                + Arrays.hashCode(evidence.second().statement());
    }

    private static String hash(BinaryWriter out) {
        return Digest.sha256(out.toByteArray()).toString();
    }
}
