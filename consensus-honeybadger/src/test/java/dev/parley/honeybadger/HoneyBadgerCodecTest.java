package dev.parley.honeybadger;

import static dev.parley.honeybadger.TestCluster.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageCodec;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.HoneyBadgerRecord.Said;
import dev.parley.honeybadger.TestCluster.Envelope;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a whole run says and records is read back; what is damaged is read or is malformed, and nothing else. */
class HoneyBadgerCodecTest {
    private final TestCluster cluster = new TestCluster(1).start();
    private final MessageCodec codec = cluster.protocol.createCodec(cluster.setups[0]);

    HoneyBadgerCodecTest() {
        cluster.submit(command(1));
        cluster.run();
        cluster.nodes.getFirst().give(new Input.LinksDoubtful());
        cluster.sent.add(new Envelope(0, 1, new Joining(7, true)));
    }

    @Test
    void every_message_and_record_is_read_back() throws MalformedException {
        for (Envelope envelope : cluster.sent) {
            BinaryReader in = new BinaryReader(cluster.encoded(envelope.message()));
            assertThat(codec.readMessage(in)).isEqualTo(envelope.message());
            in.end();
            for (Said said :
                    new Said[] {new Said(3, null, envelope.message()), new Said(0, TestCluster.v(2), envelope.message())
                    }) {
                BinaryWriter out = new BinaryWriter();
                codec.writeRecord(said, out);
                assertThat(codec.readRecord(new BinaryReader(out.toByteArray())))
                        .isEqualTo(said);
            }
        }
    }

    @Test
    void what_is_cut_off_is_malformed() {
        for (Envelope envelope : cluster.sent) {
            byte[] bytes = cluster.encoded(envelope.message());
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> codec.readMessage(new BinaryReader(cut)))
                        .isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void what_is_mutated_is_malformed_or_goes_through_the_verifier_without_an_exception() {
        SplittableRandom random = new SplittableRandom(5);
        var verifier = cluster.protocol.createVerifier(cluster.setups[1]);
        int malformed = 0;
        int refused = 0;
        for (Envelope envelope : cluster.sent) {
            byte[] bytes = cluster.encoded(envelope.message());
            for (int i = 0; i < 30; i++) {
                byte[] changed = bytes.clone();
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                try {
                    HoneyBadgerMessage read = (HoneyBadgerMessage) codec.readMessage(new BinaryReader(changed));
                    refused += verifier.verify(TestCluster.v(envelope.from()), read) == null ? 0 : 1;
                } catch (MalformedException e) {
                    malformed++;
                }
            }
        }
        assertThat(malformed).isPositive();
        assertThat(refused).isPositive();
    }
}
