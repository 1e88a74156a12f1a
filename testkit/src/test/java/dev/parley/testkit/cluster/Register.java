package dev.parley.testkit.cluster;

import dev.parley.app.CommandFailedException;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import java.util.Map;
import java.util.TreeMap;

/** Numbers by name; a command gives the number before, so that one that is executed twice shows. */
public final class Register implements StateMachine<Register.Put, Integer, Register.Contents> {
    private final TreeMap<String, Integer> values = new TreeMap<>();

    record Put(String name, int value) {}

    record Contents(Map<String, Integer> values) {}

    @Override
    public Integer apply(Put command, Context context) {
        if (command.value() < 0) {
            throw new CommandFailedException("below zero");
        }
        Integer before = values.put(command.name(), command.value());
        return before == null ? 0 : before;
    }

    @Override
    public Contents snapshot() {
        return new Contents(values);
    }

    @Override
    public void restore(Contents snapshot) {
        values.clear();
        values.putAll(snapshot.values());
    }
}
