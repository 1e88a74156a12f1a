package dev.parley.sample.command;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.sample.command.Screen.Style;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tells an audience what validators observe: one line for each view, printed when later views show that no more is to come. Not
 * thread-safe.
 */
final class ViewBoard {
    /** A block is decided by a certificate two views later, three with three-chain; one more for whoever hears of it late. */
    private static final int VIEWS_TO_SETTLE = 4;

    private static final String LEGEND = "P proposed  ✓ voted  ✗ would not vote  T timed out  ◆ decided";
    /** Who waits for no leader neither loses patience nor refuses anybody a vote. */
    private static final String LEADERLESS_LEGEND = "P proposed  ✓ voted  ◆ decided";

    /** What one validator did in one view; what comes later in this order covers what came before. */
    private enum Mark {
        NOTHING("·"),
        PROPOSED("P"),
        VOTED("✓"),
        WITHHELD("✗"),
        TIMED_OUT("T");

        private final String glyph;

        Mark(String glyph) {
            this.glyph = glyph;
        }
    }

    private static final class View {
        private final long startedMillis;
        private final Mark[] marks;
        private final boolean[] decided;
        private final Set<BlockId> blocks = new LinkedHashSet<>();
        private final Set<String> certificates = new TreeSet<>();
        private @Nullable ValidatorId leader;
        /** Whose proposals are in the block, where that is agreed. */
        private final Set<ValidatorId> included = new TreeSet<>(Comparator.comparingInt(ValidatorId::index));

        private long height;
        private boolean empty = true;
        /** What happened meanwhile and belongs to no view. */
        private final List<String> events = new ArrayList<>();

        private View(long startedMillis, int validators) {
            this.startedMillis = startedMillis;
            marks = new Mark[validators];
            Arrays.fill(marks, Mark.NOTHING);
            decided = new boolean[validators];
        }

        private void mark(int validator, Mark mark) {
            if (mark.compareTo(marks[validator]) > 0) {
                marks[validator] = mark;
            }
        }

        private boolean isBlank() {
            return events.isEmpty() && blocks.isEmpty() && Arrays.stream(marks).allMatch(mark -> mark == Mark.NOTHING);
        }
    }

    private final Screen screen;
    private final ConsensusProtocol protocol;
    private final int validators;
    private final Set<Integer> byzantine;
    private final TreeMap<Long, View> open = new TreeMap<>();
    private final Set<String> accusations = new LinkedHashSet<>();
    private final Set<String> convictions = new LinkedHashSet<>();
    private long printed;

    /** @param protocol knows what its views are called */
    ViewBoard(Screen screen, ConsensusProtocol protocol, int validators, Set<Integer> byzantine) {
        this.protocol = protocol;
        this.screen = screen;
        this.validators = validators;
        this.byzantine = Set.copyOf(byzantine);
    }

    void begin() {
        StringBuilder ids = new StringBuilder();
        for (int i = 0; i < validators; i++) {
            ids.append(name(i)).append(' ');
        }
        screen.line(screen.paint(protocol.hasLeaders() ? LEGEND : LEADERLESS_LEGEND, Style.DIM));
        screen.line(String.format(
                "%8s  %-" + nameWidth() + "s %-9s %s",
                "",
                "",
                protocol.hasLeaders() ? "leader" : "proposals",
                ids.toString().stripTrailing()));
    }

