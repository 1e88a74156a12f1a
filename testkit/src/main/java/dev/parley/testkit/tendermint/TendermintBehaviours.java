package dev.parley.testkit.tendermint;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Payload;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.CommandBatch;
import dev.parley.tendermint.Block;
import dev.parley.tendermint.Header;
import dev.parley.tendermint.Lock;
import dev.parley.tendermint.ProposerSchedule;
import dev.parley.tendermint.SafetyRecord;
import dev.parley.tendermint.Share;
import dev.parley.tendermint.TendermintMessage;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintRules;
import dev.parley.tendermint.TendermintStatements;
import dev.parley.tendermint.Views;
import dev.parley.tendermint.VoteCertificate;
import dev.parley.tendermint.VoteKind;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Composed;
import dev.parley.testkit.byzantine.MessageMischief;
import dev.parley.testkit.tendermint.Forgery.Means;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Behaviours that forge Tendermint's messages, each with the key of its own validator alone. */
final class TendermintBehaviours {
    /** How far ahead an inflated round is. */
    private static final int INFLATION = 1000;

    private static final int RARELY = 6;

    private TendermintBehaviours() {}

    static List<Behaviour> all() {
        return List.of(
                new Forgery("equivocating-leader", EquivocatingLeader::new),
                new Forgery("double-voter", DoubleVoter::new),
                new OtherRules("amnesiac", new Amnesia()),
                new Composed(
                        "lock-hider",
                        List.of(
                                new OtherRules("lock-denier", new Denial()),
                                new Forgery("vote-hider", VoteHider::new))),
                new Forgery("stale-certificate", StaleCertificate::new),
                new Forgery("duplicate-signer", DuplicateSigner::new),
                new Forgery("usurper", Usurper::new),
                new Forgery("false-valid-round", FalseValidRound::new),
                new Forgery("round-inflater", means -> new Inflater(means, false)),
                new Forgery("round-overflow", means -> new Inflater(means, true)),
                new Forgery("bad-parts", BadParts::new),
                new Forgery("mutator", Mutator::new));
    }

    /** Keys, statements, and what the honest core last wrote down. */
    abstract static class Forger extends MessageMischief<TendermintMessage> {
        final TendermintStatements statements;
        final int partBytes;

        @Nullable SafetyRecord safety;

        Forger(Means means) {
            super(means.setup(), means.random(), TendermintMessage.class);
            this.partBytes = means.partBytes();
            this.statements = new TendermintStatements(setup.domain());
        }

        @Override
        protected void did(Effect effect) {
            if (effect instanceof Effect.Persist(var key, SafetyRecord record)) {
                safety = record;
            }
        }

        final boolean isOwn(Proposal proposal) {
            return proposal.proposer().equals(setup.self());
        }

        final Vote vote(VoteKind kind, long height, int round, BlockId block) {
            return new Vote(
                    kind,
                    height,
                    round,
                    block,
                    setup.self(),
                    setup.signer().sign(statements.vote(kind, height, round, block)));
        }

        final Proposal propose(Block block, int round, int validRound, @Nullable VoteCertificate polka) {
            boolean inParts = !block.parts(partBytes).isEmpty();
            return propose(block.header(), round, validRound, polka, inParts ? null : block.payload());
        }

        final Proposal propose(
                Header header, int round, int validRound, @Nullable VoteCertificate polka, @Nullable Payload payload) {
            byte[] statement = statements.proposal(header.height(), round, validRound, header.id());
            return new Proposal(
                    header,
                    round,
                    validRound,
                    setup.self(),
                    polka,
                    payload,
                    setup.signer().sign(statement));
        }

        /** Another block for the same place, acceptable wherever the first one is. Its payload is that one's if that is known. */
        final Block twin(Header header, @Nullable Payload payload, ValidatorId maker, int round) {
            CommandBatch other = payload instanceof CommandBatch batch
                    ? new CommandBatch(batch.timeMillis() + 1, batch.evidence(), batch.commands())
                    : new CommandBatch(0, List.of());
            return Block.of(header.height(), header.parent(), maker, round, other, partBytes);
        }

        /** Sends a proposal of its own with its parts. */
        final void publish(@Nullable ValidatorId to, Block block, Proposal proposal, List<Effect> done) {
            send(to, proposal, done);
            block.parts(partBytes).forEach(part -> send(to, part, done));
        }
    }

