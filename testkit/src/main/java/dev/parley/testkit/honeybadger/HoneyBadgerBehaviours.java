package dev.parley.testkit.honeybadger;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.honeybadger.HoneyBadgerMessage;
import dev.parley.honeybadger.HoneyBadgerMessage.Agreeing;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.HoneyBadgerMessage.Vote;
import dev.parley.honeybadger.HoneyBadgerRules;
import dev.parley.honeybadger.HoneyBadgerStatements;
import dev.parley.honeybadger.Offload;
import dev.parley.honeybadger.Outlet;
import dev.parley.honeybadger.agreement.AgreementMessage;
import dev.parley.honeybadger.agreement.AgreementMessage.Aux;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.CoinShare;
import dev.parley.honeybadger.agreement.AgreementMessage.Conf;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.agreement.BoolSet;
import dev.parley.honeybadger.broadcast.BroadcastMessage;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Echo;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Val;
import dev.parley.honeybadger.broadcast.BroadcastRules;
import dev.parley.honeybadger.broadcast.ReliableBroadcast;
import dev.parley.honeybadger.broadcast.Shard;
import dev.parley.honeybadger.coin.Share;
import dev.parley.honeybadger.subset.SubsetMessage;
import dev.parley.honeybadger.subset.SubsetRules;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.MessageMischief;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Behaviours that forge HoneyBadgerBFT's messages, each with the keys of its own validator alone. */
final class HoneyBadgerBehaviours {
    private static final int NOISE_BYTES = 48;

    private HoneyBadgerBehaviours() {}

    static List<Behaviour> all() {
        return List.of(
                new Forgery("bad-shards", BadShards::new),
                new Forgery("wrong-root", WrongRoot::new),
                new Forgery("equivocating-broadcaster", EquivocatingBroadcaster::new),
                new Forgery("half-broadcaster", HalfBroadcaster::new),
                new Forgery("double-voter", DoubleVoter::new),
                new Forgery("share-censor", ShareCensor::new),
                new Forgery("wrong-shares", WrongShares::new),
                new OtherRules("early-decryptor", new Early()),
                new Forgery("bad-ciphertext", BadCiphertext::new),
                new Forgery("thief", Thief::new),
                new Forgery("no-payload", NoPayload::new),
                new Forgery("vote-liar", VoteLiar::new),
                new Forgery("epoch-flooder", EpochFlooder::new),
                new Forgery("joiner", Joiner::new),
                new Forgery("late-revealer", LateRevealer::new),
                new Forgery("puppet", Puppet::new),
                new Forgery("early-broadcaster", EarlyBroadcaster::new));
    }

    /** Gives its shares for decrypting, and its word for proposals, before it may. */
    private static final class Early implements HoneyBadgerRules {
        @Override
        public boolean decryptsAfterAgreement() {
            return false;
        }

        @Override
        public SubsetRules subset() {
            return new SubsetRules() {
                @Override
                public boolean inputsOneOnlyAfterDelivery() {
                    return false;
                }
            };
        }
    }

    abstract static class Forger extends MessageMischief<HoneyBadgerMessage> {
        final HoneyBadgerStatements statements;
        final int size;

        Forger(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random, HoneyBadgerMessage.class);
            this.statements = new HoneyBadgerStatements(setup.domain());
            this.size = setup.validators().size();
        }

        final byte[] noise(int bytes) {
            byte[] noise = new byte[bytes];
            random.nextBytes(noise);
            return noise;
        }

        final Vote vote(long epoch, BlockId block) {
            return new Vote(epoch, block, setup.signer().sign(statements.vote(epoch, block)));
        }

        /** A ciphertext of its own that all admit. */
        final byte[] encrypt(long epoch, byte[] plaintext) {
            ThresholdSetup threshold = Objects.requireNonNull(setup.threshold());
            return threshold.keys().encrypt(statements.label(epoch, setup.self()), plaintext, noise(Digest.BYTES));
        }