    void observe(int validator, Observation observation, long millis) {
        switch (observation) {
            case Observation.ViewEntered entered -> {
                View view = view(entered.view(), millis);
                if (view != null && entered.leader() != null) {
                    view.leader = entered.leader();
                }
                flushSettled(entered.view());
            }
            case Observation.Proposed proposed -> {
                View view = view(proposed.view(), millis);
                if (view != null) {
                    view.mark(validator, Mark.PROPOSED);
                    if (protocol.hasLeaders()) {
                        view.blocks.add(proposed.block());
                    }
                    view.height = proposed.height();
                    view.empty &= proposed.empty();
                }
            }
            case Observation.ProposalReceived received -> {
                View view = view(received.view(), millis);
                if (view != null) {
                    view.blocks.add(received.block());
                    view.height = received.height();
                    view.leader = received.proposer();
                }
            }
            case Observation.Voted voted -> mark(voted.view(), validator, Mark.VOTED, millis);
            case Observation.VoteWithheld withheld -> mark(withheld.view(), validator, Mark.WITHHELD, millis);
            case Observation.TimedOut late -> mark(late.view(), validator, Mark.TIMED_OUT, millis);
            case Observation.CertificateFormed formed -> {
                View view = view(formed.view(), millis);
                if (view != null) {
                    view.certificates.add(formed.kind());
                    if (!protocol.hasLeaders() && formed.block() == null) {
                        view.included.addAll(formed.signers());
                    }
                }
            }
            case Observation.Decided decided -> {
                View view = view(decided.view(), millis);
                if (view != null) {
                    view.decided[validator] = true;
                    view.height = decided.height();
                    view.empty &= decided.empty();
                }
            }
            case Observation.Accused accused -> accuse(validator, accused, millis);
            case Observation.Convicted convicted -> convict(validator, convicted, millis);
            case Observation.Stalled stalled ->
                event(millis, screen.paint(name(validator) + " stalls: " + stalled.report(), Style.YELLOW));
            case Observation.Stopped stopped ->
                event(millis, screen.paint(name(validator) + " stops: " + stopped.why(), Style.RED));
            case Observation.CaughtUp caughtUp ->
                event(millis, name(validator) + " caught up to height " + caughtUp.toHeight());
            case Observation.FetchingSnapshot fetching ->
                event(millis, name(validator) + " fetches the snapshot of height " + fetching.height());
            case Observation.SnapshotInstalled installed ->
                event(millis, name(validator) + " goes on from the snapshot of height " + installed.height());
            case Observation.SnapshotUnusable unusable ->
                event(
                        millis,
                        screen.paint(
                                name(validator) + " cannot use the snapshot of height " + unusable.height() + ": "
                                        + unusable.why(),
                                Style.YELLOW));
            case Observation.Recovering recovering ->
                event(
                        millis,
                        screen.paint(
                                name(validator) + " has an empty disk and signs nothing until " + recovering.until(),
                                Style.YELLOW));
            case Observation.Recovered recovered ->
                event(millis, name(validator) + " takes part again above height " + recovered.height());
            case Observation.Locked locked -> {}
            case Observation.Resting resting -> {}
            case Observation.Tossed tossed -> {}
            case Observation.Fetching fetching -> {}
            case Observation.Refused refused -> {}
        }
    }

    /** Prints what is still open. */
    void flush() {
        flushBelow(Long.MAX_VALUE);
    }

    private void mark(long number, int validator, Mark mark, long millis) {
        View view = view(number, millis);
        if (view != null) {
            view.mark(validator, mark);
        }
    }

    /** Null for a view that was printed already. */
    private @Nullable View view(long number, long millis) {
        return number <= printed ? null : open.computeIfAbsent(number, n -> new View(millis, validators));
    }

    private void flushSettled(long newest) {
        while (open.headMap(newest).size() > VIEWS_TO_SETTLE) {
            flushBelow(open.firstKey() + 1);
        }
    }

    private void flushBelow(long limit) {
        while (!open.isEmpty() && open.firstKey() < limit) {
            var next = open.pollFirstEntry();
            printed = next.getKey();
            if (!next.getValue().isBlank()) {
                print(next.getKey(), next.getValue());
                next.getValue().events.forEach(screen::line);
            }
        }
    }

