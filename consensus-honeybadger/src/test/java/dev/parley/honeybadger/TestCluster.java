package dev.parley.honeybadger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Restored;
import dev.parley.consensus.Sample;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.crypto.threshold.IdealThreshold;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.honeybadger.HoneyBadgerMessage.Agreeing;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.HoneyBadgerMessage.Vote;
import dev.parley.honeybadger.agreement.AgreementMessage.Aux;
import dev.parley.honeybadger.agreement.AgreementMessage.Bval;
import dev.parley.honeybadger.agreement.AgreementMessage.CoinShare;
import dev.parley.honeybadger.agreement.AgreementMessage.Conf;
import dev.parley.honeybadger.agreement.AgreementMessage.Term;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Echo;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Val;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.log.CommandPayloads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Four validators with their disks in one thread: messages and computations wait, and a seed says which is next. */
final class TestCluster {
    static final int SIZE = 4;
    static final HoneyBadgerSettings SETTINGS = new HoneyBadgerSettings(64, 64 << 10);

    /** @param to the receiver's index */
    record Envelope(int from, int to, HoneyBadgerMessage message) {}

    /** What waits: a message, or the answer of a computation to the core that asked. */
    private record Waiting(@Nullable Envelope envelope, Runnable run) {}

    /** Of each of these a correct validator says one thing for ever. */
    private record Slot(String kind, long epoch, int instance, int detail) {}

    final ConsensusSetup[] setups = new ConsensusSetup[SIZE];
    final HoneyBadgerProtocol protocol;
    final HoneyBadgerStatements statements;
    final List<Node> nodes = new ArrayList<>();
    /** What left a correct validator, in order. */
    final List<Envelope> sent = new ArrayList<>();
    /** What is lost. */
    Predicate<Envelope> loses = envelope -> false;

    private final List<Waiting> waiting = new ArrayList<>();
    private final SplittableRandom random;
    private long clock = 1000;

    TestCluster(long seed) {
        this(seed, HoneyBadgerRules.PAPER, IdealThreshold.deal(SIZE, 2, 7));
    }

    TestCluster(long seed, HoneyBadgerRules rules, List<ThresholdSetup> dealt) {
        random = new SplittableRandom(seed);
        protocol = new HoneyBadgerProtocol(SETTINGS, rules);
        IdealSignatures scheme = new IdealSignatures();
        List<Signer> signers = new ArrayList<>();
        List<PublicKey> keys = new ArrayList<>();
        long[] powers = new long[SIZE];
        for (int i = 0; i < SIZE; i++) {
            byte[] secret = new byte[IdealSignatures.SECRET_BYTES];
            secret[0] = (byte) i;
            signers.add(scheme.signer(secret));
            keys.add(signers.get(i).publicKey());
            powers[i] = 1;
        }
        ValidatorSet validators = ValidatorSet.of(scheme, keys, powers);
        for (int i = 0; i < SIZE; i++) {
            setups[i] = new ConsensusSetup(
                    v(i),
                    validators,
                    new SigningDomain("test", 0),
                    scheme,
                    signers.get(i),
                    CommandPayloads.INSTANCE,
                    dealt.get(i));
        }
        statements = new HoneyBadgerStatements(setups[0].domain());
        for (int i = 0; i < SIZE; i++) {
            nodes.add(new Node(i));
        }
    }

    static ValidatorId v(int index) {
        return new ValidatorId(index);
    }

    static Command command(int number) {
        return command(number, new byte[] {(byte) number});
    }

    static Command command(int number, byte[] content) {
        return new Command(new CommandId(new ClientId(1, 2), number), 1, 1000, content);
    }

    Vote vote(int voter, long epoch, BlockId block) {
        return new Vote(epoch, block, setups[voter].signer().sign(statements.vote(epoch, block)));
    }

    /** Starts those that are not Byzantine; of a Byzantine one a test says everything. */
    TestCluster start(Integer... byzantine) {
        for (Node node : nodes) {
            node.byzantine = List.of(byzantine).contains(node.index);
            if (!node.byzantine) {
                node.start();
            }
        }
        return this;
    }

    List<Node> correct() {
        return nodes.stream().filter(node -> !node.byzantine).toList();
    }

    /** The command waits at these validators, or at all correct ones. */
    void submit(Command command, Node... at) {
        for (Node node : at.length == 0 ? correct().toArray(new Node[0]) : at) {
            node.pool.put(command.id(), command);
            node.tellWork();
        }
    }

    /** From a Byzantine validator to all others. */
    void inject(int from, HoneyBadgerMessage message) {
        for (int to = 0; to < SIZE; to++) {
            if (to != from) {
                inject(from, to, message);
            }
        }
    }

