package dev.parley.sample.store;

/**
 * Patterns as Redis has them: {@code * ? [a-z] [^a-z]} and a backslash before what is meant as it stands. Only the last star is ever
 * tried again, so that matching takes at most the product of both lengths, and all the matching of one command is bounded by
 * {@link #MAX_STEPS}: a hostile pattern must not hold up every validator (in Redis it did: CVE-2022-36021).
 */
final class Glob {
    static final long MAX_STEPS = 100_000_000;

    private static final int NO_MATCH = -1;

    private final ByteString pattern;
    private long steps;

    Glob(ByteString pattern) {
        this.pattern = pattern;
    }

    /** @throws RefusedException once {@link #MAX_STEPS} are used up */
    boolean matches(ByteString text) {
        int at = 0;
        int star = NO_MATCH;
        int starAt = 0;
        int position = 0;
        while (true) {
            step();
            if (position < pattern.size() && pattern.at(position) == '*') {
                star = ++position;
                starAt = at;
            } else if (at == text.size()) {
                return position == pattern.size();
            } else {
                int next = position < pattern.size() ? matchOne(position, text.at(at) & 0xff) : NO_MATCH;
                if (next != NO_MATCH) {
                    position = next;
                    at++;
                } else if (star == NO_MATCH) {
                    return false;
                } else {
                    position = star;
                    at = ++starAt;
                }
            }
        }
    }

    /** @return where the pattern goes on if it takes the byte here */
    private int matchOne(int position, int wanted) {
        int symbol = pattern.at(position) & 0xff;
        if (symbol == '?') {
            return position + 1;
        }
        if (symbol == '[') {
            return matchClass(position + 1, wanted);
        }
        int literal = symbol == '\\' && position + 1 < pattern.size() ? position + 1 : position;
        return (pattern.at(literal) & 0xff) == wanted ? literal + 1 : NO_MATCH;
    }

    /** A class that is never closed ends with the pattern, as in Redis. */
    private int matchClass(int start, int wanted) {
        int position = start;
        boolean negated = position < pattern.size() && pattern.at(position) == '^';
        if (negated) {
            position++;
        }
        boolean found = false;
        while (position < pattern.size() && pattern.at(position) != ']') {
            step();
            int left = pattern.size() - position;
            int low = pattern.at(position) & 0xff;
            if (low == '\\' && left >= 2) {
                found |= (pattern.at(position + 1) & 0xff) == wanted;
                position += 2;
            } else if (left >= 3 && pattern.at(position + 1) == '-') {
                int high = pattern.at(position + 2) & 0xff;
                found |= wanted >= Math.min(low, high) && wanted <= Math.max(low, high);
                position += 3;
            } else {
                found |= low == wanted;
                position++;
            }
        }
        int next = Math.min(position + 1, pattern.size());
        return found == negated ? NO_MATCH : next;
    }

    private void step() {
        if (++steps > MAX_STEPS) {
            throw new RefusedException("ERR the pattern takes more than " + MAX_STEPS + " steps on these keys");
        }
    }
}
