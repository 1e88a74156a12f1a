package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.payload;
import static dev.parley.tendermint.Fixture.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.MessageCodec;
import dev.parley.crypto.Digest;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Votes;
import dev.parley.tendermint.TendermintRecord.BlockRecord;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TendermintCodecTest {
    private final Fixture make = new Fixture(TendermintSettings.DEFAULTS.withPartBytes(200), 1, 1, 1, 1);
    private final MessageCodec codec = make.protocol().createCodec(make.setups[0]);
    private final Block a = make.block(0, 1);
    private final Block b = make.block(1, 2);
    private final Block big = make.block(1, BlockId.GENESIS, 0, payload(3, 900));
    private final VoteCertificate polka = make.polka(0, a.id());
    private final List<TendermintMessage> messages = messages();
    private final List<TendermintRecord> records = List.of(
            SafetyRecord.atHeight(7),
            new SafetyRecord(
                    1,
                    3,
                    make.proposal(a, 1, 0, polka).withoutPayload(),
                    make.prevote(0, 3, a.id()),
                    make.precommit(0, 3, TendermintMessage.NIL),
                    new Lock(2, a.id()),
                    new Lock(3, b.id()),
                    polka,
                    List.of(make.prevote(0, 2, a.id()), make.precommit(0, 2, a.id()))));

    private List<TendermintMessage> messages() {
        BitSet some = new BitSet();
        some.set(0);
        some.set(3);
        List<TendermintMessage> all = new ArrayList<>(List.of(
                make.proposal(a, 1, 0, polka).withoutPayload(),
                make.proposal(big),
                make.prevote(2, 9, a.id()),
                make.precommit(1, 0, TendermintMessage.NIL),
                new Votes(1, List.of(make.prevote(2, 9, a.id()), make.precommit(3, 0, b.id()))),
                new Votes(4, List.of()),
                new Summary(1, 3, true, false, Bits.of(4, some), Bits.none(4)),
                new BlockRequest(1, a.id(), Bits.none(0)),
                new BlockRequest(1, a.id(), Bits.of(9, some))));
        all.addAll(new Parts.Cut(big.payload(), 200).parts(big.header()));
        return all;
    }

    private byte[] bytes(TendermintMessage message) {
        BinaryWriter out = new BinaryWriter();
        codec.writeMessage(message, out);
        return out.toByteArray();
    }

    @Test
    void reads_back_every_message_record_and_certificate() throws MalformedException {
        for (TendermintMessage message : messages) {
            BinaryReader in = new BinaryReader(bytes(message));
            assertThat(codec.readMessage(in)).isEqualTo(message);
            in.end();
        }
        for (TendermintRecord record : records) {
            BinaryWriter out = new BinaryWriter();
            codec.writeRecord(record, out);
            BinaryReader in = new BinaryReader(out.toByteArray());
            assertThat(codec.readRecord(in)).isEqualTo(record);
            in.end();
        }
        TendermintCertificate certificate =
                new TendermintCertificate(a.header(), make.certificate(VoteKind.PRECOMMIT, 1, 2, a.id(), 0, 1, 3));
        BinaryWriter out = new BinaryWriter();
        codec.writeCertificate(certificate, out);
        assertThat(codec.readCertificate(new BinaryReader(out.toByteArray()))).isEqualTo(certificate);
    }

    @Test
    void reads_back_payloads_with_their_blocks() throws MalformedException {
        BinaryWriter out = new BinaryWriter();
        codec.writeRecord(new BlockRecord(a), out);
        BlockRecord record = (BlockRecord) codec.readRecord(new BinaryReader(out.toByteArray()));
        assertThat(record.block().id()).isEqualTo(a.id());
        assertThat(record.block().payload().digest()).isEqualTo(a.payload().digest());
        assertCanonicalOrRefused(bytes(make.proposal(a)));
        assertCanonicalOrRefused(bytes(new BlockResponse(a)));
        BlockResponse response = (BlockResponse) codec.readMessage(new BinaryReader(bytes(new BlockResponse(a))));
        assertThat(Parts.commits(response.block().header(), response.block().payload(), 200))
                .isTrue();
    }

    @Test
    void hazard_19_refuses_bits_beyond_those_that_there_are() {
        byte[] ninth = new BinaryWriter().i32(9).u8(0).u8(2).toByteArray();
        assertThatThrownBy(() -> Bits.read(new BinaryReader(ninth)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("beyond");
        byte[] many = new BinaryWriter().i32(Bits.MAX_SIZE + 1).toByteArray();
        assertThatThrownBy(() -> Bits.read(new BinaryReader(many))).isInstanceOf(MalformedException.class);
    }

    @Property(tries = 500)
    void bits_have_one_form(@ForAll @IntRange(max = 100) int size, @ForAll byte[] garbage) {
        BitSet set = BitSet.valueOf(garbage);
        set.clear(size, Math.max(size, set.length()));
        Bits bits = Bits.of(size, set);
        BinaryWriter out = new BinaryWriter();
        bits.write(out);
        BinaryReader in = new BinaryReader(out.toByteArray());
        try {
            assertThat(Bits.read(in)).isEqualTo(bits);
            in.end();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 500)
    void reads_back_any_vote(
            @ForAll boolean precommit,
            @ForAll @IntRange(max = 3) int voter,
            @ForAll @IntRange(max = Integer.MAX_VALUE) int round,
            @ForAll long content)
            throws MalformedException {
        BlockId block = new BlockId(new Digest(content, ~content, content * 31, 7));
        TendermintMessage vote =
                make.vote(precommit ? VoteKind.PRECOMMIT : VoteKind.PREVOTE, voter, content >>> 4, round, block);
        BinaryReader in = new BinaryReader(bytes(vote));
        assertThat(codec.readMessage(in)).isEqualTo(vote);
        in.end();
        assertThat(vote).extracting("voter").isEqualTo(v(voter));
    }

    @Property(tries = 2000)
    void gives_the_same_bytes_again_or_refuses(@ForAll byte[] garbage) {
        assertCanonicalOrRefused(garbage);
        for (int kind = 1; kind <= 7 && garbage.length > 0; kind++) {
            garbage[0] = (byte) kind;
            assertCanonicalOrRefused(garbage);
        }
    }

    @Property(tries = 3000)
    void refuses_or_keeps_every_damage_to_a_message(@ForAll int which, @ForAll int where, @ForAll byte what) {
        byte[] bytes = bytes(messages.get(Math.floorMod(which, messages.size())));
        bytes[Math.floorMod(where, bytes.length)] = what;
        assertCanonicalOrRefused(bytes);
    }

    @Property(tries = 1000)
    void refuses_a_message_that_is_cut_short_or_goes_on(@ForAll int which, @ForAll int where) {
        byte[] bytes = bytes(messages.get(Math.floorMod(which, messages.size())));
        byte[] cut = java.util.Arrays.copyOf(bytes, Math.floorMod(where, bytes.length));
        assertThatThrownBy(() -> codec.readMessage(new BinaryReader(cut))).isInstanceOf(MalformedException.class);
        byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> {
                    BinaryReader in = new BinaryReader(longer);
                    codec.readMessage(in);
                    in.end();
                })
                .isInstanceOf(MalformedException.class);
    }

    @Property(tries = 2000)
    void refuses_or_keeps_every_damage_to_a_record(@ForAll int which, @ForAll int where, @ForAll byte what) {
        BinaryWriter out = new BinaryWriter();
        codec.writeRecord(records.get(Math.floorMod(which, records.size())), out);
        byte[] bytes = out.toByteArray();
        bytes[Math.floorMod(where, bytes.length)] = what;
        try {
            BinaryReader in = new BinaryReader(bytes);
            TendermintRecord record = (TendermintRecord) codec.readRecord(in);
            in.end();
            BinaryWriter again = new BinaryWriter();
            codec.writeRecord(record, again);
            assertThat(again.toByteArray()).isEqualTo(bytes);
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    private void assertCanonicalOrRefused(byte[] bytes) {
        try {
            BinaryReader in = new BinaryReader(bytes);
            TendermintMessage message = (TendermintMessage) codec.readMessage(in);
            in.end();
            assertThat(bytes(message)).isEqualTo(bytes);
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }
}
