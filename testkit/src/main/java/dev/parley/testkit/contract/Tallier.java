package dev.parley.testkit.contract;

import dev.parley.app.Application;
import dev.parley.app.CommandFailedException;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;

/** Counts how often each number was added, so that a command that is executed twice shows. */
final class Tallier implements StateMachine<Tallier.Add, Long, Tallier.Counts> {
    record Add(long number) {}

    record Counts(Map<Long, Integer> counts) {}

    /** Fails in the state machine's own words. */
    static final long FAILS = -1;
    /** Throws something else, with a message that differs from machine to machine. */
    static final long THROWS = -2;
    /** Is not admitted. */
    static final long NOT_ADMITTED = -3;

    static final Application<Add, Long, Counts> APPLICATION = application((number, count) -> count);

    private final TreeMap<Long, Integer> counts = new TreeMap<>();
    private final LongBinaryOperator answer;

    private Tallier(LongBinaryOperator answer) {
        this.answer = answer;
    }

    /** @param answer makes the result of a number and of how often it was added: where it is no function, machines differ */
    static Application<Add, Long, Counts> application(LongBinaryOperator answer) {
        return Application.of(() -> new Tallier(answer), Add.class, Long.class, Counts.class);
    }

    @Override
    public Long apply(Add command, Context context) {
        if (command.number() == FAILS) {
            throw new CommandFailedException("minus one is not counted");
        }
        if (command.number() == THROWS) {
            throw new IllegalStateException("this may differ between machines: " + System.identityHashCode(this));
        }
        return answer.applyAsLong(command.number(), counts.merge(command.number(), 1, Integer::sum));
    }

    @Override
    public Optional<String> check(Add command) {
        return command.number() == NOT_ADMITTED ? Optional.of("minus three is not admitted") : Optional.empty();
    }

    @Override
    public Counts snapshot() {
        return new Counts(counts);
    }

    @Override
    public void restore(Counts snapshot) {
        counts.clear();
        counts.putAll(snapshot.counts());
    }
}
