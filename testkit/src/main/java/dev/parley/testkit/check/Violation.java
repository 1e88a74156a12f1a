package dev.parley.testkit.check;

/** A property that must always hold does not. */
public final class Violation extends RuntimeException {
    private final String oracle;

    /**
     * @param oracle the name of the property, such as {@code agreement}
     * @param what which validators, heights and blocks contradict it
     */
    public Violation(String oracle, String what) {
        super(oracle + ": " + what, null, false, false);
        this.oracle = oracle;
    }

    /** The name of the property. */
    public String oracle() {
        return oracle;
    }
}
