package dev.parley.testkit.tendermint;

/** Which messages of correct validators something takes, as bits by sender. The Byzantine validator's are always to be had. */
record Need(long ofFirst, long ofSecond, long ofThird, long ofFourth) {
    static final Need NOTHING = new Need(0, 0, 0, 0);

    static Need of(int sender, int bit) {
        long mask = 1L << bit;
        return new Need(sender == 0 ? mask : 0, sender == 1 ? mask : 0, sender == 2 ? mask : 0, sender == 3 ? mask : 0);
    }

    Need and(Need other) {
        return new Need(
                ofFirst | other.ofFirst, ofSecond | other.ofSecond, ofThird | other.ofThird, ofFourth | other.ofFourth);
    }

    /** @param sent by validator, what it has sent */
    boolean isMet(long[] sent) {
        return ((ofFirst & ~sent[0]) | (ofSecond & ~sent[1]) | (ofThird & ~sent[2]) | (ofFourth & ~sent[3])) == 0;
    }

    boolean isWithin(Need other) {
        return ((ofFirst & ~other.ofFirst)
                        | (ofSecond & ~other.ofSecond)
                        | (ofThird & ~other.ofThird)
                        | (ofFourth & ~other.ofFourth))
                == 0;
    }
}
