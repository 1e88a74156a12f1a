package dev.parley.tendermint;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;

/**
 * Algorithm 1's lockedRound and lockedValue, or nothing.
 *
 * @param round -1 for no lock
 * @param block {@link TendermintMessage#NIL} for no lock
 */
public record Lock(int round, BlockId block) {
    public static final Lock NONE = new Lock(-1, TendermintMessage.NIL);

    static Lock read(BinaryReader in) throws MalformedException {
        return new Lock(in.i32(), BlockId.read(in));
    }

    void write(BinaryWriter out) {
        block.write(out.i32(round));
    }

    public boolean isOn(BlockId other) {
        return round >= 0 && block.equals(other);
    }

    @Override
    public String toString() {
        return round < 0 ? "nothing" : block + " since round " + round;
    }
}
