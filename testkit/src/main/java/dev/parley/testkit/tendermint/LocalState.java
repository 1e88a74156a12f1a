package dev.parley.testkit.tendermint;

/**
 * What remains of one correct validator when it restarts, and all that it ever said. Values are numbers as in {@link SmallWorld}.
 *
 * @param round the present one
 * @param proposal the bit of what it proposed in the round, -1 if nothing
 * @param prevote the value that it prevoted in the round, -1 for none
 * @param precommit the value that it precommitted in the round, -1 for none
 * @param lockRound -1 for no lock
 * @param validRound -1 for none
 * @param sent the bits of all its messages
 * @param decided the value, 0 for none yet; whoever has decided is at the next height and says nothing about this one any more
 */
record LocalState(
        int round,
        int proposal,
        int prevote,
        int precommit,
        int lockRound,
        int lockValue,
        int validRound,
        int validValue,
        long sent,
        int decided) {
    static final LocalState FIRST = new LocalState(0, -1, -1, -1, -1, SmallWorld.NIL, -1, SmallWorld.NIL, 0, 0);

    static LocalState decided(long sent, int value) {
        return new LocalState(0, -1, -1, -1, -1, SmallWorld.NIL, -1, SmallWorld.NIL, sent, value);
    }

    /** In a round beyond the bound nothing is signed any more, so that no lock matters; but earlier rounds may still decide. */
    static LocalState beyond(int round, long sent) {
        return new LocalState(round, -1, -1, -1, -1, SmallWorld.NIL, -1, SmallWorld.NIL, sent, 0);
    }

    /** The same with the Byzantine proposer's two blocks exchanged. */
    LocalState exchanged(SmallWorld world) {
        return new LocalState(
                round,
                proposal < 0 ? -1 : Long.numberOfTrailingZeros(world.exchange(1L << proposal)),
                prevote < 0 ? -1 : world.exchangeValue(prevote),
                precommit < 0 ? -1 : world.exchangeValue(precommit),
                lockRound,
                world.exchangeValue(lockValue),
                validRound,
                world.exchangeValue(validValue),
                world.exchange(sent),
                world.exchangeValue(decided));
    }
}
