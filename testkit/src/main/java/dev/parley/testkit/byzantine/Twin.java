package dev.parley.testkit.byzantine;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Computation;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Payload;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.CommandBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One key, run by two honest cores on two sides of the others, as in "Twins: BFT systems made robust" (Bano et al., arXiv 2004.10617).
 * Some of the others deal with the one, some with the other, some hear both. The second gets payloads of another time, so that the twins
 * propose different blocks, and follows the decisions of the first, so that they meet at every height.
 */
public final class Twin implements Behaviour {
    private static final String SECOND = "twin-";

    /** With whom one of the others deals. */
    private enum Side {
        FIRST,
        SECOND,
        BOTH;

        private static final List<Side> ALL = List.of(values());
    }

    @Override
    public String name() {
        return "twin";
    }

    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        return new WithOtherCores(
                honest,
                setup -> new TwinCore(
                        setup, honest.createCore(setup), new SecondCore(honest.createCore(setup)), random));
    }

    /** The second twin: all that it asks of the shell is answered here or dropped, but for timers and messages. */
    private static final class SecondCore {
        private final ConsensusCore core;
        private long height;
        private BlockId tip = BlockId.GENESIS;
        private long ticket = -1;

        SecondCore(ConsensusCore core) {
            this.core = core;
        }

        List<Effect> handle(Input input) {
            List<Effect> said = new ArrayList<>();
            List<Input> next = new ArrayList<>(List.of(input));
            while (!next.isEmpty()) {
                for (Effect effect : core.handle(next.removeFirst())) {
                    switch (effect) {
                        case Effect.Send send -> said.add(send);
                        case Effect.Broadcast broadcast -> said.add(broadcast);
                        case Effect.StartTimer(TimerId timer, Duration delay) ->
                            said.add(new Effect.StartTimer(new TimerId(SECOND + timer.name()), delay));
                        case Effect.CancelTimer(TimerId timer) ->
                            said.add(new Effect.CancelTimer(new TimerId(SECOND + timer.name())));
                        case Effect.CheckPayload check -> next.add(new Input.PayloadChecked(check.block(), true));
                        case Effect.Compute(long asked, Computation work) ->
                            next.add(new Input.Computed(asked, work.run()));
                        case Effect.RequestPayload request -> ticket = request.ticket();
                        case Effect.Decide(DecidedBlock block) -> decided(block);
                        default -> {}
                    }
                }
            }
            return said;
        }

        private void decided(DecidedBlock block) {
            height = block.height();
            tip = block.id();
        }

        List<Effect> payload(Payload payload) {
            if (ticket < 0) {
                return List.of();
            }
            long answered = ticket;
            ticket = -1;
            Payload other = payload instanceof CommandBatch batch
                    ? new CommandBatch(batch.timeMillis() + 1, batch.evidence(), batch.commands())
                    : payload;
            return handle(new Input.PayloadReady(answered, other));
        }

        /** What the first decided; nothing if that is another log than its own. */
        List<Effect> follow(List<DecidedBlock> blocks) {
            List<DecidedBlock> news =
                    blocks.stream().filter(block -> block.height() > height).toList();
            boolean follows = !news.isEmpty()
                    && news.getFirst().height() == height + 1
                    && news.getFirst().parent().equals(tip);
            return follows ? handle(new Input.CaughtUp(news)) : List.of();
        }
    }

    private static final class TwinCore implements ConsensusCore {
        private final ConsensusCore first;
        private final SecondCore second;
        private final ValidatorId self;
        private final Side[] sides;

        TwinCore(ConsensusSetup setup, ConsensusCore first, SecondCore second, RandomGenerator random) {
            this.first = first;
            this.second = second;
            this.self = setup.self();
            this.sides = new Side[setup.validators().size()];
            for (int i = 0; i < sides.length; i++) {
                sides[i] = Side.ALL.get(random.nextInt(Side.ALL.size()));
            }
        }

        @Override
        public List<Effect> handle(Input input) {
            List<Effect> done = new ArrayList<>();
            switch (input) {
                case Input.Start start -> {
                    DecidedBlock last = start.restored().lastDecided();
                    if (last != null) {
                        second.decided(last);
                    }
                    first(first.handle(start), done);
                    second(second.handle(start), done);
                }
                case Input.Received received -> {
                    Side side = sides[received.from().index()];
                    if (side != Side.SECOND) {
                        first(first.handle(received), done);
                    }
                    if (side != Side.FIRST) {
                        second(second.handle(received), done);
                    }
                }
                case Input.TimerFired(TimerId timer)
                when timer.name().startsWith(SECOND) ->
                    second(
                            second.handle(new Input.TimerFired(
                                    new TimerId(timer.name().substring(SECOND.length())))),
                            done);
                case Input.PayloadReady ready -> {
                    first(first.handle(ready), done);
                    second(second.payload(ready.payload()), done);
                }
                case Input.CaughtUp caughtUp -> {
                    first(first.handle(caughtUp), done);
                    second(second.follow(caughtUp.blocks()), done);
                }
                case Input.WorkPending pending -> {
                    first(first.handle(pending), done);
                    second(second.handle(pending), done);
                }
                default -> first(first.handle(input), done);
            }
            return done;
        }

        private void first(List<Effect> effects, List<Effect> done) {
            for (Effect effect : effects) {
                switch (effect) {
                    case Effect.Broadcast(ConsensusMessage message) -> tell(message, Side.FIRST, done);
                    case Effect.Send send when sides[send.to().index()] == Side.SECOND -> {}
                    case Effect.Decide(DecidedBlock block) -> {
                        done.add(effect);
                        second(second.follow(List.of(block)), done);
                    }
                    default -> done.add(effect);
                }
            }
        }

        private void second(List<Effect> effects, List<Effect> done) {
            for (Effect effect : effects) {
                switch (effect) {
                    case Effect.Broadcast(ConsensusMessage message) -> tell(message, Side.SECOND, done);
                    case Effect.Send send when sides[send.to().index()] == Side.FIRST -> {}
                    default -> done.add(effect);
                }
            }
        }

        private void tell(ConsensusMessage message, Side by, List<Effect> done) {
            for (int i = 0; i < sides.length; i++) {
                if (i != self.index() && (sides[i] == by || sides[i] == Side.BOTH)) {
                    done.add(new Effect.Send(new ValidatorId(i), message));
                }
            }
        }

        @Override
        public CoreReport report() {
            return first.report();
        }
    }
}