        final Broadcasting own(long epoch, BroadcastMessage step) {
            return new Broadcasting(epoch, setup.self(), step);
        }

        final boolean isOwn(Broadcasting message) {
            return message.proposer().equals(setup.self());
        }

        /** All that a proposer says of its value, to one. */
        final void show(ValidatorId to, long epoch, List<Shard> shards, List<Effect> done) {
            Shard mine = shards.get(setup.self().index());
            send(to, own(epoch, new Val(shards.get(to.index()))), done);
            send(to, own(epoch, new Echo(mine)), done);
            send(to, own(epoch, new Ready(mine.root())), done);
        }
    }

    /** Proposes something else than its honest core would. */
    private abstract static class Proposer extends Forger {
        Proposer(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        /** Once for each epoch, instead of the core's proposal. */
        abstract void propose(long epoch, List<Effect> done);

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            if (!(message instanceof Broadcasting broadcasting) || !isOwn(broadcasting)) {
                send(to, message, done);
            } else if (broadcasting.step() instanceof Val && isFirstOf(broadcasting.epoch())) {
                propose(broadcasting.epoch(), done);
            }
        }
    }

    /** Shards that are no value's, or of which some are not, under a root that proves each. */
    private static final class BadShards extends Proposer {
        BadShards(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        void propose(long epoch, List<Effect> done) {
            byte[][] bytes = new byte[size][];
            List<Shard> good = Shard.cut(encrypt(epoch, noise(NOISE_BYTES)), size);
            int wrong = random.nextInt(size);
            boolean all = random.nextInt(3) == 0;
            for (int i = 0; i < size; i++) {
                int length = good.get(i).bytes().length;
                bytes[i] = all || i == wrong ? noise(length) : good.get(i).bytes();
            }
            List<Shard> bad = Shard.prove(bytes);
            peers().forEach(peer -> show(peer, epoch, bad, done));
        }
    }

    /** Branches that lead elsewhere, and READY for what nobody proposed, in everybody's broadcast. */
    private static final class WrongRoot extends Forger {
        WrongRoot(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            if (!(message instanceof Broadcasting(long epoch, ValidatorId proposer, BroadcastMessage step))) {
                send(to, message, done);
                return;
            }
            Digest root = Digest.sha256(noise(Digest.BYTES));
            BroadcastMessage other = switch (step) {
                case Val(Shard shard) -> new Val(new Shard(root, shard.branch(), shard.bytes()));
                case Echo(Shard shard) -> new Echo(new Shard(root, shard.branch(), shard.bytes()));
                case Ready ready -> new Ready(root);
            };
            send(to, new Broadcasting(epoch, proposer, other), done);
            if (step instanceof Echo) {
                send(to, new Broadcasting(epoch, proposer, new Ready(root)), done);
            }
        }
    }

    /** Two values, each shown to some, and both to whom it pleases. */
    private static final class EquivocatingBroadcaster extends Proposer {
        EquivocatingBroadcaster(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        void propose(long epoch, List<Effect> done) {
            List<Shard> first = Shard.cut(encrypt(epoch, noise(NOISE_BYTES)), size);
            List<Shard> second = Shard.cut(encrypt(epoch, noise(NOISE_BYTES)), size);
            List<ValidatorId> half = some(peers().size() / 2);
            for (ValidatorId peer : peers()) {
                List<Shard> one = half.contains(peer) ? first : second;
                show(peer, epoch, one, done);
                if (random.nextInt(3) == 0) {
                    show(peer, epoch, half.contains(peer) ? second : first, done);
                }
            }
        }
    }

    /** Proposes for epochs that are not begun, and each time something else: who has not forgotten the first answers no other. */
    private static final class EarlyBroadcaster extends Proposer {
        /** Others listen to no later one. */
        private static final int AHEAD = 2;

        EarlyBroadcaster(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        void propose(long epoch, List<Effect> done) {
            for (long early = epoch; early <= epoch + AHEAD; early++) {
                List<Shard> shards = Shard.cut(encrypt(early, noise(NOISE_BYTES)), size);
                for (ValidatorId peer : peers()) {
                    show(peer, early, shards, done);
                }
            }
        }
    }

    /** Lets one validator deliver what the others lack, and is for it in the agreement. */
    private static final class HalfBroadcaster extends Proposer {
        HalfBroadcaster(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        void propose(long epoch, List<Effect> done) {
            List<Shard> shards = Shard.cut(encrypt(epoch, noise(NOISE_BYTES)), size);
            List<ValidatorId> all = peers();
            ValidatorId chosen = all.get(random.nextInt(all.size()));
            List<ValidatorId> shown = some(size - 2 * mayFail() - 1);
            for (ValidatorId peer : all) {
                if (peer.equals(chosen)) {
                    show(peer, epoch, shards, done);
                } else if (shown.contains(peer)) {
                    send(peer, own(epoch, new Val(shards.get(peer.index()))), done);
                }
            }
            send(null, new Agreeing(epoch, new SubsetMessage(setup.self(), new Bval(0, true))), done);
            send(null, new Agreeing(epoch, new SubsetMessage(setup.self(), new Aux(0, true))), done);
            send(null, new Agreeing(epoch, new SubsetMessage(setup.self(), new Conf(0, BoolSet.TRUE))), done);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            boolean about = message instanceof Agreeing agreeing
                    && agreeing.step().proposer().equals(setup.self());
            if (!about) {
                super.say(to, message, done);
            }
        }
    }

    /** Says nothing in the agreement about its own broadcast: an adversary that has the network speaks in its name there. */
    private static final class Puppet extends Forger {
        Puppet(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            boolean about = message instanceof Agreeing agreeing
                    && agreeing.step().proposer().equals(setup.self());
            if (!about) {
                send(to, message, done);
            }
        }
    }

    /** Says to one half what it says and to the other the contrary, and both wherever both are possible. */
    private static final class DoubleVoter extends Forger {
        DoubleVoter(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            if (!(message instanceof Agreeing(long epoch, SubsetMessage step))) {
                send(to, message, done);
                return;
            }
            Agreeing contra = new Agreeing(epoch, new SubsetMessage(step.proposer(), contrary(step.message())));
            List<ValidatorId> half = some(peers().size() / 2);
            for (ValidatorId peer : to == null ? peers() : List.of(to)) {
                if (step.message() instanceof Bval) {
                    send(peer, message, done);
                    send(peer, contra, done);
                } else {
                    send(peer, half.contains(peer) ? message : contra, done);
                }
                if (random.nextInt(8) == 0) {
                    Term term = new Term(random.nextBoolean());
                    send(peer, new Agreeing(epoch, new SubsetMessage(step.proposer(), term)), done);
                }
            }
        }

        private AgreementMessage contrary(AgreementMessage message) {
            return switch (message) {
                case Bval(int round, boolean value) -> new Bval(round, !value);
                case Aux(int round, boolean value) -> new Aux(round, !value);
                case Conf(int round, BoolSet values) ->
                    new Conf(
                            round,
                            values == BoolSet.BOTH
                                    ? BoolSet.of(random.nextBoolean())
                                    : BoolSet.of(!values.contains(true)));
                case CoinShare share -> share;
                case Term(boolean value) -> new Term(!value);
            };
        }
    }

    private static boolean isCoinShare(HoneyBadgerMessage message) {
        return message instanceof Agreeing agreeing && agreeing.step().message() instanceof CoinShare;
    }

    /** Gives no share of anything, or gives it to few. */
    private static final class ShareCensor extends Forger {
        private final boolean entirely;

        ShareCensor(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
            this.entirely = random.nextBoolean();
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            if (!isCoinShare(message) && !(message instanceof Decrypting)) {
                send(to, message, done);
            } else if (!entirely) {
                some(mayFail()).forEach(peer -> send(peer, message, done));
            }
        }
    }

    /** Garbage for shares, another garbage to each, as early as it can be. */
    private static final class WrongShares extends Forger {
        /** Rounds 2, 5 and 8 have real coins. */
        private static final int[] REAL_ROUNDS = {2, 5, 8};

        WrongShares(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void heard(ValidatorId from, HoneyBadgerMessage message, List<Effect> done) {
            if (message instanceof Broadcasting && isFirstOf(message.epoch())) {
                for (ValidatorId peer : peers()) {
                    for (int i = 0; i < size; i++) {
                        ValidatorId proposer = new ValidatorId(i);
                        send(peer, new Decrypting(message.epoch(), proposer, noise(Digest.BYTES)), done);
                        for (int round : REAL_ROUNDS) {
                            CoinShare share = new CoinShare(round, new Share(noise(Digest.BYTES)));
                            send(peer, new Agreeing(message.epoch(), new SubsetMessage(proposer, share)), done);
                        }
                    }
                }
            }
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            if (!isCoinShare(message) && !(message instanceof Decrypting)) {
                send(to, message, done);
            }
        }
    }

    /** Proposes what is no ciphertext, of any length. */
    private static final class BadCiphertext extends Proposer {
        BadCiphertext(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        void propose(long epoch, List<Effect> done) {
            List<Shard> shards = Shard.cut(noise(random.nextInt(4 * NOISE_BYTES)), size);
            peers().forEach(peer -> show(peer, epoch, shards, done));
        }
    }

    /** Proposes a copy of the first ciphertext of another that it can put together. */
    private static final class Thief extends Forger {
        private static final int MAX_BYTES = 64 << 10;
        private static final int KEPT = 64;

        private final TreeMap<Long, List<ReliableBroadcast>> seen = new TreeMap<>();

        Thief(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void heard(ValidatorId from, HoneyBadgerMessage message, List<Effect> done) {
            if (!(message instanceof Broadcasting(long epoch, ValidatorId proposer, BroadcastMessage step))
                    || proposer.equals(setup.self())) {
                return;
            }
            ReliableBroadcast broadcast =
                    seen.computeIfAbsent(epoch, this::broadcasts).get(proposer.index());
            if (seen.size() > KEPT) {
                seen.pollFirstEntry();
            }
            boolean before = broadcast.outcome() == ReliableBroadcast.Outcome.DELIVERED;
            broadcast.receive(from, step, new Unsaid());
            if (!before && broadcast.outcome() == ReliableBroadcast.Outcome.DELIVERED && isFirstOf(epoch)) {
                List<Shard> shards = Shard.cut(broadcast.value(), size);
                peers().forEach(peer -> show(peer, epoch, shards, done));
            }
        }

        private List<ReliableBroadcast> broadcasts(long epoch) {
            List<ReliableBroadcast> broadcasts = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                broadcasts.add(new ReliableBroadcast(
                        setup.self(), new ValidatorId(i), size, MAX_BYTES, Offload.HERE, BroadcastRules.PAPER));
            }
            return broadcasts;
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            if (!(message instanceof Broadcasting broadcasting) || !isOwn(broadcasting)) {
                send(to, message, done);
            }
        }

        private static final class Unsaid implements Outlet<BroadcastMessage> {
            @Override
            public void broadcast(BroadcastMessage message) {}

            @Override
            public void send(ValidatorId to, BroadcastMessage message) {}

            @Override
            public void refuse(ValidatorId culprit, Reason reason, String what) {}
        }
    }

    /** Proposes a good ciphertext of what is no payload. */
    private static final class NoPayload extends Proposer {
        NoPayload(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        void propose(long epoch, List<Effect> done) {
            List<Shard> shards = Shard.cut(encrypt(epoch, noise(random.nextInt(NOISE_BYTES))), size);
            peers().forEach(peer -> show(peer, epoch, shards, done));
        }
    }

    /** Votes for other blocks, as soon as it hears of an epoch, and then for the right one with some. */
    private static final class VoteLiar extends Forger {
        VoteLiar(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void heard(ValidatorId from, HoneyBadgerMessage message, List<Effect> done) {
            if (message instanceof Broadcasting && isFirstOf(message.epoch())) {
                some(mayFail() + 1).forEach(peer -> send(peer, lie(message.epoch()), done));
            }
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            if (message instanceof Vote) {
                send(to, lie(message.epoch()), done);
                some(mayFail()).forEach(peer -> send(peer, message, done));
            } else {
                send(to, message, done);
            }
        }

        private Vote lie(long epoch) {
            return vote(epoch, new BlockId(Digest.sha256(noise(Digest.BYTES))));
        }
    }

    /** Speaks in epochs and rounds that nobody is in, near and far. */
    private static final class EpochFlooder extends Forger {
        private static final int EPOCHS = 7;
        private static final int ROUNDS = 60;

        EpochFlooder(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void heard(ValidatorId from, HoneyBadgerMessage message, List<Effect> done) {
            if (!(message instanceof Broadcasting) || !isFirstOf(message.epoch())) {
                return;
            }
            for (int i = 0; i < ROUNDS; i++) {
                long epoch = message.epoch() + random.nextInt(EPOCHS);
                ValidatorId proposer = new ValidatorId(random.nextInt(size));
                int round = random.nextInt(8) == 0 ? random.nextInt(Integer.MAX_VALUE) : random.nextInt(ROUNDS);
                AgreementMessage step = switch (random.nextInt(4)) {
                    case 0 -> new Aux(round, random.nextBoolean());
                    case 1 -> new Conf(round, BoolSet.BOTH);
                    case 2 -> new CoinShare(round, new Share(noise(Digest.BYTES)));
                    default -> new Bval(round, random.nextBoolean());
                };
                send(null, new Agreeing(epoch, new SubsetMessage(proposer, step)), done);
            }
            send(null, new Joining(message.epoch() + random.nextInt(EPOCHS), random.nextBoolean()), done);
            send(null, vote(message.epoch() + EPOCHS, BlockId.GENESIS), done);
            send(null, new Decrypting(message.epoch() + EPOCHS - 1, setup.self(), noise(Digest.BYTES)), done);
        }
    }

    /** Begs all the time to be told everything again, as one that is far behind and as one that is ahead. */
    private static final class Joiner extends Forger {
        private static final int FAR = 1000;
        private static final int PATIENCE = 40;

        private long epoch;
        private int begged;

        Joiner(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void heard(ValidatorId from, HoneyBadgerMessage message, List<Effect> done) {
            if (message.epoch() > epoch) {
                epoch = message.epoch();
                begged = 0;
            }
            if (!(message instanceof Joining) && begged++ < PATIENCE) {
                send(from, new Joining(begged % 2 == 0 ? Math.max(1, epoch - 2) : epoch, true), done);
                send(from, new Joining(1, false), done);
                send(from, new Joining(epoch + FAR, true), done);
            }
        }
    }

    /** Holds back what it says until others are done with the epoch, then says it all. */
    private static final class LateRevealer extends Forger {
        private static final int HELD = 4096;

        private record HeldBack(@Nullable ValidatorId to, HoneyBadgerMessage message) {}

        private final List<HeldBack> held = new ArrayList<>();

        LateRevealer(ConsensusSetup setup, RandomGenerator random) {
            super(setup, random);
        }

        @Override
        protected void say(@Nullable ValidatorId to, HoneyBadgerMessage message, List<Effect> done) {
            if (held.size() < HELD) {
                held.add(new HeldBack(to, message));
            }
        }

        @Override
        protected void after(Input input, List<Effect> done) {
            boolean over = input instanceof Input.Received received
                    && received.message() instanceof Vote vote
                    && isFirstOf(vote.epoch());
            if (over || input instanceof Input.LinksDoubtful) {
                held.forEach(unsaid -> send(unsaid.to(), unsaid.message(), done));
                held.clear();
            }
        }
    }
}
