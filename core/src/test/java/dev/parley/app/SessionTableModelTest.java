package dev.parley.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.app.SessionTable.Status;
import dev.parley.codec.BinaryWriter;
import dev.parley.log.ClientId;
import dev.parley.log.CommandId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** The table beside a model that keeps everything in sorted maps and looks at all of it each time. */
class SessionTableModelTest {
    private static final int MAX_SESSIONS = 3;
    private static final int MAX_PAGES = 6;
    private static final long LIFETIME = 10_000;
    private static final long WINDOW_PAGES = SessionTable.WINDOW / 16;

    private static final class ModelSession {
        final TreeMap<Long, Status.Duplicate> commands = new TreeMap<>();
        long floorPage;
        long maxExpiry;

        long pages() {
            return commands.keySet().stream().map(ModelSession::page).distinct().count();
        }

        boolean hasPage(long page) {
            return commands.keySet().stream().anyMatch(sequence -> page(sequence) == page);
        }

        void raiseFloor(long page) {
            floorPage = Math.max(floorPage, page);
            commands.keySet().removeIf(sequence -> page(sequence) < floorPage);
        }

        static long page(long sequence) {
            return (sequence - 1) / 16;
        }
    }

    private static final class Model {
        final Map<ClientId, ModelSession> sessions = new HashMap<>();

        Status status(CommandId id, long expiry, long time) {
            @Nullable ModelSession session = sessions.get(id.client());
            long page = ModelSession.page(id.sequence());
            if (session != null && session.commands.containsKey(id.sequence())) {
                return session.commands.get(id.sequence());
            }
            if (time > expiry) {
                return new Status.Expired();
            }
            if (expiry - time > LIFETIME) {
                return new Status.TooFarAhead();
            }
            boolean full = pages() >= MAX_PAGES;
            if (session == null) {
                return sessions.size() >= MAX_SESSIONS || full ? new Status.TableFull() : new Status.Fresh();
            }
            if (page < session.floorPage) {
                return new Status.TooOld();
            }
            return full && !session.hasPage(page) && ModelSession.page(session.commands.firstKey()) > page
                    ? new Status.TableFull()
                    : new Status.Fresh();
        }

        void record(CommandId id, long expiry, long height, int index) {
            ModelSession session = sessions.computeIfAbsent(id.client(), client -> new ModelSession());
            session.maxExpiry = Math.max(session.maxExpiry, expiry);
            long page = ModelSession.page(id.sequence());
            if (pages() >= MAX_PAGES && session.pages() > 0 && !session.hasPage(page)) {
                session.raiseFloor(ModelSession.page(session.commands.firstKey()) + 1);
            }
            session.raiseFloor(page - WINDOW_PAGES + 1);
            session.commands.put(id.sequence(), new Status.Duplicate(height, index));
        }

        void advance(long time) {
            sessions.values().removeIf(session -> session.maxExpiry / 1000 < time / 1000);
        }

        private long pages() {
            return sessions.values().stream().mapToLong(ModelSession::pages).sum();
        }
    }

    @Property(tries = 500)
    void agrees_with_the_model(@ForAll @Size(max = 200) List<@IntRange(min = 0, max = 1 << 30) Integer> choices) {
        SessionTable table = new SessionTable(MAX_SESSIONS, LIFETIME, MAX_PAGES);
        Model model = new Model();
        long time = 0;
        int index = 0;
        for (int choice : choices) {
            if (choice % 8 == 0) {
                time += choice / 8 % 4000;
                table.advance(time);
                model.advance(time);
            }
            CommandId id = new CommandId(new ClientId(0, choice / 8 % 5), sequence(choice / 64));
            long expiry = Math.max(0, time + choice / 4096 % 12_000 - 1000);
            Status expected = model.status(id, expiry, time);
            assertThat(table.status(id, expiry, time)).isEqualTo(expected);
            if (expected instanceof Status.Fresh) {
                table.record(id, expiry, choice % 100 + 1, index);
                model.record(id, expiry, choice % 100 + 1, index);
                index++;
            }
            assertThat(table.size()).isEqualTo(model.sessions.size());
        }
        SessionTable copy = table.copy();
        assertThat(bytes(copy)).isEqualTo(bytes(table));
        model.sessions.forEach((client, session) -> session.commands.forEach((sequence, place) ->
                assertThat(copy.find(new CommandId(client, sequence))).isEqualTo(place)));
    }

    /** Mostly neighbours, now and then the edges of the window. */
    private static long sequence(int choice) {
        return switch (choice % 8) {
            case 0 -> SessionTable.WINDOW + 1 + choice / 8 % 40;
            case 1 -> 3L * SessionTable.WINDOW + choice / 8 % 20;
            default -> 1 + choice / 8 % 70;
        };
    }

    private static byte[] bytes(SessionTable table) {
        BinaryWriter out = new BinaryWriter();
        table.write(out);
        return out.toByteArray();
    }
}
