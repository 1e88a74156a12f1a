package dev.parley.tendermint;

/** A round of a height as one number that rises as time goes on: what observations, reports and blocks call a view. */
public final class Views {
    private static final int ROUND_BITS = 20;

    private Views() {}

    /**
     * @param height below {@link TendermintMessage#MAX_HEIGHT}
     * @param round below {@link TendermintMessage#MAX_ROUND}
     */
    public static long of(long height, int round) {
        return (height << ROUND_BITS) | round;
    }

    public static long height(long view) {
        return view >>> ROUND_BITS;
    }

    public static int round(long view) {
        return (int) (view & ((1 << ROUND_BITS) - 1));
    }

    static String name(long view) {
        return "round " + round(view) + " of height " + height(view);
    }
}
