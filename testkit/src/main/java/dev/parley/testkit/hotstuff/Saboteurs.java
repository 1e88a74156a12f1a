package dev.parley.testkit.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Payload;
import dev.parley.consensus.ValidatorId;
import dev.parley.hotstuff.Block;
import dev.parley.hotstuff.HotStuffMessage;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.BlockRequest;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import dev.parley.hotstuff.HotStuffStatements;
import dev.parley.hotstuff.QC;
import dev.parley.hotstuff.Suspect;
import dev.parley.hotstuff.TC;
import dev.parley.log.CommandBatch;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.MessageMischief;
import dev.parley.testkit.byzantine.WireBehaviour;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Behaviours aimed at progress, none of which can be told from bad luck by a single message: what they sign is valid, what they hold
 * back might have been lost.
 */
final class Saboteurs {
    /** How often one that begs or denies says the same, and of how many blocks. */
    private static final int FLOOD = 10;

    /** The bound on how far block time may be ahead of a validator's clock, and around it what clocks differ by. */
    private static final int AHEAD_MILLIS = 1000;

    private static final int AROUND_MILLIS = 400;

    private Saboteurs() {}

    static List<Behaviour> all() {
        return List.of(
                new WireBehaviour("partial-leader", PartialLeader::new),
                new WireBehaviour("late-revealer", LateRevealer::new),
                new WireBehaviour("fetch-poisoner", FetchPoisoner::new),
                new WireBehaviour("branch-baiter", BranchBaiter::new),
                new WireBehaviour("proposal-height-liar", ProposalHeightLiar::new),
                new WireBehaviour("clock-splitter", ClockSplitter::new),
                new WireBehaviour("slanderer", Slanderer::new),
                new WireBehaviour("oldest-reporter", OldestReporter::new),
                new WireBehaviour("beggar", Beggar::new),
                new WireBehaviour("useless-voter", UselessVoter::new));
    }

    private abstract static class Saboteur extends MessageMischief<HotStuffMessage> {
        final HotStuffStatements statements;

        Saboteur(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random, HotStuffMessage.class);
            this.statements = new HotStuffStatements(setup.domain());
        }

        final boolean isOwn(Proposal proposal) {
            return proposal.block().proposer().equals(setup.self());
        }

