package dev.parley.testkit.contract;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import dev.parley.consensus.TimerId;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A core in the hands of chance: what it asks for is answered at any time and in any order, as the seam allows it. */
final class LonelyCore {
    private static final CommandBatch BATCH = new CommandBatch(
            1_800_000_000_000L,
            List.of(new Command(
                    new CommandId(new ClientId(1, 2), 1), Command.DEFAULT_LANE, Long.MAX_VALUE, new byte[] {3})));

    private final ConsensusCore core;
    private final Random random;
    private final Set<TimerId> timers = new LinkedHashSet<>();
    private final List<Input> answers = new ArrayList<>();

    LonelyCore(ConsensusCore core, Random random) {
        this.core = core;
        this.random = random;
        take(new Input.Start(Restored.NOTHING));
        take(new Input.WorkPending(true));
    }

    void take(Input input) {
        for (Effect effect : core.handle(input)) {
            switch (effect) {
                case Effect.StartTimer start -> timers.add(start.timer());
                case Effect.CancelTimer cancel -> timers.remove(cancel.timer());
                case Effect.RequestPayload request -> {
                    answers.removeIf(answer -> answer instanceof Input.PayloadReady);
                    answers.add(new Input.PayloadReady(request.ticket(), BATCH));
                }
                case Effect.CheckPayload check ->
                    answers.add(new Input.PayloadChecked(check.block(), check.certified() || random.nextInt(8) > 0));
                case Effect.Compute compute ->
                    answers.add(
                            new Input.Computed(compute.ticket(), compute.work().run()));
                case Effect.CatchUp behind -> answers.add(new Input.CaughtUp(List.of()));
                default -> {}
            }
        }
    }

    /** Lets one thing happen that the core asked for, if there is any. */
    void happen() {
        if (!timers.isEmpty() && (answers.isEmpty() || random.nextInt(4) == 0)) {
            TimerId timer = List.copyOf(timers).get(random.nextInt(timers.size()));
            timers.remove(timer);
            take(new Input.TimerFired(timer));
        } else if (!answers.isEmpty()) {
            take(answers.remove(random.nextInt(answers.size())));
        }
    }
}
