package dev.parley.honeybadger.broadcast;

import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.honeybadger.Offload;
import dev.parley.honeybadger.Outlet;
import dev.parley.honeybadger.broadcast.ReliableBroadcast.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast among n validators, the last of which may be Byzantine: what those say is put in at the start, and a seed picks the order in
 * which everything arrives.
 */
final class BroadcastNetwork {
    static final int MAX_BYTES = 1_000;

    private record Envelope(ValidatorId from, ValidatorId to, BroadcastMessage message) {}

    final int n;
    final int correct;
    final ValidatorId sender;
    final List<ReliableBroadcast> validators = new ArrayList<>();
    final Map<Reason, Integer> refusals = new EnumMap<>(Reason.class);
    private final List<Envelope> inFlight = new ArrayList<>();
    private final Random random;

    /** @param byzantine how many, from the last down */
    BroadcastNetwork(int n, int byzantine, ValidatorId sender, long seed, BroadcastRules rules) {
        this.n = n;
        this.correct = n - byzantine;
        this.sender = sender;
        this.random = new Random(seed);
        for (int i = 0; i < correct; i++) {
            validators.add(new ReliableBroadcast(new ValidatorId(i), sender, n, MAX_BYTES, Offload.HERE, rules));
        }
    }

    static List<Shard> shards(int n, byte[] value) {
        return new Sharding(n - 2 * ((n - 1) / 3), n, MAX_BYTES).cut(value);
    }

    void propose(byte[] value) {
        validators.get(sender.index()).propose(shards(n, value), outlet(sender));
    }

    void inject(int from, int to, BroadcastMessage message) {
        if (to < correct && from != to) {
            inFlight.add(new Envelope(new ValidatorId(from), new ValidatorId(to), message));
        }
    }

    /**
     * Until nothing is in flight.
     *
     * @param tastes empty, or the roots of which one is preferred by each receiver's links: the scheduler splits them
     */
    void run(List<?> tastes) {
        int[] taste = random.ints(n, 0, Math.max(1, tastes.size())).toArray();
        while (!inFlight.isEmpty()) {
            int pick = random.nextInt(inFlight.size());
            for (int tries = 0; tries < 8 && !tastes.isEmpty(); tries++) {
                Envelope envelope = inFlight.get(pick);
                if (envelope.message()
                        .root()
                        .equals(tastes.get(taste[envelope.to().index()]))) {
                    break;
                }
                pick = random.nextInt(inFlight.size());
            }
            Envelope envelope = inFlight.get(pick);
            inFlight.set(pick, inFlight.getLast());
            inFlight.removeLast();
            validators.get(envelope.to().index()).receive(envelope.from(), envelope.message(), outlet(envelope.to()));
        }
    }

    /** @param proposed by a correct sender, else null; @return null if the broadcast was reliable, else how it was not */
    @Nullable String violation(byte @Nullable [] proposed) {
        byte[] first = null;
        int delivered = 0;
        for (ReliableBroadcast validator : validators) {
            if (validator.outcome() != Outcome.DELIVERED) {
                continue;
            }
            delivered++;
            if (first == null) {
                first = validator.value();
            } else if (!Arrays.equals(first, validator.value())) {
                return "agreement: two values";
            }
        }
        if (delivered != 0 && delivered != correct) {
            return "totality: " + delivered + " of " + correct;
        }
        if (proposed != null && !Arrays.equals(first, proposed)) {
            return "validity: " + delivered + " delivered";
        }
        return null;
    }

    int count(Outcome outcome) {
        return (int) validators.stream().filter(v -> v.outcome() == outcome).count();
    }

    private Outlet<BroadcastMessage> outlet(ValidatorId from) {
        return new Outlet<>() {
            @Override
            public void broadcast(BroadcastMessage message) {
                for (int to = 0; to < n; to++) {
                    inject(from.index(), to, message);
                }
            }

            @Override
            public void send(ValidatorId to, BroadcastMessage message) {
                inject(from.index(), to.index(), message);
            }

            @Override
            public void refuse(ValidatorId culprit, Reason reason, String what) {
                refusals.merge(reason, 1, Integer::sum);
            }
        };
    }
}