    /** Two proposals in each round that it proposes in, each shown to some, and its votes for both. */
    private static final class EquivocatingLeader extends Forger {
        EquivocatingLeader(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (!(message instanceof Proposal proposal) || !isOwn(proposal) || proposal.validRound() >= 0) {
                send(to, message, done);
                return;
            }
            Block twin = twin(proposal.header(), proposal.payload(), setup.self(), proposal.round());
            Proposal other = propose(twin, proposal.round(), -1, null);
            for (ValidatorId peer : peers()) {
                if (random.nextBoolean()) {
                    send(peer, proposal, done);
                } else {
                    publish(peer, twin, other, done);
                }
            }
            for (VoteKind kind : VoteKind.values()) {
                send(null, vote(kind, proposal.height(), proposal.round(), twin.id()), done);
                send(null, vote(kind, proposal.height(), proposal.round(), proposal.block()), done);
            }
        }
    }

    /** Votes for every block that it sees and against it, to all or to each something else. */
    private static final class DoubleVoter extends Forger {
        DoubleVoter(Means means) {
            super(means);
        }

        @Override
        protected void heard(ValidatorId from, TendermintMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal) {
                for (VoteKind kind : VoteKind.values()) {
                    Vote pro = vote(kind, proposal.height(), proposal.round(), proposal.block());
                    Vote contra = vote(kind, proposal.height(), proposal.round(), TendermintMessage.NIL);
                    for (ValidatorId peer : peers()) {
                        boolean first = random.nextBoolean();
                        send(peer, first ? pro : contra, done);
                        if (random.nextInt(RARELY) == 0) {
                            send(peer, first ? contra : pro, done);
                        }
                    }
                }
            }
        }
    }

    /** Never locked, never sees a valid value, and after a restart has said nothing. */
    private static final class Amnesia implements TendermintRules {
        @Override
        public boolean mayPrevoteFresh(Lock lock, BlockId block) {
            return true;
        }

        @Override
        public boolean mayPrevoteWithPolka(Lock lock, BlockId block, int validRound) {
            return true;
        }

        @Override
        public boolean proposesValidValue() {
            return false;
        }

        @Override
        public @Nullable SafetyRecord restored(SafetyRecord recorded) {
            return null;
        }
    }

    /** Knows of polkas and tells nobody. */
    private static final class Denial implements TendermintRules {
        @Override
        public boolean proposesValidValue() {
            return false;
        }

        @Override
        public boolean answersSummaries() {
            return false;
        }
    }

    /** Prevotes to one validator alone, which may see a polka that nobody else does; precommits to nobody. */
    private static final class VoteHider extends Forger {
        VoteHider(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Vote vote) {
                if (vote.kind() == VoteKind.PREVOTE && !vote.isNil()) {
                    send(some(1).getFirst(), vote, done);
                }
            } else {
                send(to, message, done);
            }
        }
    }

    /**
     * Withholds its votes, so that polkas come about that it alone knows; and proposes later, when others are locked on something newer, with
     * the oldest one of the height.
     */
    private static final class StaleCertificate extends Forger {
        private final List<Vote> prevotes = new ArrayList<>();
        private final List<Proposal> proposals = new ArrayList<>();
        private long height;
        private @Nullable VoteCertificate oldest;

        StaleCertificate(Means means) {
            super(means);
        }

        @Override
        protected void heard(ValidatorId from, TendermintMessage message, List<Effect> done) {
            if (message.height() > height) {
                height = message.height();
                prevotes.clear();
                proposals.clear();
                oldest = null;
            }
            switch (message) {
                case Proposal proposal
                when proposal.height() == height && proposals.size() < 64 -> proposals.add(proposal);
                case Vote vote
                when vote.height() == height && vote.kind() == VoteKind.PREVOTE && prevotes.size() < 256 -> hoard(vote);
                default -> {}
            }
        }

        private void hoard(Vote vote) {
            prevotes.add(vote);
            VoteCertificate known = oldest;
            if (vote.isNil() || (known != null && known.round() <= vote.round())) {
                return;
            }
            TreeMap<ValidatorId, Share> shares = new TreeMap<>();
            shares.put(
                    setup.self(),
                    new Share(
                            setup.self(),
                            vote(VoteKind.PREVOTE, height, vote.round(), vote.block())
                                    .signature()));
            for (Vote other : prevotes) {
                if (other.round() == vote.round() && other.block().equals(vote.block())) {
                    shares.put(other.voter(), new Share(other.voter(), other.signature()));
                }
            }
            if (setup.validators().powerOf(shares.keySet())
                    >= setup.validators().quorumPower()) {
                oldest = new VoteCertificate(
                        VoteKind.PREVOTE, height, vote.round(), vote.block(), List.copyOf(shares.values()));
            }
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Vote vote && !vote.isNil()) {
                return;
            }
            send(to, message instanceof Proposal proposal && isOwn(proposal) ? stale(proposal) : message, done);
        }

        private Proposal stale(Proposal honest) {
            VoteCertificate polka = oldest;
            if (polka != null && polka.height() == honest.height() && polka.round() < honest.round()) {
                for (Proposal known : proposals) {
                    if (known.block().equals(polka.block())) {
                        return propose(known.header(), honest.round(), polka.round(), polka, known.payload());
                    }
                }
            }
            return honest;
        }
    }

    /**
     * Makes polkas out of its own prevote, counted as often as it takes, and proposes with them blocks that the last round's proposer is said
     * to have made: headers are not signed.
     */
    private static final class DuplicateSigner extends Forger {
        private final ProposerSchedule schedule;

        DuplicateSigner(Means means) {
            super(means);
            schedule = new ProposerSchedule(setup.validators());
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Vote vote && !vote.isNil()) {
                // Rounds fail, so that its turn comes in one that may have a polka behind it.
                send(to, vote(vote.kind(), vote.height(), vote.round(), TendermintMessage.NIL), done);
            } else if (message instanceof Proposal proposal && isOwn(proposal) && proposal.round() > 0) {
                int before = proposal.round() - 1;
                ValidatorId maker = schedule.proposer(proposal.height(), before);
                Block block = twin(proposal.header(), proposal.payload(), maker, before);
                publish(to, block, propose(block, proposal.round(), before, forge(block, before)), done);
            } else {
                send(to, message, done);
            }
        }

        private VoteCertificate forge(Block block, int round) {
            long height = block.header().height();
            Share own = new Share(
                    setup.self(),
                    vote(VoteKind.PREVOTE, height, round, block.id()).signature());
            List<Share> shares = new ArrayList<>();
            for (int i = 0; i < setup.validators().size(); i++) {
                shares.add(own);
            }
            return new VoteCertificate(VoteKind.PREVOTE, height, round, block.id(), shares);
        }
    }

    /** Proposes a block of its own whenever another does. */
    private static final class Usurper extends Forger {
        Usurper(Means means) {
            super(means);
        }

        @Override
        protected void heard(ValidatorId from, TendermintMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal && isFirstOf(Views.of(proposal.height(), proposal.round()))) {
                Block own = twin(proposal.header(), proposal.payload(), setup.self(), proposal.round());
                publish(null, own, propose(own, proposal.round(), -1, null), done);
            }
        }
    }

    /** Says of its fresh blocks that they had a polka: in the round before, in this one, in one to come. */
    private static final class FalseValidRound extends Forger {
        FalseValidRound(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal && isOwn(proposal) && random.nextBoolean()) {
                int claimed = Math.max(0, proposal.round() - 1 + random.nextInt(3));
                Share own = new Share(
                        setup.self(),
                        vote(VoteKind.PREVOTE, proposal.height(), claimed, proposal.block())
                                .signature());
                List<Share> shares = new ArrayList<>();
                for (int i = 0; i < setup.validators().size(); i++) {
                    shares.add(new Share(new ValidatorId(i), own.signature()));
                }
                VoteCertificate polka =
                        new VoteCertificate(VoteKind.PREVOTE, proposal.height(), claimed, proposal.block(), shares);
                send(to, propose(proposal.header(), proposal.round(), claimed, polka, proposal.payload()), done);
            } else {
                send(to, message, done);
            }
        }
    }

    /** Votes of rounds and heights that nobody has reached, or that no number should reach. */
    private static final class Inflater extends Forger {
        private final boolean overflow;

        Inflater(Means means, boolean overflow) {
            super(means);
            this.overflow = overflow;
        }

        @Override
        protected void after(Input input, List<Effect> done) {
            SafetyRecord record = safety;
            if (record == null || !isFirstOf(record.height()) || random.nextInt(RARELY) > 0) {
                return;
            }
            int[] rounds = overflow
                    ? new int[] {Integer.MAX_VALUE, TendermintMessage.MAX_ROUND, TendermintMessage.MAX_ROUND - 1}
                    : new int[] {record.round() + 1 + random.nextInt(INFLATION), record.round() + 1};
            long[] heights = overflow
                    ? new long[] {record.height(), TendermintMessage.MAX_HEIGHT - 1, Long.MAX_VALUE}
                    : new long[] {record.height(), record.height() + 1 + random.nextInt(INFLATION)};
            for (int round : rounds) {
                for (long height : heights) {
                    for (VoteKind kind : VoteKind.values()) {
                        send(null, vote(kind, height, round, TendermintMessage.NIL), done);
                    }
                }
            }
        }
    }

    /** Proposes blocks whose parts prove themselves and are together no payload. */
    private static final class BadParts extends Forger {
        BadParts(Means means) {
            super(means);
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal && isOwn(proposal) && proposal.validRound() < 0) {
                byte[] noise = new byte[partBytes + 1 + random.nextInt(2 * partBytes)];
                random.nextBytes(noise);
                noise[0] = -1;
                Block bad = Block.of(
                        proposal.height(),
                        proposal.header().parent(),
                        setup.self(),
                        proposal.round(),
                        new Noise(noise),
                        partBytes);
                publish(to, bad, propose(bad, proposal.round(), -1, null), done);
            } else if (!(message instanceof Part)) {
                send(to, message, done);
            }
        }

        private static final class Noise implements Payload {
            private final byte[] bytes;

            private Noise(byte[] bytes) {
                this.bytes = bytes;
            }

            @Override
            public Digest digest() {
                return Digest.sha256(bytes);
            }

            @Override
            public int sizeBytes() {
                return bytes.length;
            }

            @Override
            public boolean isEmpty() {
                return false;
            }

            @Override
            public void write(BinaryWriter out) {
                out.raw(bytes);
            }
        }
    }

    /** Signs small edits of what it would say, with old values in them. */
    private static final class Mutator extends Forger {
        private final List<BlockId> known = new ArrayList<>(List.of(TendermintMessage.NIL));

        Mutator(Means means) {
            super(means);
        }

        @Override
        protected void heard(ValidatorId from, TendermintMessage message, List<Effect> done) {
            if (message instanceof Proposal proposal && known.size() < 64) {
                known.add(proposal.block());
            } else if (message instanceof Proposal proposal) {
                known.set(random.nextInt(known.size()), proposal.block());
            }
        }

        @Override
        protected void say(@Nullable ValidatorId to, TendermintMessage message, List<Effect> done) {
            if (random.nextInt(RARELY) > 0) {
                send(to, message, done);
                return;
            }
            switch (message) {
                case Vote vote -> send(to, edited(vote), done);
                case Proposal proposal when isOwn(proposal) -> send(to, edited(proposal), done);
                default -> send(to, message, done);
            }
        }

        private Vote edited(Vote vote) {
            return switch (random.nextInt(4)) {
                case 0 -> vote(vote.kind(), vote.height(), vote.round(), known.get(random.nextInt(known.size())));
                case 1 -> vote(vote.kind(), vote.height(), Math.max(0, vote.round() - 1), vote.block());
                case 2 -> vote(vote.kind(), vote.height() + 1, vote.round(), vote.block());
                default ->
                    vote(
                            vote.kind() == VoteKind.PREVOTE ? VoteKind.PRECOMMIT : VoteKind.PREVOTE,
                            vote.height(),
                            vote.round(),
                            vote.block());
            };
        }

        private Proposal edited(Proposal proposal) {
            return switch (random.nextInt(3)) {
                case 0 ->
                    propose(
                            proposal.header(),
                            proposal.round() + 1,
                            proposal.validRound(),
                            proposal.polka(),
                            proposal.payload());
                case 1 -> propose(proposal.header(), proposal.round(), -1, null, proposal.payload());
                default ->
                    propose(
                            proposal.header(),
                            proposal.round(),
                            proposal.validRound(),
                            proposal.polka(),
                            new CommandBatch(1, List.of()));
            };
        }
    }
}
