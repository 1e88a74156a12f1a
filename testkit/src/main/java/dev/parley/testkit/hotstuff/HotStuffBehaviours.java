package dev.parley.testkit.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;
import dev.parley.hotstuff.Block;
import dev.parley.hotstuff.HotStuffMessage;
import dev.parley.hotstuff.HotStuffRules;
import dev.parley.hotstuff.HotStuffStatements;
import dev.parley.hotstuff.LockRule;
import dev.parley.hotstuff.QC;
import dev.parley.hotstuff.SafetyRecord;
import dev.parley.hotstuff.Share;
import dev.parley.hotstuff.TC;
import dev.parley.log.CommandBatch;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Mischief;
import dev.parley.testkit.byzantine.WireBehaviour;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Behaviours that forge HotStuff's messages, each with the key of its own validator alone. */
final class HotStuffBehaviours {
    /** How far ahead an inflated view is. */
    private static final int INFLATION = 1000;

    private static final int RARELY = 6;

    private HotStuffBehaviours() {}

    static List<Behaviour> all() {
        return List.of(
                new WireBehaviour("equivocating-leader", EquivocatingLeader::new),
                new WireBehaviour("double-voter", DoubleVoter::new),
                new OtherRules("amnesiac", HotStuffBehaviours::withoutMemory),
                new OtherRules("lock-hider", HotStuffBehaviours::hidingTheLock),
                new OtherRules("stale-certificate", HotStuffBehaviours::extendingTheStale),
                new WireBehaviour("duplicate-signer", DuplicateSigner::new),
                new WireBehaviour("usurper", Usurper::new),
                new WireBehaviour("view-inflater", (setup, random) -> new Inflater(setup, random, false)),
                new WireBehaviour("view-overflow", (setup, random) -> new Inflater(setup, random, true)));
    }

    /** Forgets what it voted for, what it gave up and what it is locked on. */
    private static HotStuffRules withoutMemory(HotStuffRules rules) {
        return rules.withGuard((view, safety) -> null)
                .withVoting((safety, block, entry, chain) -> null)
                .withLock((locked, certified) -> QC.GENESIS);
    }

    /** Reports the QC before the highest it knows, and proposes on it. */
    private static HotStuffRules hidingTheLock(HotStuffRules rules) {
        return rules.withTimeoutReport(HotStuffBugs::before).withLock((locked, certified) -> locked);
    }

    private static HotStuffRules extendingTheStale(HotStuffRules rules) {
        return rules.withProposal(HotStuffBugs::before).withLock(LockRule.TWO_CHAIN);
    }

    /** What the forgers have in common: keys, the current view, a highest QC. */
    private abstract static class Forger implements Mischief {
        final ConsensusSetup setup;
        final RandomGenerator random;
        final HotStuffStatements statements;
        QC highQc = QC.GENESIS;
        private long lastView;

        Forger(ConsensusSetup setup, RandomGenerator random) {
            this.setup = setup;
            this.random = random;
            this.statements = new HotStuffStatements(setup.domain());
        }

        void learn(List<Effect> effects) {
            for (Effect effect : effects) {
                if (effect instanceof Effect.Persist persist && persist.record() instanceof SafetyRecord record) {
                    highQc = record.highQc();
                }
            }
        }

        /** Once for each view, lest two forgers answer each other for ever. */
        boolean isFirstOf(long view) {
            boolean first = view > lastView;
            lastView = Math.max(lastView, view);
            return first;
        }

        HotStuffMessage.Proposal propose(Block block, @Nullable TC tc) {
            Signature signature = setup.signer().sign(statements.proposal(block.view(), block.id()));
            return new HotStuffMessage.Proposal(block, tc, signature);
        }

        HotStuffMessage.Vote vote(long view, BlockId block) {
            return new HotStuffMessage.Vote(
                    view, block, setup.self(), setup.signer().sign(statements.vote(view, block)));
        }

        List<ValidatorId> peers() {
            List<ValidatorId> peers = new ArrayList<>();
            for (Validator validator : setup.validators().validators()) {
                if (!validator.id().equals(setup.self())) {
                    peers.add(validator.id());
                }
            }
            return peers;
        }

        /** Acceptable wherever the original is, and another one. */
        static Payload other(Payload payload) {
            return payload instanceof CommandBatch batch
                    ? new CommandBatch(batch.timeMillis() + 1, batch.commands())
                    : payload;
        }

        static Block twin(Block block, ValidatorId proposer, QC justify) {
            return new Block(block.height(), block.view(), proposer, justify, block.suspects(), other(block.payload()));
        }
    }

