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
import org.jspecify.annotations.Nullable;

/**
 * Mischief with messages, one at a time: what comes in can be answered, what would go out can be said otherwise.
 *
 * @param <M> the messages of one protocol
 */
public abstract class MessageMischief<M extends ConsensusMessage> implements Mischief {
    /** With the validator's own key, the only one that is used. */
    protected final ConsensusSetup setup;

    protected final RandomGenerator random;
    private final Class<M> type;
    private long last;

    protected MessageMischief(ConsensusSetup setup, RandomGenerator random, Class<M> type) {
        this.setup = setup;
        this.random = random;
        this.type = type;
    }

    @Override
    public final List<Effect> act(Input input, List<Effect> effects) {
        List<Effect> done = new ArrayList<>();
        if (input instanceof Input.Received(ValidatorId from, ConsensusMessage message)) {
            heard(from, type.cast(message), done);
        }
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Broadcast(ConsensusMessage message) -> say(null, type.cast(message), done);
                case Effect.Send(ValidatorId to, ConsensusMessage message) -> say(to, type.cast(message), done);
                default -> {
                    done.add(effect);
                    did(effect);
                }
            }
        }
        after(input, done);
        return done;
    }

    /** A message came in; the honest core has taken it already. */
    protected void heard(ValidatorId from, M message, List<Effect> done) {}

    /**
     * The honest core would say this.
     *
     * @param to null for everybody
     */
    protected void say(@Nullable ValidatorId to, M message, List<Effect> done) {
        send(to, message, done);
    }

    /** The honest core does something else than to say something, and it is done. */
    protected void did(Effect effect) {}

    /** All else is done. */
    protected void after(Input input, List<Effect> done) {}

    /** @param to null for everybody */
    protected static void send(@Nullable ValidatorId to, ConsensusMessage message, List<Effect> done) {
        done.add(to == null ? new Effect.Broadcast(message) : new Effect.Send(to, message));
    }

    /** Once for each number, and never for a lower one again, lest two forgers answer each other for ever. */
    protected final boolean isFirstOf(long number) {
        boolean first = number > last;
        last = Math.max(last, number);
        return first;
    }

    protected final List<ValidatorId> peers() {
        List<ValidatorId> peers = new ArrayList<>();
        for (Validator validator : setup.validators().validators()) {
            if (!validator.id().equals(setup.self())) {
                peers.add(validator.id());
            }
        }
        return peers;
    }

    /** f, for equal validators. */
    protected final int mayFail() {
        return (setup.validators().size() - 1) / 3;
    }

    /** So many peers, by chance. */
    protected final List<ValidatorId> some(int count) {
        List<ValidatorId> peers = peers();
        while (peers.size() > count) {
            peers.remove(random.nextInt(peers.size()));
        }
        return peers;
    }
}
