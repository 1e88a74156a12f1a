package dev.parley.sample.command;

/**
 * Seeds that follow each other.
 *
 * @param last no less than {@code first}
 */
record SeedRange(long first, long last) {
    private static final String FORM = "--seeds is A..B with numbers A and B, A no more than B, such as 1..1000, not '";

    SeedRange {
        if (first > last || last - first < 0) {
            throw new UsageException(FORM + first + ".." + last + "'");
        }
    }

    static SeedRange parse(String text) {
        int dots = text.indexOf("..");
        if (dots < 1) {
            throw new UsageException(FORM + text + "'");
        }
        try {
            return new SeedRange(Long.parseLong(text.substring(0, dots)), Long.parseLong(text.substring(dots + 2)));
        } catch (NumberFormatException e) {
            throw new UsageException(FORM + text + "'");
        }
    }

    /** How many they are, 1 or more. */
    long size() {
        return last - first + 1;
    }
}
