package dev.parley.honeybadger;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** Where heavy, pure work is done: off the thread of whoever asks. */
public interface Offload {
    /** Does it at once, for tests. */
    Offload HERE = new Offload() {
        @Override
        public <T> void compute(Supplier<T> work, Consumer<T> then) {
            then.accept(work.get());
        }
    };

    /**
     * @param work a pure function of what it holds, all of it immutable; run on any thread
     * @param then takes what came of it, in a later step of whoever asked or at once
     */
    <T> void compute(Supplier<T> work, Consumer<T> then);
}
