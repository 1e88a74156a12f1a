package dev.parley.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.benchmarks.peers.Load.Measured;
import dev.parley.benchmarks.peers.Load.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The contenders themselves are not run here: their processes alone take longer to start than all these tests. */
class LoadTest {
    private static final long LOOK_NANOS = 20_000;

    private final List<Patient> sessions = new ArrayList<>();
    /** Passes as often as somebody looks, or as somebody answers. */
    private final AtomicLong now = new AtomicLong();

    /** Answers one command each time it is polled. */
    private static final class Patient implements Session.Polled {
        private final Answers answers;
        private final ArrayDeque<Long> underWay = new ArrayDeque<>();
        private int most;
        private boolean closed;

        private Patient(Answers answers) {
            this.answers = answers;
        }

        @Override
        public boolean offer(byte[] command, long sentNanos) {
            underWay.add(sentNanos);
            most = Math.max(most, underWay.size());
            return true;
        }

        @Override
        public int poll() {
            Long oldest = underWay.poll();
            if (oldest == null) {
                return 0;
            }
            answers.answered(oldest);
            return 1;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Answers each command on another thread. */
    private record Prompt(Answers answers, AtomicLong now) implements Session {
        @Override
        public boolean offer(byte[] command, long sentNanos) {
            Thread.startVirtualThread(() -> {
                now.addAndGet(1_000_000);
                answers.answered(sentNanos);
            });
            return true;
        }

        @Override
        public void close() {}
    }

    private Load load() {
        return new Load(
                2,
                128,
                answers -> {
                    Patient session = new Patient(answers);
                    sessions.add(session);
                    return session;
                },
                () -> now.getAndAdd(LOOK_NANOS));
    }

    @Test
    void a_closed_loop_keeps_so_many_commands_of_each_session_under_way() {
        List<String> told = new ArrayList<>();
        try (Load load = load()) {
            Measured measured =
                    load.run(Shape.closed("closed", 2, 7, 0.01, 0.05), () -> told.add("begin"), () -> told.add("end"));
            assertThat(measured.answered()).isPositive();
            assertThat(measured.failed()).isZero();
        }
        assertThat(told).containsExactly("begin", "end");
        assertThat(sessions).allSatisfy(session -> {
            assertThat(session.most).isEqualTo(7);
            assertThat(session.underWay).isEmpty();
            assertThat(session.closed).isTrue();
        });
    }

    @Test
    void an_open_loop_sends_what_is_due_and_no_more() {
        try (Load load = load()) {
            Measured measured = load.run(Shape.open("open", 2, 1000, 0.05, 0.2), () -> {}, () -> {});
            assertThat(measured.answered()).isBetween(199L, 201L);
        }
    }

    @Test
    void answers_may_come_on_other_threads_and_nobody_polls_for_them() {
        Measured measured;
        try (Load load = new Load(1, 128, answers -> new Prompt(answers, now), now::get)) {
            measured = load.run(Shape.closed("lone", 1, 1, 0, 0.05), () -> {}, () -> {});
        }
        assertThat(measured.answered()).isEqualTo(50);
        assertThat(measured.failed()).isZero();
    }

    @Test
    void a_lone_command_goes_by_the_first_session() {
        try (Load load = load()) {
            load.run(Shape.closed("lone", 1, 1, 0, 0.02), () -> {}, () -> {});
        }
        assertThat(sessions.getFirst().most).isEqualTo(1);
        assertThat(sessions.getLast().most).isZero();
    }
}