        final Proposal propose(Block block, @Nullable TC entry) {
            return new Proposal(block, entry, setup.signer().sign(statements.proposal(block.view(), block.id())));
        }
    }

    /** Shows its proposals to f + 1, f + f or 2f + 1 of the others and votes for every second one, so that a QC forms rarely or nowhere. */
    private static final class PartialLeader extends Saboteur {
        PartialLeader(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal && isOwn(proposal)) {
                int shown = mayFail() + 1 + random.nextInt(mayFail() + 1);
                for (ValidatorId peer : some(shown)) {
                    send(peer, message, done);
                }
            } else if (!(message instanceof Vote) || random.nextBoolean()) {
                send(to, message, done);
            }
        }
    }

    /** Holds back all that it says until its own patience ends, then says it to one validator that has hardly any time left. */
    private static final class LateRevealer extends Saboteur {
        private static final int HELD = 32;
        private final List<HotStuffMessage> held = new ArrayList<>();

        LateRevealer(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal || message instanceof Vote || message instanceof Advance) {
                if (held.size() == HELD) {
                    held.removeFirst();
                }
                held.add(message);
            } else if (!(message instanceof Timeout) || random.nextBoolean()) {
                send(to, message, done);
            }
        }

        @Override
        protected void after(Input input, List<Effect> done) {
            boolean late = input instanceof Input.TimerFired
                    || (input instanceof Input.Received received && received.message() instanceof Timeout);
            if (late && !held.isEmpty()) {
                ValidatorId chosen = some(1).getFirst();
                held.forEach(message -> send(chosen, message, done));
                held.clear();
            }
        }
    }

    /**
     * Hides its blocks from f others and its votes from all, and tells everybody of every block that there is none, before and after they
     * ask.
     */
    private static final class FetchPoisoner extends Saboteur {
        private final List<ValidatorId> shunned;
        private final List<BlockId> known = new ArrayList<>();

        FetchPoisoner(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
            this.shunned = some(mayFail());
        }

        @Override
        protected void heard(ValidatorId from, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal) {
                remember(proposal.block().id());
            } else if (message instanceof Timeout timeout) {
                remember(timeout.highQc().block());
            }
            // Two of its kind must not answer each other for ever.
            int told = message instanceof BlockResponse ? 0 : Math.min(2, known.size());
            for (int i = 0; i < told; i++) {
                BlockId block = known.get(known.size() - 1 - i);
                shunned.forEach(peer -> send(peer, new BlockResponse(block, List.of()), done));
            }
        }

        private void remember(BlockId block) {
            if (!known.contains(block)) {
                known.add(block);
                if (known.size() > FLOOD) {
                    known.removeFirst();
                }
            }
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            switch (message) {
                case Proposal proposal -> {
                    remember(proposal.block().id());
                    peers().stream().filter(peer -> !shunned.contains(peer)).forEach(peer -> send(peer, message, done));
                }
                case BlockResponse response -> send(to, new BlockResponse(response.requested(), List.of()), done);
                case Vote vote -> {
                    if (to != null && random.nextInt(3) == 0) {
                        send(to, vote, done);
                    }
                }
                default -> send(to, message, done);
            }
        }
    }

    /** Keeps the QCs that it alone makes, and later proposes on their blocks, which nobody has any more, in views that others lead. */
    private static final class BranchBaiter extends Saboteur {
        private QC bait = QC.GENESIS;

        BranchBaiter(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal && isOwn(proposal) && proposal.entry() == null) {
                bait = proposal.block().justify();
            } else if (!(message instanceof Vote) || random.nextBoolean()) {
                send(to, message, done);
            }
        }

        @Override
        protected void heard(ValidatorId from, HotStuffMessage message, List<Effect> done) {
            TC entry = switch (message) {
                case Proposal proposal -> proposal.entry();
                case Timeout timeout -> timeout.entry();
                case Advance advance -> advance.entry();
                default -> null;
            };
            if (entry != null && bait.view() > 0 && bait.view() < entry.view() && isFirstOf(entry.view())) {
                Block block = new Block(
                        bait.view() + 1,
                        entry.view() + 1,
                        setup.self(),
                        bait,
                        List.of(),
                        new CommandBatch(0, List.of()));
                send(null, propose(block, entry), done);
            }
        }
    }

    /** Says after every proposal that the chain is far higher than it is, which only those find out who have the parent. */
    private static final class ProposalHeightLiar extends Saboteur {
        ProposalHeightLiar(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void heard(ValidatorId from, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal(Block block, TC entry, var ignored) && isFirstOf(block.view())) {
                send(null, propose(lie(block), entry), done);
            }
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal(Block block, TC entry, var ignored) && message instanceof Proposal own) {
                Proposal lie = propose(lie(block), entry);
                List<ValidatorId> deceived = some(mayFail());
                peers().forEach(peer -> send(peer, deceived.contains(peer) ? lie : own, done));
            } else {
                send(to, message, done);
            }
        }

        private Block lie(Block block) {
            return new Block(
                    block.justify().view() + 1,
                    block.view(),
                    setup.self(),
                    block.justify(),
                    block.suspects(),
                    block.payload());
        }
    }

    /** Dates its blocks so that some clocks accept them and others do not. */
    private static final class ClockSplitter extends Saboteur {
        ClockSplitter(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal(Block block, TC entry, var ignored)) {
                Block dated = new Block(
                        block.height(),
                        block.view(),
                        setup.self(),
                        block.justify(),
                        block.suspects(),
                        later(block.payload()));
                send(to, propose(dated, entry), done);
                send(null, vote(dated), done);
            } else if (!(message instanceof Vote) || random.nextBoolean()) {
                send(to, message, done);
            }
        }

        private Vote vote(Block block) {
            return new Vote(
                    block.view(),
                    block.id(),
                    setup.self(),
                    setup.signer().sign(statements.vote(block.view(), block.id())));
        }

        private Payload later(Payload payload) {
            return payload instanceof CommandBatch batch
                    ? new CommandBatch(
                            batch.timeMillis() + AHEAD_MILLIS - AROUND_MILLIS + random.nextInt(2 * AROUND_MILLIS),
                            batch.commands())
                    : payload;
        }
    }

    /** Blames others in its blocks, another one for every half of its peers. */
    private static final class Slanderer extends Saboteur {
        Slanderer(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal(Block block, TC entry, var ignored) && message instanceof Proposal own) {
                List<ValidatorId> misled = some(peers().size() / 2);
                Block slander = new Block(
                        block.height(),
                        block.view(),
                        setup.self(),
                        block.justify(),
                        List.of(new Suspect(misled.getFirst(), block.view() - 1, 1, 1)),
                        block.payload());
                Proposal other = propose(slander, entry);
                peers().forEach(peer -> send(peer, misled.contains(peer) ? other : own, done));
            } else {
                send(to, message, done);
            }
        }
    }

    /** Reports the genesis QC in its time-outs wherever a TC allows it, to half of the others; votes never. */
    private static final class OldestReporter extends Saboteur {
        private @Nullable TC latest;

        OldestReporter(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void heard(ValidatorId from, HotStuffMessage message, List<Effect> done) {
            TC entry = switch (message) {
                case Proposal proposal -> proposal.entry();
                case Timeout timeout -> timeout.entry();
                case Advance advance -> advance.entry();
                default -> null;
            };
            if (entry != null && (latest == null || latest.view() < entry.view())) {
                latest = entry;
            }
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Timeout timeout) {
                TC entry = timeout.entry() != null ? timeout.entry() : latest;
                if (entry != null && entry.view() == timeout.view() - 1) {
                    Timeout oldest = new Timeout(
                            timeout.view(),
                            QC.GENESIS,
                            entry,
                            setup.self(),
                            setup.signer().sign(statements.timeout(timeout.view(), 0)));
                    List<ValidatorId> told = some(peers().size() / 2);
                    peers().forEach(peer -> send(peer, told.contains(peer) ? oldest : timeout, done));
                    return;
                }
            }
            if (!(message instanceof Vote)) {
                send(to, message, done);
            }
        }
    }

    /** Pretends to know nothing, so that the others send it certificates and blocks over and over. */
    private static final class Beggar extends Saboteur {
        Beggar(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void heard(ValidatorId from, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal
                    && isFirstOf(proposal.block().view())) {
                for (int i = 0; i < FLOOD; i++) {
                    send(null, new Advance(QC.GENESIS, null), done);
                    send(
                            null,
                            new BlockRequest(
                                    proposal.block().parent().equals(BlockId.GENESIS)
                                            ? proposal.block().id()
                                            : proposal.block().parent(),
                                    HotStuffMessage.MAX_BLOCKS),
                            done);
                }
            }
        }
    }

    /** Votes late, when the view is over, and for what is decided without it. */
    private static final class UselessVoter extends Saboteur {
        private final List<Vote> late = new ArrayList<>();

        UselessVoter(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HotStuffMessage message, List<Effect> done) {
            if (message instanceof Vote vote) {
                late.forEach(before -> send(null, before, done));
                late.clear();
                late.add(vote);
            } else {
                send(to, message, done);
            }
        }
    }
}
