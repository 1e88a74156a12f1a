package dev.parley.benchmarks;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Restored;
import dev.parley.consensus.ValidatorId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The cores and verifiers of all validators in one thread: what they send arrives at once and in order, no timer fires, nothing is
 * kept on disk, every block carries the same payload. Not thread-safe.
 */
final class Cores {
    private record Event(int to, Input input) {}

    private final Payload payload;
    private final List<ConsensusCore> cores = new ArrayList<>();
    private final List<MessageVerifier> verifiers = new ArrayList<>();
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long decided;

    Cores(ConsensusProtocol protocol, Validators validators, Payload payload) {
        this.payload = payload;
        for (int i = 0; i < validators.size(); i++) {
            cores.add(protocol.createCore(validators.setup(i)));
            verifiers.add(protocol.createVerifier(validators.setup(i)));
        }
        for (int i = 0; i < cores.size(); i++) {
            events.add(new Event(i, new Input.Start(Restored.NOTHING)));
            events.add(new Event(i, new Input.WorkPending(true)));
        }
    }

    /** Runs until each validator has decided one more block, which in the steady state takes one view. */
    long decideOneMore() {
        long target = decided + cores.size();
        while (decided < target) {
            Event event = events.remove();
            handle(event.to(), event.input());
        }
        return decided;
    }

    private void handle(int index, Input input) {
        if (input instanceof Input.Received(ValidatorId from, ConsensusMessage message)) {
            Refusal refusal = verifiers.get(index).verify(from, message);
            if (refusal != null) {
                throw new IllegalStateException("validator " + index + " refuses a message: " + refusal);
            }
        }
        for (Effect effect : cores.get(index).handle(input)) {
            perform(index, effect);
        }
    }

    private void perform(int index, Effect effect) {
        switch (effect) {
            case Effect.Send(ValidatorId to, ConsensusMessage message) -> send(index, to.index(), message);
            case Effect.Broadcast(ConsensusMessage message) -> {
                for (int to = 0; to < cores.size(); to++) {
                    if (to != index) {
                        send(index, to, message);
                    }
                }
            }
            case Effect.RequestPayload request ->
                events.add(new Event(index, new Input.PayloadReady(request.ticket(), payload)));
            case Effect.CheckPayload check ->
                events.add(new Event(index, new Input.PayloadChecked(check.block(), true)));
            case Effect.Compute(long ticket, var work) ->
                events.add(new Event(index, new Input.Computed(ticket, work.run())));
            case Effect.Decide decide -> decided++;
            case Effect.Persist persist -> {}
            case Effect.Forget forget -> {}
            case Effect.StartTimer start -> {}
            case Effect.CancelTimer cancel -> {}
            case Effect.Certify certify -> {}
            case Effect.Observe observe -> {}
            case Effect.CatchUp catchUp -> throw new IllegalStateException("nobody is behind, and yet " + catchUp);
            case Effect.Accuse accuse -> throw new IllegalStateException("all are correct, and yet " + accuse);
        }
    }

    private void send(int from, int to, ConsensusMessage message) {
        events.add(new Event(to, new Input.Received(new ValidatorId(from), message)));
    }
}
