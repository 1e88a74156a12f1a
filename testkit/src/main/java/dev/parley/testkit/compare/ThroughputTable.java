package dev.parley.testkit.compare;

import dev.parley.log.Command;
import dev.parley.testkit.sim.Links;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.List;

/** How many commands are decided in a second where each validator's way out is narrow. */
final class ThroughputTable {
    static final List<Integer> SIZES = List.of(4, 16, 31, 64);
    static final List<String> HEADER = List.of(
            "protocol",
            "n",
            "commands/s, consensus alone",
            "commands/s, with gossip",
            "commands/s that one leader's line carries",
            "ms between blocks");

    static final long BITS_PER_SECOND = 25_000_000;
    static final int BLOCK_COMMANDS = 1000;

    private static final long DELAY_MICROS = 50_000;
    /** So that a proposal is never short of commands, however many blocks are under way. */
    private static final int OUTSTANDING = 8 * BLOCK_COMMANDS;

    private static final int WARM_UP_BLOCKS = 8;
    private static final int MEASURED_BLOCKS = 12;
    /** Where no leader makes blocks differ. */
    private static final int EQUAL_WARM_UP_BLOCKS = 2;

    private static final int EQUAL_BLOCKS = 4;
    /** A block to 63 others takes seconds: no view may be given up for that. */
    private static final int PATIENCE = 300;

    private record Rate(double perSecond, double microsBetweenBlocks) {}

    private ThroughputTable() {}

    static List<String> row(ProtocolUnderTest protocol, int size) {
        Rate alone = measure(protocol, size, false);
        Rate gossiped = measure(protocol, size, true);
        double blockBits = (double) BLOCK_COMMANDS * (Command.HEADER_BYTES + Testbed.COMMAND_BYTES) * 8;
        return Table.row(
                protocol.name(),
                size,
                Math.round(alone.perSecond()),
                Math.round(gossiped.perSecond()),
                Math.round(BLOCK_COMMANDS * BITS_PER_SECOND / (blockBits * (size - 1))),
                Math.round(alone.microsBetweenBlocks() / 1000));
    }

    private static Rate measure(ProtocolUnderTest protocol, int size, boolean gossip) {
        Links links = Links.uniform(size, DELAY_MICROS).withEgress(BITS_PER_SECOND);
        Testbed testbed = new Testbed(protocol, links, BLOCK_COMMANDS, PATIENCE);
        supply(testbed, size, OUTSTANDING, gossip);
        int warmUp = protocol.hasLeaders() ? WARM_UP_BLOCKS : EQUAL_WARM_UP_BLOCKS;
        int measured = protocol.hasLeaders() ? MEASURED_BLOCKS : EQUAL_BLOCKS;
        int seen = 0;
        while (seen < warmUp + measured) {
            int last = seen;
            testbed.runUntil(() -> testbed.marks().size() > last);
            long before = seen == 0 ? 0 : testbed.marks().get(seen - 1).commands();
            seen = testbed.marks().size();
            int decided = (int) (testbed.marks().get(seen - 1).commands() - before);
            supply(testbed, size, decided, gossip);
        }
        Testbed.Mark begin = testbed.marks().get(warmUp - 1);
        Testbed.Mark end = testbed.marks().get(warmUp + measured - 1);
        double micros = end.micros() - begin.micros();
        return new Rate((end.commands() - begin.commands()) * 1e6 / micros, micros / measured);
    }

    /** A new command for each that was decided, brought to the validators in equal parts. */
    private static void supply(Testbed testbed, int size, int count, boolean gossip) {
        for (int i = 0; i < size; i++) {
            int share = count * (i + 1) / size - count * i / size;
            if (share > 0) {
                List<Command> commands = testbed.newCommands(i, share);
                if (gossip) {
                    testbed.bring(i, commands);
                } else {
                    testbed.give(commands);
                }
            }
        }
    }
}
