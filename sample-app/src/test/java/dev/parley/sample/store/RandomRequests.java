package dev.parley.sample.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests drawn from few names, keys and values, so that they meet. */
final class RandomRequests {
    private static final List<String> WORDS =
            List.of("a", "b", "c", "d", "1", "2", "-1", "10", "100", "x", "NX", "XX", "EX", "PX", "GET", "KEEPTTL");
    private static final List<Verb> VERBS = List.of(Verb.values());
    private static final List<String> KEYS = List.of("k1", "k2", "k3", "k4", "k5", "k6");

    private RandomRequests() {}

    static Request next(Random random) {
        Verb verb = VERBS.get(random.nextInt(VERBS.size()));
        if ((verb == Verb.FLUSHALL || verb == Verb.FLUSHDB) && random.nextInt(20) > 0) {
            verb = Verb.SET;
        }
        List<ByteString> arguments = new ArrayList<>();
        arguments.add(ByteString.of(verb.name()));
        int size = 1 + random.nextInt(5);
        for (int i = 0; i < size; i++) {
            List<String> from = i == 0 ? KEYS : WORDS;
            arguments.add(ByteString.of(from.get(random.nextInt(from.size()))));
        }
        return new Request(arguments);
    }
}