    private void print(long number, View view) {
        StringBuilder marks = new StringBuilder();
        StringBuilder decisions = new StringBuilder();
        for (int i = 0; i < validators; i++) {
            int width = ("v" + i).length();
            marks.append(glyph(view, i)).append(" ".repeat(width));
            decisions.append(view.decided[i] ? screen.paint("◆", Style.GREEN) : screen.paint("·", Style.DIM));
        }
        StringBuilder outcome = new StringBuilder();
        String certificates = view.certificates.isEmpty() ? "none" : String.join("+", view.certificates);
        outcome.append(String.format(protocol.hasLeaders() ? "%-6s" : "%-14s", certificates));
        if (view.height > 0) {
            String height = String.format("height %-4d", view.height);
            outcome.append(decisions).append("  ");
            outcome.append(view.empty ? screen.paint(height + "empty", Style.DIM) : screen.paint(height, Style.BOLD));
        }
        if (view.blocks.size() > 1) {
            outcome.append(screen.paint(
                    "  " + view.blocks.size() + " blocks for one place: "
                            + String.join(
                                    ", ",
                                    view.blocks.stream().map(BlockId::toString).toList()),
                    Style.RED));
        }
        screen.line(String.format(
                        "%5d ms  %-" + nameWidth() + "s %s %s %s",
                        view.startedMillis,
                        protocol.viewName(number),
                        proposers(view),
                        marks,
                        outcome)
                .stripTrailing());
    }

    /** The leader, or how many of the validators the block is of. */
    private String proposers(View view) {
        if (!protocol.hasLeaders()) {
            String count = view.included.isEmpty() ? "" : view.included.size() + " of " + validators;
            return String.format("%-9s", count);
        }
        ValidatorId leader = view.leader;
        return leader == null ? " ".repeat(9) : padded(leader.index(), 9);
    }

    /** Of the numbers that an audience sees, few have more than two digits. */
    private int nameWidth() {
        return protocol.viewName(0).length() + 2;
    }

    private String glyph(View view, int validator) {
        Mark mark = view.marks[validator];
        return switch (mark) {
            case NOTHING -> screen.paint(mark.glyph, Style.DIM);
            case PROPOSED -> screen.paint(mark.glyph, Style.CYAN);
            case VOTED -> screen.paint(mark.glyph, Style.GREEN);
            case WITHHELD -> screen.paint(mark.glyph, Style.RED);
            case TIMED_OUT -> screen.paint(mark.glyph, Style.YELLOW);
        };
    }

    /** All correct validators accuse; the first is news. */
    private void accuse(int validator, Observation.Accused accused, long millis) {
        if (!byzantine.contains(validator) && accusations.add(accused.evidence().toString())) {
            event(
                    millis,
                    screen.paint(
                            "evidence: " + accused.evidence() + ", proved by its own signatures (found by " + "v"
                                    + validator + ")",
                            Style.RED,
                            Style.BOLD));
        }
    }

    /** All correct validators have it in their logs; the first is news. */
    private void convict(int validator, Observation.Convicted convicted, long millis) {
        String culprit = "v" + convicted.evidence().culprit().index();
        if (!byzantine.contains(validator) && convictions.add(culprit)) {
            event(
                    millis,
                    screen.paint(
                            culprit + " is convicted: block " + convicted.height() + " holds the evidence",
                            Style.RED,
                            Style.BOLD));
        }
    }

    private void event(long millis, String text) {
        String line = String.format("%5d ms  %s", millis, text);
        if (open.isEmpty()) {
            screen.line(line);
        } else {
            open.lastEntry().getValue().events.add(line);
        }
    }

    private String name(int validator) {
        String name = "v" + validator;
        return byzantine.contains(validator) ? screen.paint(name, Style.RED) : name;
    }

    private String padded(int validator, int width) {
        return name(validator) + " ".repeat(Math.max(0, width - ("v" + validator).length()));
    }

    /** What was proved, each once. */
    List<String> accusations() {
        return List.copyOf(accusations);
    }
}