    void inject(int from, int to, HoneyBadgerMessage message) {
        Envelope envelope = new Envelope(from, to, message);
        waiting.add(new Waiting(envelope, () -> nodes.get(to).receive(envelope)));
    }

    /** Until nothing waits. */
    void run() {
        runUntil(() -> false);
    }

    /** Until nothing waits and, as the shell sees to, nobody lacks a block that another has. */
    void settle() {
        boolean behind;
        do {
            run();
            behind = false;
            Node first = nodes.stream()
                    .max(Comparator.comparingInt(node -> node.log.size()))
                    .orElseThrow();
            for (Node node : correct()) {
                if (node.log.size() < first.log.size()) {
                    behind = true;
                    node.give(new Input.CaughtUp(List.copyOf(first.log.subList(node.log.size(), first.log.size()))));
                }
            }
        } while (behind);
    }

    void runUntil(BooleanSupplier done) {
        int steps = 0;
        while (!waiting.isEmpty() && !done.getAsBoolean()) {
            assertThat(++steps).isLessThan(1_000_000);
            int next = random.nextInt(waiting.size());
            Waiting chosen = waiting.get(next);
            waiting.set(next, waiting.getLast());
            waiting.removeLast();
            if (chosen.envelope == null || !loses.test(chosen.envelope)) {
                chosen.run.run();
            }
        }
    }

