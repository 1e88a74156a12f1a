package dev.parley.sample.hello;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;

/** A counter that four validators agree on, and a client that verifies what they say. */
public final class HelloParley {
    record Add(long amount) {}

    static final class Counter implements StateMachine<Add, Long, Long> {
        private long sum;

        @Override
        public Long apply(Add command, Context context) {
            return sum += command.amount();
        }

        @Override
        public Long snapshot() {
            return sum;
        }

        @Override
        public void restore(Long snapshot) {
            sum = snapshot;
        }
    }

    public static void main(String[] arguments) {
        var application = Application.of(Counter::new, Add.class, Long.class, Long.class);
        try (var cluster = LocalCluster.of(4, application).start();
                var client = cluster.client()) {
            client.submit(new Add(40)).toCompletableFuture().join();
            var receipt = client.submit(new Add(2)).toCompletableFuture().join();
            System.out.println("the sum is " + receipt.result() + ", agreed at height " + receipt.height());
        }
    }
}
