package dev.parley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.app.SessionTable.Status;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.log.ClientId;
import dev.parley.log.CommandId;
import org.junit.jupiter.api.Test;

class SessionTableTest {
    private static final long LATER = 50_000;
    private static final ClientId ALICE = new ClientId(1, 1);
    private static final ClientId BOB = new ClientId(2, 2);

    private final SessionTable table = new SessionTable(2, 60_000);

    @Test
    void remembers_where_a_command_was_ordered() {
        assertThat(status(ALICE, 7)).isInstanceOf(Status.Fresh.class);
        table.record(new CommandId(ALICE, 7), LATER, 3, 65_535);
        assertThat(status(ALICE, 7)).isEqualTo(new Status.Duplicate(3, 65_535));
        assertThat(status(ALICE, 6)).isInstanceOf(Status.Fresh.class);
        assertThat(status(BOB, 7)).isInstanceOf(Status.Fresh.class);
    }

    @Test
    void a_command_is_fresh_until_block_time_has_passed_its_expiry() {
        CommandId id = new CommandId(ALICE, 1);
        assertThat(table.status(id, 100, 100)).isInstanceOf(Status.Fresh.class);
        assertThat(table.status(id, 100, 101)).isInstanceOf(Status.Expired.class);
    }

    @Test
    void refuses_an_expiry_farther_ahead_than_sessions_are_remembered() {
        CommandId id = new CommandId(ALICE, 1);
        assertThat(table.status(id, 60_100, 100)).isInstanceOf(Status.Fresh.class);
        assertThat(table.status(id, 60_101, 100)).isInstanceOf(Status.TooFarAhead.class);
        assertThat(table.status(id, Long.MAX_VALUE, 0)).isInstanceOf(Status.TooFarAhead.class);
    }

    @Test
    void a_sequence_number_above_the_window_moves_the_floor() {
        table.record(new CommandId(ALICE, 1), LATER, 1, 0);
        table.record(new CommandId(ALICE, SessionTable.WINDOW), LATER, 1, 1);
        assertThat(status(ALICE, 1)).isEqualTo(new Status.Duplicate(1, 0));
        table.record(new CommandId(ALICE, SessionTable.WINDOW + 1), LATER, 1, 2);
        assertThat(status(ALICE, 1)).isInstanceOf(Status.TooOld.class);
        assertThat(status(ALICE, 16)).isInstanceOf(Status.TooOld.class);
        assertThat(status(ALICE, 17)).isInstanceOf(Status.Fresh.class);
        assertThat(status(ALICE, SessionTable.WINDOW)).isEqualTo(new Status.Duplicate(1, 1));
    }

    @Test
    void the_highest_sequence_number_is_no_trouble() {
        table.record(new CommandId(ALICE, 1), LATER, 1, 0);
        table.record(new CommandId(ALICE, Long.MAX_VALUE), LATER, 1, 1);
        assertThat(status(ALICE, Long.MAX_VALUE)).isEqualTo(new Status.Duplicate(1, 1));
        assertThat(status(ALICE, 1)).isInstanceOf(Status.TooOld.class);
        assertThat(bytes(table.copy())).isEqualTo(bytes(table));
    }

    @Test
    void a_session_lasts_until_all_of_its_commands_have_expired() {
        table.record(new CommandId(ALICE, 1), 5_000, 1, 0);
        table.record(new CommandId(ALICE, 2), 2_000, 1, 1);
        table.record(new CommandId(BOB, 1), 3_000, 1, 2);
        table.advance(4_000);
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.status(new CommandId(ALICE, 2), 2_000, 4_000)).isEqualTo(new Status.Duplicate(1, 1));
        assertThat(table.status(new CommandId(BOB, 1), 3_000, 4_000)).isInstanceOf(Status.Expired.class);
        table.advance(5_999);
        assertThat(table.size()).isEqualTo(1);
        table.advance(6_000);
        assertThat(table.size()).isZero();
    }

    @Test
    void a_full_table_refuses_new_sessions_and_serves_old_ones() {
        table.record(new CommandId(ALICE, 1), LATER, 1, 0);
        table.record(new CommandId(BOB, 1), 1_000, 1, 1);
        ClientId carol = new ClientId(3, 3);
        assertThat(status(carol, 1)).isInstanceOf(Status.TableFull.class);
        assertThat(status(ALICE, 2)).isInstanceOf(Status.Fresh.class);
        table.advance(2_000);
        assertThat(status(carol, 1)).isInstanceOf(Status.Fresh.class);
    }

    @Test
    void equal_tables_give_equal_bytes_whatever_the_order_of_sessions() {
        SessionTable other = new SessionTable(2, 60_000);
        table.record(new CommandId(ALICE, 1), LATER, 1, 0);
        table.record(new CommandId(BOB, 1), LATER, 1, 1);
        other.record(new CommandId(BOB, 1), LATER, 1, 1);
        other.record(new CommandId(ALICE, 1), LATER, 1, 0);
        assertThat(bytes(table)).isEqualTo(bytes(other));
    }

    @Test
    void a_copy_is_independent() {
        table.record(new CommandId(ALICE, 1), LATER, 1, 0);
        SessionTable copy = table.copy();
        copy.record(new CommandId(ALICE, 2), LATER, 2, 0);
        assertThat(status(ALICE, 2)).isInstanceOf(Status.Fresh.class);
        assertThat(copy.find(new CommandId(ALICE, 1))).isEqualTo(new Status.Duplicate(1, 0));
    }

    @Test
    void refuses_every_truncation_of_its_form_and_more_sessions_than_its_bound() {
        table.record(new CommandId(ALICE, 1), LATER, 1, 0);
        table.record(new CommandId(BOB, 40), LATER, 1, 1);
        byte[] whole = bytes(table);
        for (int length = 0; length < whole.length; length++) {
            BinaryReader in = new BinaryReader(whole, 0, length);
            assertThatThrownBy(() -> SessionTable.read(in, 2, 60_000)).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> SessionTable.read(new BinaryReader(whole), 1, 60_000))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void whatever_it_reads_from_a_damaged_form_it_writes_back_the_same() {
        table.record(new CommandId(ALICE, 1), LATER, 1, 0);
        table.record(new CommandId(BOB, 40), LATER, 1, 1);
        byte[] whole = bytes(table);
        for (int i = 0; i < whole.length * 8; i++) {
            byte[] damaged = whole.clone();
            damaged[i / 8] ^= (byte) (1 << i % 8);
            try {
                BinaryReader in = new BinaryReader(damaged);
                SessionTable read = SessionTable.read(in, 2, 60_000);
                in.end();
                assertThat(bytes(read)).isEqualTo(damaged);
            } catch (MalformedException e) {
                assertThat(e).hasMessageContaining(" ");
            }
        }
    }

    private Status status(ClientId client, long sequence) {
        return table.status(new CommandId(client, sequence), LATER, 0);
    }

    private static byte[] bytes(SessionTable table) {
        BinaryWriter out = new BinaryWriter();
        table.write(out);
        return out.toByteArray();
    }
}
