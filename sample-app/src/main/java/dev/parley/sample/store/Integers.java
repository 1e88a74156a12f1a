package dev.parley.sample.store;

/** Integers as Redis reads them ({@code string2ll}): the one decimal form that printing gives back, nothing around it. */
final class Integers {
    /** {@code -9223372036854775808}. */
    private static final int MAX_DIGITS = 20;

    private Integers() {}

    /** @throws RefusedException if the bytes are no integer of 64 bits */
    static long parse(ByteString text) {
        return parse(text, Reply.Failure.NOT_AN_INTEGER);
    }

    /** @throws RefusedException with {@code otherwise} if the bytes are no integer of 64 bits */
    static long parse(ByteString text, Reply.Failure otherwise) {
        int size = text.size();
        boolean negative = size > 0 && text.at(0) == '-';
        int start = negative ? 1 : 0;
        if (size == start || size > MAX_DIGITS || (text.at(start) == '0' && size > 1)) {
            throw new RefusedException(otherwise);
        }
        long value = 0;
        // Negative numbers reach one further than positive ones, so the sum is kept negative.
        for (int i = start; i < size; i++) {
            int digit = text.at(i) - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10) {
                throw new RefusedException(otherwise);
            }
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw new RefusedException(otherwise);
        }
        return negative ? value : -value;
    }
}
