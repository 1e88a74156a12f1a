package dev.parley.honeybadger.agreement;

/** A set of bits. */
public enum BoolSet {
    NONE,
    FALSE,
    TRUE,
    BOTH;

    private static final BoolSet[] BY_BITS = values();

    public static BoolSet of(boolean value) {
        return value ? TRUE : FALSE;
    }

    public boolean contains(boolean value) {
        return of(value).isWithin(this);
    }

    public BoolSet with(boolean value) {
        return union(of(value));
    }

    public BoolSet union(BoolSet other) {
        return BY_BITS[bits() | other.bits()];
    }

    public boolean isWithin(BoolSet other) {
        return (bits() & ~other.bits()) == 0;
    }

    /** From 0 to 3: 1 stands for false, 2 for true. */
    @SuppressWarnings("EnumOrdinal")
    int bits() {
        return ordinal();
    }

    static BoolSet ofBits(int bits) {
        return BY_BITS[bits];
    }
}
