package dev.parley.testkit.scenario;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.testkit.sim.SimulatedCluster;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tells a run as people would: one line for each thing that happened, with all validators to which it happened at about the same time. */
final class Transcript implements SimulatedCluster.Listener {
    /** What happens to several validators within this time is told once. */
    private static final long TOGETHER_MICROS = 5_000;

    private static final class Line {
        private final long micros;
        private final String what;
        private final TreeSet<ValidatorId> who = new TreeSet<>();

        private Line(long micros, String what) {
            this.micros = micros;
            this.what = what;
        }
    }

    private final ConsensusProtocol protocol;
    private final List<Line> lines = new ArrayList<>();
    private final Map<BlockId, String> names = new HashMap<>();
    private final Map<Long, Integer> blocksOfHeight = new HashMap<>();
    /** Blocks that validators spoke of before anything told their height. */
    private final List<BlockId> spokenOf = new ArrayList<>();

    private final boolean leaders;
    private int paragraph;

    /**
     * @param protocol knows what its views are called
     * @param leaders whether what is proposed is a block; else a part of one
     */
    Transcript(ConsensusProtocol protocol, boolean leaders) {
        this.protocol = protocol;
        this.leaders = leaders;
    }

    /** A line of the scenario itself. */
    void command(long micros, String command) {
        lines.add(new Line(micros, "-- " + command));
        paragraph = lines.size();
    }

    /** What the scenario's adversary says of itself. */
    void report(long micros, String text) {
        text.lines().forEach(line -> lines.add(new Line(micros, line)));
        paragraph = lines.size();
    }

    @Override
    public void observed(long micros, ValidatorId validator, Observation observation) {
        String what = tell(observation);
        if (what != null) {
            for (int i = lines.size() - 1; i >= paragraph && micros - lines.get(i).micros <= TOGETHER_MICROS; i--) {
                if (lines.get(i).what.equals(what)) {
                    lines.get(i).who.add(validator);
                    return;
                }
                if (lines.get(i).who.contains(validator)) {
                    break;
                }
            }
            Line line = new Line(micros, what);
            line.who.add(validator);
            lines.add(line);
        }
    }

    private @Nullable String tell(Observation observation) {
        return switch (observation) {
            // What moves validators on when all is well goes without saying.
            case Observation.ViewEntered o ->
                switch (o.cause()) {
                    case "QC", "commit" -> null;
                    case "start" -> "starts in " + view(o.view());
                    default -> "enters " + view(o.view()) + " (" + o.cause() + ")";
                };
            case Observation.Proposed o
            when !leaders -> "proposes " + (o.empty() ? "an empty part" : "a part") + " of " + view(o.view());
            case Observation.Proposed o ->
                "proposes " + name(o.block(), o.height()) + (o.empty() ? ", empty," : "") + " in " + view(o.view());
            case Observation.ProposalReceived o -> {
                name(o.block(), o.height());
                yield null;
            }
            case Observation.Voted o -> o.kind() + "s for " + name(o.block()) + " in " + view(o.view());
            case Observation.VoteWithheld o -> "does not vote for " + name(o.block()) + ": " + o.why();
            case Observation.CertificateFormed o ->
                "has a " + o.kind() + " of " + view(o.view())
                        + (names.containsKey(o.block()) ? " for " + name(o.block()) : "")
                        + " from " + list(o.signers());
            case Observation.Locked o -> null;
            case Observation.TimedOut o ->
                "times out in " + view(o.view()) + " after " + o.delayMillis() + " ms (" + o.timer() + ")";
            case Observation.Decided o -> "decides height " + o.height() + ": " + name(o.block(), o.height());
            case Observation.Resting o -> "rests in " + view(o.view());
            case Observation.Tossed o ->
                "tosses " + (o.side() ? "1" : "0") + " about " + o.instance() + " in round " + o.round() + " of "
                        + view(o.view());
            case Observation.Fetching o -> "asks " + o.from() + " for " + name(o.block());
            case Observation.CaughtUp o ->
                o.fromHeight() == o.toHeight()
                        ? "has caught up with height " + o.toHeight()
                        : "has caught up with heights " + o.fromHeight() + " to " + o.toHeight();
            case Observation.FetchingSnapshot o -> "fetches the snapshot of height " + o.height();
            case Observation.SnapshotInstalled o -> "goes on from the snapshot of height " + o.height();
            case Observation.SnapshotUnusable o -> "cannot use the snapshot of height " + o.height();
            case Observation.Refused o ->
                "refuses what " + o.refusal().from() + " sent: "
                        + o.refusal().reason().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            case Observation.Accused o ->
                "accuses " + o.evidence().culprit() + " of " + o.evidence().offence();
            case Observation.Convicted o ->
                "has the evidence against " + o.evidence().culprit() + " in its log at height " + o.height();
            case Observation.Recovering o -> "has an empty disk";
            case Observation.Recovered o -> "takes part again above height " + o.height();
            case Observation.Stalled o -> "stalls";
            case Observation.Stopped o -> "stops: " + o.why();
        };
    }

    private String view(long view) {
        return protocol.viewName(view);
    }

    private String name(BlockId block, long height) {
        return names.computeIfAbsent(
                block, b -> "b" + height + "'".repeat(blocksOfHeight.merge(height, 1, Integer::sum) - 1));
    }

    private String name(@Nullable BlockId block) {
        if (block == null) {
            return "nil";
        }
        String known = names.get(block);
        if (known != null) {
            return known;
        }
        if (!spokenOf.contains(block)) {
            spokenOf.add(block);
        }
        return "{" + spokenOf.indexOf(block) + "}";
    }

    /** With the names of blocks that had none yet when the line was written. */
    private String named(String what) {
        String text = what;
        for (int i = 0; i < spokenOf.size(); i++) {
            text = text.replace("{" + i + "}", names.getOrDefault(spokenOf.get(i), "an unknown block"));
        }
        return text;
    }

    private static String list(Collection<ValidatorId> validators) {
        StringBuilder text = new StringBuilder();
        for (ValidatorId validator : new TreeSet<>(validators)) {
            text.append(text.isEmpty() ? "" : " ").append(validator);
        }
        return text.toString();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            text.append(String.format(
                    Locale.ROOT,
                    "%6.1f ms  %-12s %s%n",
                    line.micros / 1000.0,
                    line.what.startsWith("--") ? "" : list(line.who),
                    named(line.what)));
        }
        return text.toString().replace(" ms               --", " ms  --").replace("\r\n", "\n");
    }
}
