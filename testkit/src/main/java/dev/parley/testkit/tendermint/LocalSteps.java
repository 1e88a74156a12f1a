package dev.parley.testkit.tendermint;

import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.VoteKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What correct validators can do by themselves: states are numbered as they are met, and the real core says what follows each. */
final class LocalSteps {
    /**
     * One step of one validator.
     *
     * @param need the messages that make it possible
     * @param target the number of the state after it
     */
    record Step(Need need, int target) {}

    private final SmallWorld world;
    private final List<LocalState> states = new ArrayList<>();
    private final Map<LocalState, Integer> numbers = new HashMap<>();
    /** By state and validator, empty for what is not explored yet. */
    private final List<Optional<List<Step>>> steps = new ArrayList<>();

    private long replays;

    LocalSteps(SmallWorld world) {
        this.world = world;
    }

    int number(LocalState state) {
        Integer known = numbers.get(state);
        if (known != null) {
            return known;
        }
        numbers.put(state, states.size());
        states.add(state);
        for (int i = 0; i < SmallWorld.VALIDATORS; i++) {
            steps.add(Optional.empty());
        }
        return states.size() - 1;
    }

    LocalState state(int number) {
        return states.get(number);
    }

    int size() {
        return states.size();
    }

    /** How many runs of a core it took. */
    long replays() {
        return replays;
    }

    List<Step> from(int validator, int number) {
        int place = number * SmallWorld.VALIDATORS + validator;
        if (steps.get(place).isEmpty()) {
            steps.set(place, Optional.of(explore(validator, number)));
        }
        return steps.get(place).orElseThrow();
    }

    private List<Step> explore(int validator, int number) {
        LocalState from = states.get(number);
        if (from.decided() != 0) {
            return List.of();
        }
        Exploration exploration = new Exploration(validator, from);
        exploration.run();
        List<Step> found = new ArrayList<>();
        exploration.needs.forEach((state, needs) -> {
            int target = number(state);
            needs.forEach(need -> found.add(new Step(need, target)));
        });
        return List.copyOf(found);
    }

    /** All steps from one state. Cores can't be copied, so each attempt starts one anew. */
    private final class Exploration {
        private final int validator;
        private final LocalState from;
        private final Map<LocalState, List<Need>> needs = new HashMap<>();

        Exploration(int validator, LocalState from) {
            this.validator = validator;
            this.from = from;
        }

        void run() {
            if (from.round() < world.rounds) {
                answers(List.of(), List.of());
                for (SmallWorld.Deliverable proposal : world.proposals()) {
                    if (proposal.sender() != validator) {
                        attempt(List.of(proposal));
                    }
                }
                skips();
            }
            int last = Math.min(from.round(), world.rounds - 1);
            for (VoteKind kind : VoteKind.values()) {
                if (kind == VoteKind.PRECOMMIT && world.rules().countsPrecommitsAcrossRounds()) {
                    votes(kind, 0, last, 0, new ArrayList<>());
                } else {
                    for (int round = 0; round <= last; round++) {
                        votes(kind, round, round, 0, new ArrayList<>());
                    }
                }
            }
        }

        /** Of each other validator one vote or none; nothing is added to what makes the core act. */
        private void votes(VoteKind kind, int first, int last, int voter, List<SmallWorld.Deliverable> chosen) {
            if (voter == SmallWorld.VALIDATORS) {
                return;
            }
            votes(kind, first, last, voter + 1, chosen);
            if (voter == validator) {
                return;
            }
            for (int round = first; round <= last; round++) {
                for (int value = 0; value < world.valueCount(); value++) {
                    if (value == SmallWorld.NIL || world.block(value).header().round() <= round) {
                        chosen.add(world.deliverableVote(kind, round, value, voter));
                        if (!attempt(chosen)) {
                            votes(kind, first, last, voter + 1, chosen);
                        }
                        chosen.removeLast();
                    }
                }
            }
        }

        /** Any two messages of two validators in higher rounds. */
        private void skips() {
            List<SmallWorld.Deliverable> higher = new ArrayList<>();
            for (int round = from.round() + 1; round < world.rounds; round++) {
                for (int voter = 0; voter < SmallWorld.VALIDATORS; voter++) {
                    for (VoteKind kind : VoteKind.values()) {
                        for (int value = 0; value < world.valueCount() && voter != validator; value++) {
                            higher.add(world.deliverableVote(kind, round, value, voter));
                        }
                    }
                }
            }
            for (SmallWorld.Deliverable proposal : world.proposals()) {
                if (proposal.sender() != validator
                        && proposal.message() instanceof Proposal whole
                        && whole.round() > from.round()) {
                    higher.add(proposal);
                }
            }
            for (int i = 0; i < higher.size(); i++) {
                if (!attempt(List.of(higher.get(i)))) {
                    for (int j = i + 1; j < higher.size(); j++) {
                        if (higher.get(j).sender() != higher.get(i).sender()) {
                            attempt(List.of(higher.get(i), higher.get(j)));
                        }
                    }
                }
            }
        }

        /** @return whether the core acts on these messages */
        private boolean attempt(List<SmallWorld.Deliverable> messages) {
            if (!new Replay(messages, List.of()).run.hasActed()) {
                return false;
            }
            answers(messages, List.of());
            return true;
        }

        /** The state that these messages and answers lead to, and those to which answers to what the core now waits for lead. */
        private void answers(List<SmallWorld.Deliverable> messages, List<String> given) {
            Replay replay = new Replay(messages, given);
            LocalState reached = replay.run.state();
            if (!reached.equals(from)) {
                found(reached, replay.need);
                return;
            }
            for (String name : replay.run.awaited()) {
                List<String> more = new ArrayList<>(given);
                more.add(name);
                answers(messages, more);
            }
        }

        /** A run from the beginning. */
        private final class Replay {
            private final CoreRun run = new CoreRun(world, validator, from);
            private Need need = Need.NOTHING;

            Replay(List<SmallWorld.Deliverable> messages, List<String> given) {
                replays++;
                for (SmallWorld.Deliverable message : messages) {
                    run.deliver(message);
                    need = need.and(message.need());
                }
                for (String name : given) {
                    need = need.and(run.answer(name));
                }
            }
        }

        private void found(LocalState whole, Need need) {
            boolean beyond = whole.decided() == 0 && whole.round() >= world.rounds;
            if (beyond && from.round() >= world.rounds) {
                return;
            }
            LocalState reached = beyond ? LocalState.beyond(world.rounds, whole.sent()) : whole;
            List<Need> known = needs.computeIfAbsent(reached, state -> new ArrayList<>());
            for (Need other : known) {
                if (other.isWithin(need)) {
                    return;
                }
            }
            known.removeIf(other -> need.isWithin(other));
            known.add(need);
        }
    }
}