    /** Two proposals in each view that it leads, one for each half of its peers, and its vote for both. */
    private static final class EquivocatingLeader extends Forger {
        EquivocatingLeader(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        public List<Effect> act(Input input, List<Effect> effects) {
            List<Effect> said = new ArrayList<>(effects.size());
            for (Effect effect : effects) {
                if (effect instanceof Effect.Broadcast(HotStuffMessage.Proposal proposal)
                        && proposal.block().proposer().equals(setup.self())) {
                    Block twin = twin(
                            proposal.block(), setup.self(), proposal.block().justify());
                    HotStuffMessage.Proposal other = propose(twin, proposal.entry());
                    for (ValidatorId peer : peers()) {
                        said.add(new Effect.Send(peer, random.nextBoolean() ? proposal : other));
                    }
                    said.add(new Effect.Broadcast(vote(twin.view(), twin.id())));
                    said.add(new Effect.Broadcast(
                            vote(proposal.block().view(), proposal.block().id())));
                } else {
                    said.add(effect);
                }
            }
            return said;
        }
    }

    /** Votes for every block that it sees, and for one that nobody proposed. */
    private static final class DoubleVoter extends Forger {
        DoubleVoter(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        public List<Effect> act(Input input, List<Effect> effects) {
            List<Effect> said = new ArrayList<>(effects);
            if (input instanceof Input.Received received
                    && received.message() instanceof HotStuffMessage.Proposal proposal) {
                Block block = proposal.block();
                said.add(new Effect.Broadcast(vote(block.view(), block.id())));
                if (random.nextInt(RARELY) == 0) {
                    Block twin = twin(block, block.proposer(), block.justify());
                    said.add(new Effect.Broadcast(vote(block.view(), twin.id())));
                }
            }
            return said;
        }
    }

    /** Makes QCs out of its own vote, counted as often as it takes, and shows them as reason for blocks and for moving on. */
    private static final class DuplicateSigner extends Forger {
        DuplicateSigner(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        public List<Effect> act(Input input, List<Effect> effects) {
            learn(effects);
            List<Effect> said = new ArrayList<>(effects);
            if (input instanceof Input.Received received
                    && received.message() instanceof HotStuffMessage.Proposal proposal
                    && isFirstOf(proposal.block().view())
                    && random.nextInt(RARELY) == 0) {
                Block block = proposal.block();
                QC forged = forge(block);
                said.add(new Effect.Broadcast(new HotStuffMessage.Advance(forged, null)));
                Block next = new Block(
                        block.height() + 1,
                        block.view() + 1,
                        setup.self(),
                        forged,
                        block.suspects(),
                        other(block.payload()));
                said.add(new Effect.Broadcast(propose(next, null)));
            }
            return said;
        }

        private QC forge(Block block) {
            Signature signature = setup.signer().sign(statements.vote(block.view(), block.id()));
            Share own = new Share(setup.self(), signature);
            List<Share> shares = new ArrayList<>();
            for (int i = 0; i < setup.validators().size(); i++) {
                shares.add(own);
            }
            return new QC(block.view(), block.id(), shares);
        }
    }

    /** Proposes a block of its own whenever another leader does. */
    private static final class Usurper extends Forger {
        Usurper(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        public List<Effect> act(Input input, List<Effect> effects) {
            List<Effect> said = new ArrayList<>(effects);
            if (input instanceof Input.Received received
                    && received.message() instanceof HotStuffMessage.Proposal proposal
                    && isFirstOf(proposal.block().view())) {
                Block own =
                        twin(proposal.block(), setup.self(), proposal.block().justify());
                said.add(new Effect.Broadcast(propose(own, proposal.entry())));
            }
            return said;
        }
    }

    /** Time-outs, votes and certificates of views that nobody has reached, or that no number should reach. */
    private static final class Inflater extends Forger {
        private final boolean overflow;

        Inflater(ConsensusSetup setup, RandomGenerator random, boolean overflow) {
            super(setup, random);
            this.overflow = overflow;
        }

        @Override
        public List<Effect> act(Input input, List<Effect> effects) {
            learn(effects);
            List<Effect> said = new ArrayList<>(effects);
            if (isFirstOf(highQc.view()) && random.nextInt(RARELY) == 0) {
                long view =
                        overflow ? Long.MAX_VALUE - random.nextInt(2) : highQc.view() + 1 + random.nextInt(INFLATION);
                Signature signature = setup.signer().sign(statements.timeout(view, highQc.view()));
                TC alone = new TC(view - 1, List.of(new TC.Report(setup.self(), highQc.view(), signature)), highQc);
                said.add(new Effect.Broadcast(
                        new HotStuffMessage.Timeout(view, highQc, alone, setup.self(), signature)));
                said.add(new Effect.Broadcast(new HotStuffMessage.Advance(highQc, alone)));
                said.add(new Effect.Broadcast(vote(view, highQc.block())));
            }
            return said;
        }
    }
}
