package dev.parley.testkit.tendermint;

import dev.parley.tendermint.TendermintRules;
import dev.parley.tendermint.VoteKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * All runs of Tendermint in a {@link SmallWorld}, breadth first: four validators of which any one is Byzantine, one height, up to
 * three rounds. Campaigns try many runs of a large world; this leaves out none of a small one.
 *
 * <p><b>What is covered.</b> The steps of correct validators are those of the real core under the given rules; {@link LocalSteps}
 * asks it. The Byzantine validator may sign any vote for anything, propose two blocks or none, and propose any block again with
 * any certificate that can be put together, and say each of that to some and not to others.
 *
 * <p><b>What the abstraction rests on.</b>
 * <ul>
 *   <li>What was said can be heard from then on by anybody, once or never: messages are a set that only grows. That is any order,
 *       any delay and any loss, and so the network needs no state.
 *   <li>Work is pending and each timer that runs may fire at any moment or never, so time needs no state either.
 *   <li>A validator is what a restart would find on its disk ({@link LocalState}). A rule waits for messages that are there; that
 *       others are there too takes no step away. So what was heard but not yet acted on can be forgotten and heard again.
 *   <li>For the same reason each step is tried with the fewest messages that make the core act. They are of one kind: a proposal,
 *       votes of one kind and round with one from each sender, or two messages of higher rounds. A polka that a peer passes on
 *       brings votes, and is heard as these. A block, a check and a payload
 *       that a core asks for come at any later moment.
 *   <li>Who has decided stops. Its votes remain, and they are all that its certificate says.
 *   <li>Validators that propose in none of the rounds can be exchanged, and so can the two blocks of a Byzantine proposer:
 *       states that differ by that alone are one. {@link StateTable} compares whole states, so no collision can hide one.
 * </ul>
 *
 * <p><b>What is assumed.</b> No run reads more of a core than these rules; a restarted core goes on as one that was not
 * restarted would (TendermintRestartTest tries that by itself); signatures can't be forged. Not covered: what is said in rounds
 * beyond the bound, a third block of a Byzantine proposer, progress, later heights, and crashes between a record and its message.
 */
public final class ExhaustiveSearch {
    /** What must hold in every state. */
    public enum Property {
        AGREEMENT("no two correct validators decide differently"),
        PROOF("a decided block has precommits of a quorum in one round"),
        ONE_VOTE("no correct validator signs two votes of one kind, or two proposals, in one round"),
        LOCK_IS_VALID("lockedRound is no later than validRound");

        private final String what;

