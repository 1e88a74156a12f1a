package dev.parley.network.secure;

/** Each link has two ways side by side, so that what is large does not hold up what is small. Order is kept within each. */
public enum Channel {
    SMALL,
    LARGE
}
