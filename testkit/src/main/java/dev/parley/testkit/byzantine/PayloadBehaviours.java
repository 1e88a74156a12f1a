package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Proposers that keep to the protocol and lie in what their blocks carry. They need to know no protocol. */
public final class PayloadBehaviours {
    private static final long HOUR_MILLIS = 3_600_000;

    private PayloadBehaviours() {}

    public static List<Behaviour> all() {
        return List.of(
                new WireBehaviour("time-liar", (setup, random) -> new Rewriter(batch -> atAnotherTime(batch, random))),
                new WireBehaviour("censor", (setup, random) -> new Rewriter(new Censorship())),
                new WireBehaviour(
                        "false-accuser", (setup, random) -> new Rewriter(batch -> accusing(batch, setup, random))));
    }

    private record Rewriter(UnaryOperator<CommandBatch> lie) implements Mischief {
        @Override
        public Input hear(Input input) {
            return input instanceof Input.PayloadReady(long ticket, CommandBatch batch)
                    ? new Input.PayloadReady(ticket, lie.apply(batch))
                    : input;
        }

        @Override
        public List<Effect> act(Input input, List<Effect> effects) {
            return effects;
        }
    }

    /** Leaves out all commands of one client, the first that it ever hears of. */
    private static final class Censorship implements UnaryOperator<CommandBatch> {
        private @Nullable ClientId censored;

        @Override
        public CommandBatch apply(CommandBatch batch) {
            if (censored == null && !batch.commands().isEmpty()) {
                censored = batch.commands().getFirst().id().client();
            }
            List<Command> others = batch.commands().stream()
                    .filter(command -> !command.id().client().equals(censored))
                    .toList();
            return new CommandBatch(batch.timeMillis(), batch.evidence(), others);
        }
    }

    /** An hour ahead, an hour behind, or as far as honest clocks may be apart. */
    private static CommandBatch atAnotherTime(CommandBatch batch, RandomGenerator random) {
        long time = batch.timeMillis();
        long lie = switch (random.nextInt(4)) {
            case 0 -> time + HOUR_MILLIS;
            case 1 -> Math.max(0, time - HOUR_MILLIS);
            default -> time + random.nextInt(1000);
        };
        return new CommandBatch(lie, batch.evidence(), batch.commands());
    }

    /** Evidence whose signatures nobody made, against its neighbour or against a validator that there is not. */
    private static CommandBatch accusing(CommandBatch batch, ConsensusSetup setup, RandomGenerator random) {
        int size = setup.validators().size();
        int culprit = random.nextInt(4) == 0 ? size : (setup.self().index() + 1) % size;
        byte[] forged = new byte[16];
        random.nextBytes(forged);
        Evidence evidence = new Evidence(
                new ValidatorId(culprit),
                "nothing at all",
                new SignedStatement(new byte[] {1}, new Signature(forged)),
                new SignedStatement(new byte[] {2}, new Signature(forged)));
        return new CommandBatch(batch.timeMillis(), List.of(evidence), batch.commands());
    }
}
