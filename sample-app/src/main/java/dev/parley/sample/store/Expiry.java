package dev.parley.sample.store;

/** Arithmetic of deadlines, with the bounds and the words of Redis. */
final class Expiry {
    private Expiry() {}

    /**
     * The deadline that SET and its relatives set: the amount must be positive.
     *
     * @param baseMillis what the amount counts from: block time, or 0 for an absolute time
     * @param unitMillis 1 or 1000
     * @return milliseconds since 1970
     */
    static long ofSet(ByteString amount, long unitMillis, long baseMillis, Verb verb) {
        long number = Integers.parse(amount);
        if (number <= 0 || number > Long.MAX_VALUE / unitMillis) {
            throw invalid(verb);
        }
        long deadline = number * unitMillis + baseMillis;
        if (deadline <= 0) {
            throw invalid(verb);
        }
        return deadline;
    }

    /** The deadline that EXPIRE sets: the amount may be negative, which is the past. */
    static long ofExpire(ByteString amount, long unitMillis, long baseMillis, Verb verb) {
        long number = Integers.parse(amount);
        if (number > Long.MAX_VALUE / unitMillis || number < Long.MIN_VALUE / unitMillis) {
            throw invalid(verb);
        }
        long millis = number * unitMillis;
        if (millis > Long.MAX_VALUE - baseMillis) {
            throw invalid(verb);
        }
        return millis + baseMillis;
    }

    private static RefusedException invalid(Verb verb) {
        return new RefusedException("ERR invalid expire time in '" + verb.lowerCase() + "' command");
    }
}
