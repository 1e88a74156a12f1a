package dev.parley.hotstuff;

import static dev.parley.hotstuff.Fixture.v;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.MessageCodec;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.BlockRequest;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import dev.parley.hotstuff.HotStuffRecord.BlockRecord;
import dev.parley.hotstuff.HotStuffRecord.TimeoutRecord;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HotStuffCodecTest {
    private final TestCluster cluster = TestCluster.of(4);
    private final Fixture make = new Fixture(cluster);
    private final MessageCodec codec = cluster.protocol.createCodec(cluster.setups[0]);
    private final Block first = make.block(Header.GENESIS, QC.GENESIS, 1, 0, List.of());
    private final QC qc = make.qc(first);
    private final TC tc = make.tc(2, qc, 1, 2, 3);
    private final Block second = make.block(first.header(), qc, 3, 1, List.of(new Suspect(v(2), 2, 1, 1)));

    private List<HotStuffMessage> messages() {
        return List.of(
                make.proposal(first, null),
                make.proposal(second, tc),
                make.vote(2, 9, second.id()),
                make.timeout(3, 3, qc, tc),
                make.timeout(3, 2, qc, null),
                new Advance(qc, tc),
                new BlockRequest(first.id(), 16),
                new BlockResponse(second.id(), List.of(second, first)),
                new BlockResponse(second.id(), List.of()));
    }

    @Test
    void reads_back_every_message_record_and_certificate() throws MalformedException {
        for (HotStuffMessage message : messages()) {
            BinaryWriter out = new BinaryWriter();
            codec.writeMessage(message, out);
            BinaryReader in = new BinaryReader(out.toByteArray());
            assertThat(codec.readMessage(in)).isEqualTo(message);
            in.end();
        }
        for (HotStuffRecord record : List.of(
                new SafetyRecord(5, second.id(), 4, 3, qc, qc, tc),
                SafetyRecord.INITIAL,
                new BlockRecord(second),
                new TimeoutRecord(make.timeout(3, 3, qc, tc)))) {
            BinaryWriter out = new BinaryWriter();
            codec.writeRecord(record, out);
            assertThat(codec.readRecord(new BinaryReader(out.toByteArray()))).isEqualTo(record);
        }
        HotStuffCertificate certificate = new HotStuffCertificate(first.header(), List.of(second.header()), qc);
        BinaryWriter out = new BinaryWriter();
        codec.writeCertificate(certificate, out);
        assertThat(codec.readCertificate(new BinaryReader(out.toByteArray()))).isEqualTo(certificate);
    }

    @Property(tries = 2000)
    void gives_the_same_bytes_again_or_refuses(@ForAll byte[] garbage) {
        assertCanonicalOrRefused(garbage);
    }

    @Property(tries = 2000)
    void refuses_or_keeps_every_damage_to_a_message(@ForAll int which, @ForAll int where, @ForAll byte what) {
        BinaryWriter out = new BinaryWriter();
        codec.writeMessage(messages().get(Math.floorMod(which, messages().size())), out);
        byte[] bytes = out.toByteArray();
        bytes[Math.floorMod(where, bytes.length)] = what;
        assertCanonicalOrRefused(bytes);
    }

    private void assertCanonicalOrRefused(byte[] bytes) {
        try {
            BinaryReader in = new BinaryReader(bytes);
            HotStuffMessage message = (HotStuffMessage) codec.readMessage(in);
            in.end();
            BinaryWriter again = new BinaryWriter();
            codec.writeMessage(message, again);
            assertThat(again.toByteArray()).isEqualTo(bytes);
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }
}