        Property(String what) {
            this.what = what;
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /**
     * The first violation of a property in breadth-first order: none is nearer.
     *
     * @param depth steps from the beginning
     * @param story what each step added, a line each
     */
    public record Violation(int depth, List<String> story) {
        public Violation {
            story = List.copyOf(story);
        }
    }

    /**
     * What a search met.
     *
     * @param complete whether it met all states; else it ended at {@code maxStates}, or where two validators first decided differently
     * @param states distinct ones, those that a symmetry maps to each other counted once
     * @param transitions steps taken, to states old and new
     * @param depth the most steps that a state is away from the beginning
     * @param localStates of single validators
     * @param replays runs of a core
     * @param deciding states in which this many correct validators have decided, from 0 to 3
     * @param split states in which correct validators have voted for both blocks of the Byzantine proposer
     * @param relocks transitions that move a lock to a later round
     * @param violations the first one of each property that was violated
     */
    public record Result(
            boolean complete,
            int states,
            long transitions,
            int depth,
            int localStates,
            long replays,
            List<Integer> deciding,
            int split,
            long relocks,
            Map<Property, Violation> violations) {
        public Result {
            deciding = List.copyOf(deciding);
            violations = Map.copyOf(violations);
        }
    }

    private static final List<List<Integer>> ORDERS = List.of(
            List.of(0, 1, 2), List.of(0, 2, 1), List.of(1, 0, 2), List.of(1, 2, 0), List.of(2, 0, 1), List.of(2, 1, 0));
    private static final int CORRECT = SmallWorld.VALIDATORS - 1;
    private static final int NUMBER_BITS = 21;
    private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;
    private static final int QUORUM = 3;

    private record Symmetry(List<Integer> places, boolean exchange) {}

    private final SmallWorld world;
    private final LocalSteps local;
    private final int[] validators = new int[CORRECT];
    private final List<Symmetry> symmetries;
    private final StateTable table = new StateTable();
    private final int maxStates;
    private final Map<Property, Integer> firstViolations = new EnumMap<>(Property.class);
    private final int[] deciding = new int[CORRECT + 1];
    private int[] exchanged = new int[0];
    private long transitions;
    private int split;
    private long relocks;

    /**
     * @param rounds 1 to 3
     * @param byzantine 0 to 3
     * @param symmetric whether states that differ by names alone are one
     * @param maxStates where to give up
     */
    public ExhaustiveSearch(TendermintRules rules, int rounds, int byzantine, boolean symmetric, int maxStates) {
        world = new SmallWorld(rules, rounds, byzantine);
        local = new LocalSteps(world);
        this.maxStates = maxStates;
        int at = 0;
        for (int validator = 0; validator < SmallWorld.VALIDATORS; validator++) {
            if (validator != byzantine) {
                validators[at++] = validator;
            }
        }
        symmetries = symmetric ? symmetries() : List.of();
    }

    public Result run() {
        int first = local.number(LocalState.FIRST);
        meet(pack(first, first, first), -1);
        int depth = 0;
        int levelEnd = table.size();
        List<Integer> levels = new ArrayList<>();
        levels.add(levelEnd);
        int at = 0;
        while (at < table.size() && table.size() < maxStates && !firstViolations.containsKey(Property.AGREEMENT)) {
            if (at == levelEnd) {
                depth++;
                levelEnd = table.size();
                levels.add(levelEnd);
            }
            expand(at++);
        }
        boolean complete = at == table.size();
        depth += table.size() > levelEnd ? 1 : 0;
        levels.add(table.size());
        Map<Property, Violation> violations = new EnumMap<>(Property.class);
        firstViolations.forEach((property, state) -> {
            List<String> story = story(state);
            int steps = 0;
            while (levels.get(steps) <= state) {
                steps++;
            }
            violations.put(property, new Violation(steps, story));
        });
        List<Integer> decided = new ArrayList<>();
        for (int count : deciding) {
            decided.add(count);
        }
        return new Result(
                complete,
                table.size(),
                transitions,
                depth,
                local.size(),
                local.replays(),
                decided,
                split,
                relocks,
                violations);
    }

    private void expand(int index) {
        long state = table.state(index);
        int[] numbers = unpack(state);
        long[] sent = new long[SmallWorld.VALIDATORS];
        for (int i = 0; i < CORRECT; i++) {
            sent[validators[i]] = local.state(numbers[i]).sent();
        }
        for (int i = 0; i < CORRECT; i++) {
            int before = numbers[i];
            for (LocalSteps.Step step : local.from(validators[i], before)) {
                if (step.need().isMet(sent)) {
                    transitions++;
                    if (movesLock(local.state(before), local.state(step.target()))) {
                        relocks++;
                    }
                    numbers[i] = step.target();
                    meet(pack(numbers[0], numbers[1], numbers[2]), index);
                }
            }
            numbers[i] = before;
        }
    }

    private static boolean movesLock(LocalState before, LocalState after) {
        return before.lockRound() >= 0 && after.lockRound() > before.lockRound();
    }

    private void meet(long state, int parent) {
        if (table.add(canonical(state), parent)) {
            check(table.size() - 1);
        }
    }

    // Properties

    private void check(int index) {
        int[] numbers = unpack(table.state(index));
        TreeSet<Integer> values = new TreeSet<>();
        int count = 0;
        long said = 0;
        for (int number : numbers) {
            LocalState each = local.state(number);
            said |= each.sent();
            if (each.decided() != 0) {
                count++;
                values.add(each.decided());
                if (!isProven(each.decided(), numbers)) {
                    firstViolations.putIfAbsent(Property.PROOF, index);
                }
            }
            if (signsTwice(each.sent())) {
                firstViolations.putIfAbsent(Property.ONE_VOTE, index);
            }
            if (each.lockRound() > each.validRound()) {
                firstViolations.putIfAbsent(Property.LOCK_IS_VALID, index);
            }
        }
        deciding[count]++;
        if (isSplit(said)) {
            split++;
        }
        if (values.size() > 1) {
            firstViolations.putIfAbsent(Property.AGREEMENT, index);
        }
    }

    /** The Byzantine validator precommits whatever is asked for. */
    private boolean isProven(int value, int[] numbers) {
        for (int round = 0; round < world.rounds; round++) {
            int bit = world.voteBit(VoteKind.PRECOMMIT, round, value);
            int precommits = 1;
            for (int number : numbers) {
                precommits += (int) (local.state(number).sent() >>> bit & 1);
            }
            if (precommits >= QUORUM) {
                return true;
            }
        }
        return false;
    }

    private boolean isSplit(long said) {
        for (int value = 1; value < world.valueCount(); value++) {
            int twin = world.exchangeValue(value);
            if (twin > value && isVotedFor(value, said) && isVotedFor(twin, said)) {
                return true;
            }
        }
        return false;
    }

    private boolean isVotedFor(int value, long said) {
        for (int round = 0; round < world.rounds; round++) {
            for (VoteKind kind : VoteKind.values()) {
                if ((said >>> world.voteBit(kind, round, value) & 1) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean signsTwice(long sent) {
        for (int round = 0; round < world.rounds; round++) {
            for (VoteKind kind : VoteKind.values()) {
                if (Long.bitCount(sent & world.voteSlot(kind, round)) > 1) {
                    return true;
                }
            }
            if (Long.bitCount(sent & world.proposalSlot(round)) > 1) {
                return true;
            }
        }
        return false;
    }

    // Symmetry

    /** Validators that propose in no round are interchangeable, and so are the two blocks of a Byzantine proposer. */
    private List<Symmetry> symmetries() {
        List<List<Integer>> orders = new ArrayList<>();
        for (List<Integer> order : ORDERS) {
            boolean allowed = true;
            for (int i = 0; i < CORRECT; i++) {
                boolean proposes = validators[i] < world.rounds;
                allowed &= order.get(i) == i || (!proposes && validators[order.get(i)] >= world.rounds);
            }
            if (allowed) {
                orders.add(order);
            }
        }
        List<Symmetry> found = new ArrayList<>();
        for (List<Integer> order : orders) {
            found.add(new Symmetry(order, false));
            if (world.hasTwins()) {
                found.add(new Symmetry(order, true));
            }
        }
        found.removeFirst();
        return found;
    }

    private long canonical(long state) {
        long least = state;
        if (!symmetries.isEmpty()) {
            int[] numbers = unpack(state);
            for (Symmetry symmetry : symmetries) {
                least = Math.min(least, image(numbers, symmetry));
            }
        }
        return least;
    }

    private long image(int[] numbers, Symmetry symmetry) {
        int[] image = new int[CORRECT];
        for (int i = 0; i < CORRECT; i++) {
            int number = numbers[symmetry.places().get(i)];
            image[i] = symmetry.exchange() ? exchanged(number) : number;
        }
        return pack(image[0], image[1], image[2]);
    }

    private int exchanged(int number) {
        if (number >= exchanged.length) {
            int[] longer = new int[Math.max(number + 1, exchanged.length * 2)];
            Arrays.fill(longer, -1);
            System.arraycopy(exchanged, 0, longer, 0, exchanged.length);
            exchanged = longer;
        }
        if (exchanged[number] < 0) {
            exchanged[number] = local.number(local.state(number).exchanged(world));
        }
        return exchanged[number];
    }

    private static long pack(int a, int b, int c) {
        if ((a | b | c) > NUMBER_MASK) {
            throw new IllegalStateException("more local states than " + NUMBER_BITS + " bits can number");
        }
        return ((long) a << (2 * NUMBER_BITS)) | ((long) b << NUMBER_BITS) | c;
    }

    private static int[] unpack(long state) {
        return new int[] {
            (int) (state >>> (2 * NUMBER_BITS)),
            (int) ((state >>> NUMBER_BITS) & NUMBER_MASK),
            (int) (state & NUMBER_MASK)
        };
    }

    // Telling how a state is reached

    private List<String> story(int index) {
        List<Integer> path = new ArrayList<>();
        for (int at = index; at >= 0; at = table.parent(at)) {
            path.addFirst(at);
        }
        List<String> lines = new ArrayList<>();
        for (int i = 1; i < path.size(); i++) {
            lines.add(difference(table.state(path.get(i - 1)), table.state(path.get(i))));
        }
        return lines;
    }

    /** Symmetry may have renamed what a step led to; then the step is told as it was before that. */
    private String difference(long from, long to) {
        int[] before = unpack(from);
        long[] sent = new long[SmallWorld.VALIDATORS];
        for (int i = 0; i < CORRECT; i++) {
            sent[validators[i]] = local.state(before[i]).sent();
        }
        for (int i = 0; i < CORRECT; i++) {
            int[] after = before.clone();
            for (LocalSteps.Step step : local.from(validators[i], before[i])) {
                after[i] = step.target();
                long reached = pack(after[0], after[1], after[2]);
                if (step.need().isMet(sent) && canonical(reached) == to) {
                    return "v" + validators[i] + " "
                            + describe(local.state(before[i]), local.state(step.target()))
                            + (reached == to ? "" : " (names are exchanged after this)");
                }
            }
        }
        throw new IllegalStateException("no step leads from a state to its successor");
    }

    private String describe(LocalState before, LocalState after) {
        List<String> said = new ArrayList<>();
        long added = after.sent() & ~before.sent();
        for (int round = 0; round < world.rounds; round++) {
            if ((added & world.proposalSlot(round)) != 0) {
                said.add("proposes in round " + round);
            }
            for (VoteKind kind : VoteKind.values()) {
                for (int value = 0; value < world.valueCount(); value++) {
                    if ((added >>> world.voteBit(kind, round, value) & 1) != 0) {
                        said.add(kind + "s " + world.name(value) + " in round " + round);
                    }
                }
            }
        }
        if (after.decided() != 0) {
            said.add("decides " + world.name(after.decided()));
        } else {
            if (after.round() != before.round()) {
                said.add("enters round " + after.round());
            }
            if (after.lockRound() >= 0 && after.lockRound() != before.lockRound()) {
                said.add("locks " + world.name(after.lockValue()));
            }
            if (after.validRound() >= 0 && after.validRound() != before.validRound()) {
                said.add("holds " + world.name(after.validValue()) + " for valid");
            }
        }
        return said.isEmpty() ? "changes its record" : String.join(", ", said);
    }
}
