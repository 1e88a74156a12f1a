package dev.parley.testkit.cluster;

import dev.parley.app.Application;

/** All who are told what happens in one run of a test. Thread-safe. */
record Witness<C, R>(Ledger<C, R> ledger, Timeline timeline, Watchtower watchtower) {
    Witness(Application<C, R, ?> application) {
        this(new Ledger<>(application), new Timeline(), new Watchtower());
    }
}
