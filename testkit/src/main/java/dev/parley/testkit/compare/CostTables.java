package dev.parley.testkit.compare;

import dev.parley.testkit.sim.Links;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.ArrayList;
import java.util.List;

/** What a block costs: in the good case, with f silent validators, and with a leader that has just fallen silent. */
final class CostTables {
    /** The unit in which delays are told: what every message takes. */
    static final long DELAY_MICROS = 1000;

    /** A multiple of all that repeats: leaders that keep four views, every third validator silent. */
    private static final int MEASURED_BLOCKS = 24;

    private static final int WARM_UP_BLOCKS = 8;
    /** Where no leader makes blocks differ. */
    private static final int EQUAL_WARM_UP_BLOCKS = 2;

    private static final int EQUAL_BLOCKS = 4;
    /** A lone command is brought to so many validators, one after the other. */
    private static final int LONE_COMMANDS = 12;

    private static final int EQUAL_LONE_COMMANDS = 3;

    static final List<String> GOOD = List.of(
            "protocol",
            "n",
            "delays, leader to leader",
            "delays, leader to last",
            "delays, any to last",
            "delays between blocks",
            "messages",
            "bytes",
            "messages of busiest",
            "bytes of busiest",
            "signatures verified",
            "gossip messages",
            "gossip bytes");
    static final List<String> SILENT = List.of(
            "protocol",
            "n",
            "f",
            "delays, any to last",
            "delays between blocks at first",
            "delays between blocks",
            "time-outs",
            "messages",
            "bytes",
            "messages of busiest",
            "bytes of busiest",
            "signatures verified");
    static final List<String> FAULTY_LEADER = List.of(
            "protocol",
            "n",
            "delays, any to last",
            "of them time-outs",
            "messages",
            "bytes",
            "messages of busiest",
            "bytes of busiest",
            "signatures verified");

    private CostTables() {}

    static List<String> good(ProtocolUnderTest protocol, int size) {
        Testbed testbed = new Testbed(protocol, Links.uniform(size, DELAY_MICROS), 1, 1);
        int warmUp = protocol.hasLeaders() ? WARM_UP_BLOCKS : EQUAL_WARM_UP_BLOCKS;
        int all = warmUp + (protocol.hasLeaders() ? MEASURED_BLOCKS : EQUAL_BLOCKS);
        testbed.runStockedUntilHeight(all);
        PerBlock blocks = PerBlock.between(testbed.marks(), warmUp - 1, all - 1, size);
        testbed.settle();
        int leader = testbed.leader();
        Testbed.Flight toLeader = lone(testbed, leader);
        Traffic before = testbed.gossip();
        double toAny = lone(protocol, testbed);
        Traffic gossip = testbed.gossip().since(before);
        return Table.row(
                protocol.name(),
                size,
                delays(toLeader.until(leader)),
                delays(toLeader.untilLast()),
                toAny,
                blocks.delays(),
                blocks.messages(),
                blocks.bytes(),
                blocks.mostMessages(),
                blocks.mostBytes(),
                blocks.verified(),
                (double) gossip.messages() / loneCommands(protocol),
                (double) gossip.bytes() / loneCommands(protocol));
    }

    static List<String> silent(ProtocolUnderTest protocol, int size) {
        int faulty = (size - 1) / 3;
        Testbed testbed = new Testbed(protocol, Links.uniform(size, DELAY_MICROS), 1, 1);
        for (int i = 0; i < faulty; i++) {
            testbed.silence(3 * i + 2);
        }
        int half = protocol.hasLeaders() ? Math.max(size, MEASURED_BLOCKS) : EQUAL_BLOCKS;
        int all = 2 * half;
        testbed.runStockedUntilHeight(all);
        PerBlock then = PerBlock.between(testbed.marks(), half - 1, all - 1, size - faulty);
        double first = delays(testbed.marks().get(half - 1).micros()) / half;
        testbed.settle();
        return Table.row(
                protocol.name(),
                size,
                faulty,
                lone(protocol, testbed),
                first,
                then.delays(),
                then.timeouts(),
                then.messages(),
                then.bytes(),
                then.mostMessages(),
                then.mostBytes(),
                then.verified());
    }

    static List<String> faultyLeader(ProtocolUnderTest protocol, int size) {
        Testbed testbed = new Testbed(protocol, Links.uniform(size, DELAY_MICROS), 1, 1);
        testbed.stock(WARM_UP_BLOCKS);
        testbed.runUntilHeight(WARM_UP_BLOCKS);
        testbed.settle();
        int leader = testbed.leader();
        int brought = (leader + 1) % size;
        testbed.silence(leader);
        Traffic before = testbed.consensus();
        long verified = testbed.verified();
        long waited = testbed.waited(brought);
        Testbed.Flight flight = testbed.bring(brought);
        testbed.runUntil(flight::isDecidedByAll);
        Traffic sent = testbed.consensus().since(before);
        return Table.row(
                protocol.name(),
                size,
                delays(flight.untilLast()),
                delays(testbed.waited(brought) - waited),
                sent.messages(),
                sent.bytes(),
                sent.mostMessages(),
                sent.mostBytes(),
                (double) (testbed.verified() - verified) / (size - 1));
    }

    private static Testbed.Flight lone(Testbed testbed, int validator) {
        Testbed.Flight flight = testbed.bring(validator);
        testbed.runUntil(flight::isDecidedByAll);
        testbed.settle();
        return flight;
    }

    /** The mean over validators that are up and spread over all, of the delays until the last of them has decided. */
    private static double lone(ProtocolUnderTest protocol, Testbed testbed) {
        List<Integer> up = testbed.up();
        int count = loneCommands(protocol);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += delays(
                    lone(testbed, up.get((int) ((long) i * up.size() / count))).untilLast());
        }
        return sum / count;
    }

    private static int loneCommands(ProtocolUnderTest protocol) {
        return protocol.hasLeaders() ? LONE_COMMANDS : EQUAL_LONE_COMMANDS;
    }

    private static double delays(long micros) {
        return (double) micros / DELAY_MICROS;
    }

    /** Means over blocks that were decided one after the other under load; signatures by validator that is up. */
    record PerBlock(
            double delays,
            double timeouts,
            double messages,
            double bytes,
            double mostMessages,
            double mostBytes,
            double verified) {
        /** From the decision of one block to that of another, by their places in the list. */
        static PerBlock between(List<Testbed.Mark> marks, int first, int last, int up) {
            List<Traffic> each = new ArrayList<>();
            for (int i = first; i < last; i++) {
                each.add(marks.get(i + 1).consensus().since(marks.get(i).consensus()));
            }
            Testbed.Mark begin = marks.get(first);
            Testbed.Mark end = marks.get(last);
            double blocks = last - first;
            return new PerBlock(
                    CostTables.delays(end.micros() - begin.micros()) / blocks,
                    (end.timeouts() - begin.timeouts()) / blocks / up,
                    each.stream().mapToLong(Traffic::messages).sum() / blocks,
                    each.stream().mapToLong(Traffic::bytes).sum() / blocks,
                    each.stream().mapToLong(Traffic::mostMessages).sum() / blocks,
                    each.stream().mapToLong(Traffic::mostBytes).sum() / blocks,
                    (end.verified() - begin.verified()) / blocks / up);
        }
    }
}
