package dev.parley.honeybadger.agreement;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.honeybadger.coin.Share;

/** What validators say in one binary agreement. */
public sealed interface AgreementMessage {
    /** A message of one round, from 0. */
    sealed interface InRound extends AgreementMessage {
        int round();
    }

    /** BVAL: the sender's estimate, or one that f + 1 others have; it may send both. */
    record Bval(int round, boolean value) implements InRound {
        public Bval {
            requireRound(round);
        }
    }

    /** AUX: the first value that the sender knows to be some correct validator's. */
    record Aux(int round, boolean value) implements InRound {
        public Aux {
            requireRound(round);
        }
    }

    /** CONF: the values of n − f AUX; never none. */
    record Conf(int round, BoolSet values) implements InRound {
        public Conf {
            requireRound(round);
            if (values == BoolSet.NONE) {
                throw new IllegalArgumentException("a CONF has one value or two");
            }
        }
    }

    /** The sender's share of the round's coin. */
    record CoinShare(int round, Share share) implements InRound {
        public CoinShare {
            requireRound(round);
        }
    }

    /** TERM: the sender has decided, and stands for BVAL, AUX and CONF of the value wherever it says no more. */
    record Term(boolean value) implements AgreementMessage {}

    private static void requireRound(int round) {
        if (round < 0) {
            throw new IllegalArgumentException("a round is zero or more, not " + round);
        }
    }

    /** One byte for the kind, then the components in their order. */
    default void write(BinaryWriter out) {
        switch (this) {
            case Bval(int round, boolean value) -> out.u8(1).i32(round).bool(value);
            case Aux(int round, boolean value) -> out.u8(2).i32(round).bool(value);
            case Conf(int round, BoolSet values) -> out.u8(3).i32(round).u8(values.bits());
            case CoinShare(int round, Share share) -> share.write(out.u8(4).i32(round));
            case Term(boolean value) -> out.u8(5).bool(value);
        }
    }

    static AgreementMessage read(BinaryReader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case 1 -> new Bval(readRound(in), in.bool());
            case 2 -> new Aux(readRound(in), in.bool());
            case 3 -> new Conf(readRound(in), readValues(in));
            case 4 -> new CoinShare(readRound(in), Share.read(in));
            case 5 -> new Term(in.bool());
            default -> throw new MalformedException("no message of binary agreement is of kind " + kind);
        };
    }

    private static int readRound(BinaryReader in) throws MalformedException {
        int round = in.i32();
        if (round < 0) {
            throw new MalformedException("a round is zero or more, not " + round);
        }
        return round;
    }

    private static BoolSet readValues(BinaryReader in) throws MalformedException {
        int bits = in.u8();
        if (bits < 1 || bits > 3) {
            throw new MalformedException("the values of a CONF are 1 to 3, not " + bits);
        }
        return BoolSet.ofBits(bits);
    }
}
