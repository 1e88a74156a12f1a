package dev.parley.testkit.cluster;

import dev.parley.client.LogEntry;
import dev.parley.client.ParleyClient;
import dev.parley.client.ReplicatedLog;
import dev.parley.consensus.DecidedBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorSystem;

/** The clients of a live cluster, one for each validator that is asked first, and those who read the logs of all validators. */
final class LiveClients<C, R> implements AutoCloseable {
    private final IntFunction<? extends ParleyClient<C, R>> connect;
    private final Map<Integer, ParleyClient<C, R>> clients = new HashMap<>();
    private final List<LogFollower> followers = new ArrayList<>();
    private final Watchtower watchtower;
    private final Ledger<C, R> ledger;

    LiveClients(IntFunction<? extends ParleyClient<C, R>> connect, Witness<C, R> witness) {
        this.connect = connect;
        this.watchtower = witness.watchtower();
        this.ledger = witness.ledger();
    }

    /** Reads the log of the next validator from now on. */
    void follow(ReplicatedLog log, ActorSystem<?> system) {
        int validator = followers.size();
        followers.add(new LogFollower(log, system, entry -> read(validator, entry)));
    }

    private void read(int validator, LogEntry entry) {
        if (!watchtower.isByzantine(validator)) {
            DecidedBlock block = entry.decided();
            watchtower.decided(validator, block);
            watchtower.guard(() -> ledger.decided(block));
        }
    }

    ParleyClient<C, R> preferring(int validator) {
        return clients.computeIfAbsent(validator, connect::apply);
    }

    /** Up to which height a validator's log has been read. */
    long height(int validator) {
        return followers.get(validator).height();
    }

    /** Reads on where a validator has come back. */
    void readOn() {
        followers.forEach(LogFollower::read);
    }

    @Override
    public void close() {
        clients.values().forEach(ParleyClient::close);
        followers.forEach(LogFollower::stop);
    }
}
