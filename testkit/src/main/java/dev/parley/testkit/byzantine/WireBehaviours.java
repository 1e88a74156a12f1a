package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The behaviours that need to know no protocol. */
public final class WireBehaviours {
    /** What a replayer, an impersonator and a flooder remember. */
    private static final int MEMORY = 64;

    private static final int FLOOD = 20;

    private WireBehaviours() {}

    public static List<Behaviour> all() {
        return List.of(
                new WireBehaviour("silent", (setup, random) -> (input, effects) -> withoutMessages(effects)),
                new WireBehaviour("selective", WireBehaviours::selective),
                new WireBehaviour("lossy", WireBehaviours::lossy),
                new WireBehaviour("replayer", WireBehaviours::replayer),
                new WireBehaviour("impersonator", WireBehaviours::impersonator),
                new WireBehaviour("flooder", WireBehaviours::flooder));
    }

    /** Takes part, and says nothing to anybody. */
    private static List<Effect> withoutMessages(List<Effect> effects) {
        List<Effect> rest = new ArrayList<>(effects.size());
        for (Effect effect : effects) {
            if (!(effect instanceof Effect.Send) && !(effect instanceof Effect.Broadcast)) {
                rest.add(effect);
            }
        }
        return rest;
    }

    /** Hides all that it says from f chosen validators. */
    private static Mischief selective(ConsensusSetup setup, RandomGenerator random) {
        int size = setup.validators().size();
        boolean[] shunned = new boolean[size];
        for (int i = 0; i < (size - 1) / 3; i++) {
            shunned[random.nextInt(size)] = true;
        }
        return (input, effects) -> {
            List<Effect> rest = new ArrayList<>(effects.size());
            for (Effect effect : effects) {
                switch (effect) {
                    case Effect.Send send -> {
                        if (!shunned[send.to().index()]) {
                            rest.add(send);
                        }
                    }
                    case Effect.Broadcast broadcast -> {
                        for (ValidatorId peer : peers(setup)) {
                            if (!shunned[peer.index()]) {
                                rest.add(new Effect.Send(peer, broadcast.message()));
                            }
                        }
                    }
                    default -> rest.add(effect);
                }
            }
            return rest;
        };
    }

    /** Each message reaches each validator by the toss of a coin. */
    private static Mischief lossy(ConsensusSetup setup, RandomGenerator random) {
        return (input, effects) -> {
            List<Effect> rest = new ArrayList<>(effects.size());
            for (Effect effect : effects) {
                switch (effect) {
                    case Effect.Send send -> {
                        if (random.nextBoolean()) {
                            rest.add(send);
                        }
                    }
                    case Effect.Broadcast broadcast -> {
                        for (ValidatorId peer : peers(setup)) {
                            if (random.nextBoolean()) {
                                rest.add(new Effect.Send(peer, broadcast.message()));
                            }
                        }
                    }
                    default -> rest.add(effect);
                }
            }
            return rest;
        };
    }

    /** Says again what it said before, late and to anybody. */
    private static Mischief replayer(ConsensusSetup setup, RandomGenerator random) {
        List<ConsensusMessage> said = new ArrayList<>();
        return (input, effects) -> {
            List<Effect> more = new ArrayList<>(effects);
            for (Effect effect : effects) {
                if (effect instanceof Effect.Send send) {
                    remember(said, send.message(), random);
                } else if (effect instanceof Effect.Broadcast broadcast) {
                    remember(said, broadcast.message(), random);
                }
            }
            if (!said.isEmpty() && isOccasion(effects) && random.nextInt(2) == 0) {
                more.add(new Effect.Broadcast(said.get(random.nextInt(said.size()))));
            }
            return more;
        };
    }

    /** Passes on what others said as if it were its own. */
    private static Mischief impersonator(ConsensusSetup setup, RandomGenerator random) {
        List<ConsensusMessage> heard = new ArrayList<>();
        return (input, effects) -> {
            List<Effect> more = new ArrayList<>(effects);
            if (input instanceof Input.Received received) {
                remember(heard, received.message(), random);
            }
            if (!heard.isEmpty() && isOccasion(effects)) {
                more.add(new Effect.Broadcast(heard.get(random.nextInt(heard.size()))));
            }
            return more;
        };
    }

    /** Says everything it knows, of its own and of others, many times over to everybody. */
    private static Mischief flooder(ConsensusSetup setup, RandomGenerator random) {
        List<ConsensusMessage> known = new ArrayList<>();
        return (input, effects) -> {
            List<Effect> more = new ArrayList<>(effects);
            if (input instanceof Input.Received received) {
                remember(known, received.message(), random);
            }
            for (Effect effect : effects) {
                if (effect instanceof Effect.Broadcast broadcast) {
                    remember(known, broadcast.message(), random);
                }
            }
            if (!known.isEmpty() && isOccasion(effects) && random.nextInt(2) == 0) {
                for (int i = 0; i < FLOOD; i++) {
                    more.add(new Effect.Broadcast(known.get(random.nextInt(known.size()))));
                }
            }
            return more;
        };
    }

    /** Once for each vote, time-out or proposal: whoever answers each answer floods itself. */
    private static boolean isOccasion(List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist) {
                return true;
            }
        }
        return false;
    }

    private static void remember(List<ConsensusMessage> memory, ConsensusMessage message, RandomGenerator random) {
        if (memory.size() < MEMORY) {
            memory.add(message);
        } else {
            memory.set(random.nextInt(MEMORY), message);
        }
    }

    private static List<ValidatorId> peers(ConsensusSetup setup) {
        List<ValidatorId> peers = new ArrayList<>();
        for (Validator validator : setup.validators().validators()) {
            if (!validator.id().equals(setup.self())) {
                peers.add(validator.id());
            }
        }
        return peers;
    }
}