    /** Messages that left, whoever they were for. */
    <M extends HoneyBadgerMessage> List<M> said(Class<M> kind) {
        return sent.stream()
                .map(Envelope::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    final class Node {
        final int index;
        final List<DecidedBlock> log = new ArrayList<>();
        final Map<CommandId, Command> pool = new LinkedHashMap<>();
        final List<Refusal> refused = new ArrayList<>();
        final List<Evidence> accused = new ArrayList<>();
        final List<Effect.CatchUp> asked = new ArrayList<>();
        final List<Observation> observed = new ArrayList<>();
        final LinkedHashMap<RecordKey, byte[]> disk = new LinkedHashMap<>();
        int writesLeft = Integer.MAX_VALUE;
        int writes;
        boolean up;

        private final MessageVerifier verifier;
        private final MessageCodec codec;
        private final Map<Slot, Object> promises = new HashMap<>();
        private boolean byzantine;
        private boolean pending;
        private Effect.@Nullable RequestPayload request;
        private int life;
        private @Nullable ConsensusCore core;

        Node(int index) {
            this.index = index;
            verifier = protocol.createVerifier(setups[index]);
            codec = protocol.createCodec(setups[index]);
        }

        void start() {
            up = true;
            life++;
            pending = false;
            request = null;
            core = protocol.createCore(setups[index]);
            List<ConsensusRecord> records = new ArrayList<>();
            for (byte[] record : disk.values()) {
                try {
                    records.add(codec.readRecord(new BinaryReader(record)));
                } catch (MalformedException e) {
                    throw new AssertionError(e);
                }
            }
            give(new Input.Start(new Restored(records, log.isEmpty() ? null : log.getLast())));
            tellWork();
        }

        /** At once if there is a command, or none is needed; else when there is one. */
        private void answerPayload() {
            Effect.RequestPayload asked = request;
            if (asked == null || (pool.isEmpty() && !asked.evenIfEmpty())) {
                return;
            }
            request = null;
            Sample sample = asked.sample();
            long take = sample == null ? pool.size() : sample.take();
            List<Command> batch = pool.values().stream().limit(take).toList();
            later(new Input.PayloadReady(asked.ticket(), new CommandBatch(clock++, batch)));
        }

        void tellWork() {
            answerPayload();
            boolean now = !pool.isEmpty();
            if (up && now != pending) {
                pending = now;
                give(new Input.WorkPending(now));
            }
        }

        private void receive(Envelope envelope) {
            if (!up) {
                return;
            }
            Refusal refusal = verifier.verify(v(envelope.from), envelope.message);
            if (refusal != null) {
                refused.add(refusal);
                return;
            }
            give(new Input.Received(v(envelope.from), envelope.message));
        }

        void give(Input input) {
            ConsensusCore running = core;
            if (!up || running == null) {
                return;
            }
            for (Effect effect : running.handle(input)) {
                if (!up) {
                    return;
                }
                perform(effect);
            }
            tellWork();
        }

        private void later(Input answer) {
            int asker = life;
            waiting.add(new Waiting(null, () -> {
                if (life == asker) {
                    give(answer);
                }
            }));
        }

        private void perform(Effect effect) {
            switch (effect) {
                case Effect.Persist(var key, var record) -> {
                    BinaryWriter out = new BinaryWriter();
                    codec.writeRecord(record, out);
                    write(() -> disk.put(key, out.toByteArray()));
                }
                case Effect.Forget(var key) -> disk.remove(key);
                case Effect.Decide(var block) ->
                    write(() -> {
                        assertThat(protocol.refuteDecision(setups[index], block))
                                .isNull();
                        log.add(block);
                        ((CommandBatch) block.payload()).commands().forEach(command -> pool.remove(command.id()));
                    });
                case Effect.RequestPayload asked -> {
                    request = asked;
                    answerPayload();
                }
                case Effect.Compute(long ticket, var work) -> {
                    int asker = life;
                    waiting.add(new Waiting(null, () -> {
                        if (life == asker) {
                            give(new Input.Computed(ticket, work.run()));
                        }
                    }));
                }
                case Effect.Send(var to, var message) -> send(to.index(), message);
                case Effect.Broadcast(var message) -> {
                    for (int to = 0; to < SIZE; to++) {
                        if (to != index) {
                            send(to, message);
                        }
                    }
                }
                case Effect.CatchUp asking -> asked.add(asking);
                case Effect.Accuse(var evidence) -> accused.add(evidence);
                case Effect.Observe(Observation.Refused(var refusal)) -> refused.add(refusal);
                case Effect.Observe(var observation) -> observed.add(observation);
                default -> throw new AssertionError(effect);
            }
        }

        /** The power fails before the write with a given number. */
        private void write(Runnable change) {
            if (writesLeft == 0) {
                up = false;
                return;
            }
            writesLeft--;
            writes++;
            change.run();
        }

        private void send(int to, ConsensusMessage message) {
            HoneyBadgerMessage ours = (HoneyBadgerMessage) message;
            promise(to, ours);
            Envelope envelope = new Envelope(index, to, ours);
            sent.add(envelope);
            waiting.add(new Waiting(envelope, () -> nodes.get(to).receive(envelope)));
        }

        private void promise(int to, HoneyBadgerMessage message) {
            switch (message) {
                case Broadcasting(long epoch, ValidatorId proposer, var step) -> {
                    int instance = proposer.index();
                    switch (step) {
                        case Val val -> {
                            assertThat(instance).isEqualTo(index);
                            promise(new Slot("proposal", epoch, instance, 0), val.root());
                            promise(new Slot("VAL", epoch, instance, to), val);
                        }
                        case Echo echo -> promise(new Slot("ECHO", epoch, instance, 0), echo);
                        case Ready(var root) -> promise(new Slot("READY", epoch, instance, 0), root);
                    }
                }
                case Agreeing(long epoch, var step) -> {
                    int instance = step.proposer().index();
                    switch (step.message()) {
                        case Bval bval -> {}
                        case Aux(int round, boolean value) -> promise(new Slot("AUX", epoch, instance, round), value);
                        case Conf(int round, var values) -> promise(new Slot("CONF", epoch, instance, round), values);
                        case CoinShare(int round, var share) ->
                            promise(new Slot("COIN", epoch, instance, round), share);
                        case Term(boolean value) -> promise(new Slot("TERM", epoch, instance, 0), value);
                    }
                }
                case Decrypting share ->
                    promise(new Slot("share", share.epoch(), share.proposer().index(), 0), share);
                case Vote(long epoch, var block, var signature) -> promise(new Slot("vote", epoch, 0, 0), block);
                case Joining joining -> {}
            }
        }

        private void promise(Slot slot, Object content) {
            Object before = promises.putIfAbsent(slot, content);
            assertThat(before == null ? content : before)
                    .as("v%d says one thing for %s", index, slot)
                    .isEqualTo(content);
        }

        Set<Integer> decidedCommands() {
            Set<Integer> numbers = new HashSet<>();
            log.forEach(block -> commandsOf(block).forEach(numbers::add));
            return numbers;
        }
    }

    static List<Integer> commandsOf(DecidedBlock block) {
        return ((CommandBatch) block.payload())
                .commands().stream()
                        .map(command -> (int) command.id().sequence())
                        .toList();
    }

    static boolean contains(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    byte[] encoded(HoneyBadgerMessage message) {
        BinaryWriter out = new BinaryWriter();
        nodes.getFirst().codec.writeMessage(message, out);
        return out.toByteArray();
    }

    byte[] encoded(Certificate certificate) {
        BinaryWriter out = new BinaryWriter();
        nodes.getFirst().codec.writeCertificate(certificate, out);
        return out.toByteArray();
    }

    /** All correct validators have the same log of at least so many blocks. */
    void assertDecided(int blocks) {
        for (Node node : correct()) {
            assertThat(node.log).hasSizeGreaterThanOrEqualTo(blocks);
            for (int i = 0;
                    i < Math.min(node.log.size(), correct().getFirst().log.size());
                    i++) {
                assertThat(node.log.get(i).id())
                        .isEqualTo(correct().getFirst().log.get(i).id());
            }
        }
    }
}
