package dev.parley.mempool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** The pool beside a model that keeps lists and looks at all of them each time, on trees of blocks with forks. */
class MempoolModelTest {
    private static final int MAX_COMMANDS = 20;
    private static final int MAX_PEER_COMMANDS = 5;
    private static final int MAX_BLOCK_COMMANDS = 4;

    private record Block(BlockId id, BlockId parent, CommandBatch payload) {}

    private record Waiting(Command command, @Nullable ValidatorId peer) {}

    private final Mempool pool = new Mempool(MempoolTest.settings(MAX_COMMANDS, MAX_PEER_COMMANDS, MAX_BLOCK_COMMANDS));
    private final List<Waiting> waiting = new ArrayList<>();
    private final Map<BlockId, Block> blocks = new LinkedHashMap<>();
    private final Map<CommandId, Admission.AlreadyOrdered> ordered = new HashMap<>();
    private final Set<CommandId> accepted = new HashSet<>();
    private final Set<CommandId> settled = new HashSet<>();
    private BlockId root = BlockId.GENESIS;
    private long rootTime = 0;
    private long height = 0;
    private long now = 100_000;
    private int blockNumber = 0;

    @Property(tries = 1000)
    void never_orders_twice_and_never_loses(
            @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 1 << 30) Integer> choices) {
        new MempoolModelTest().run(choices);
    }

    private void run(List<Integer> choices) {
        for (int choice : choices) {
            int detail = choice / 16;
            switch (choice % 16) {
                case 0, 1, 2, 3, 4, 5, 6 -> admit(detail);
                case 7, 8, 9 -> build(detail);
                case 10, 11 -> propose(detail);
                case 12, 13 -> decide(detail);
                case 14 -> now += detail % 1500;
                default -> expire();
            }
            assertThat(pool.size()).isEqualTo(waiting.size());
            assertThat(pool.sizeBytes())
                    .isEqualTo(waiting.stream()
                            .mapToLong(each -> each.command().sizeBytes())
                            .sum());
            assertThat(pool.undecidedBlocks()).isEqualTo(blocks.size());
        }
        settleAll();
    }

    private void admit(int detail) {
        Command command = command(detail);
        ValidatorId peer = detail % 3 == 0 ? null : new ValidatorId(detail % 3);
        long peers = waiting.stream()
                .filter(each -> peer != null && peer.equals(each.peer()))
                .count();
        Admission admission = pool.admit(command, peer, now);
        int known = indexOf(command.id());
        if (known >= 0) {
            assertThat(admission).isInstanceOf(Admission.Duplicate.class);
            if (peer == null) {
                waiting.set(known, new Waiting(waiting.get(known).command(), null));
            }
        } else if (ordered.containsKey(command.id())) {
            // Once it has expired its session may be forgotten.
            assertThat(admission)
                    .isIn(
                            ordered.get(command.id()),
                            command.expiresAtMillis() < rootTime ? new Admission.Expired() : ordered.get(command.id()));
        } else if (Math.max(peer == null ? now : 0, rootTime) > command.expiresAtMillis()) {
            assertThat(admission).isInstanceOf(Admission.Expired.class);
        } else if (waiting.size() == MAX_COMMANDS || peers == MAX_PEER_COMMANDS) {
            assertThat(admission).isInstanceOf(Admission.Busy.class);
        } else {
            assertThat(admission).isInstanceOf(Admission.Accepted.class);
            waiting.add(new Waiting(command, peer));
            accepted.add(command.id());
            settled.remove(command.id());
        }
    }

    private void build(int detail) {
        BlockId parent = anyBlock(detail);
        long time = Math.max(timeOf(parent), now);
        Set<CommandId> held = heldBy(parent);
        List<Command> expected = waiting.stream()
                .map(Waiting::command)
                .filter(command -> !held.contains(command.id()) && command.expiresAtMillis() >= time)
                .sorted(Comparator.comparingInt(Command::lane))
                .limit(MAX_BLOCK_COMMANDS)
                .toList();
        CommandBatch batch = pool.build(parent, now, true).orElseThrow();
        // What has expired for good leaves the pool when it is met; it is handed back with the next expiry.
        expire();
        assertThat(batch.timeMillis()).isEqualTo(time);
        assertThat(batch.commands()).isEqualTo(expected);
        Block block = new Block(nextId(), parent, batch);
        assertThat(pool.check(block.id(), parent, batch, now)).isInstanceOf(verdictOnTime(batch, parent));
        blocks.put(block.id(), block);
    }

    /** A peer's block, good or bad; bad ones are kept too, since a faulty quorum is no excuse to lose commands. */
    private void propose(int detail) {
        BlockId parent = anyBlock(detail);
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < detail / 64 % 4; i++) {
            commands.add(command(detail / 256 * (i + 1) + i * 7));
        }
        CommandBatch batch = new CommandBatch(Math.max(timeOf(parent), now) + detail % 5 - 1, commands);
        Block block = new Block(nextId(), parent, batch);
        Set<CommandId> held = heldBy(parent);
        boolean good = batch.timeMillis() >= timeOf(parent) && batch.timeMillis() <= now + 1000;
        for (Command command : commands) {
            good &= held.add(command.id())
                    && !ordered.containsKey(command.id())
                    && command.expiresAtMillis() >= batch.timeMillis();
        }
        assertThat(pool.check(block.id(), parent, batch, now))
                .isInstanceOf(good ? Verdict.Accepted.class : Verdict.Refused.class);
        blocks.put(block.id(), block);
    }

    private void decide(int detail) {
        List<Block> children = blocks.values().stream()
                .filter(block -> block.parent().equals(root))
                .toList();
        if (children.isEmpty()) {
            return;
        }
        Block block = children.get(detail % children.size());
        height++;
        pool.decided(block.id(), block.payload(), height);
        rootTime = Math.max(rootTime, block.payload().timeMillis());
        root = block.id();
        blocks.remove(root);
        for (int i = 0; i < block.payload().commands().size(); i++) {
            Command command = block.payload().commands().get(i);
            if (command.expiresAtMillis() >= rootTime) {
                ordered.putIfAbsent(command.id(), new Admission.AlreadyOrdered(height, i));
            }
            int place = indexOf(command.id());
            if (place >= 0) {
                waiting.remove(place);
                settle(command.id());
            }
        }
        Set<BlockId> kept = new HashSet<>(Set.of(root));
        blocks.values().removeIf(each -> !kept.contains(each.parent()) || !kept.add(each.id()));
        for (Block each : blocks.values()) {
            assertThat(pool.register(each.id(), each.parent(), each.payload())).isTrue();
        }
    }

    private void expire() {
        for (Withdrawn gone : pool.expire(rootTime)) {
            assertThat(gone.why()).isInstanceOf(Admission.Expired.class);
            assertThat(gone.command().expiresAtMillis()).isLessThan(rootTime);
            int place = indexOf(gone.command().id());
            assertThat(place).isNotNegative();
            waiting.remove(place);
            settle(gone.command().id());
        }
        assertThat(waiting).noneMatch(each -> each.command().expiresAtMillis() < rootTime);
    }

    /** Blocks go on until nothing waits: each accepted command was ordered or handed back. */
    private void settleAll() {
        for (int i = 0; i < 40 && pool.hasPending(); i++) {
            blocks.clear();
            now = Math.max(now + 500, rootTime);
            pool.build(root, now, false).ifPresent(batch -> {
                Block block = new Block(nextId(), root, batch);
                blocks.put(block.id(), block);
                decide(0);
            });
            expire();
        }
        assertThat(pool.hasPending()).isFalse();
        assertThat(settled).isEqualTo(accepted);
    }

    private void settle(CommandId id) {
        assertThat(settled.add(id)).isTrue();
    }

    private Class<? extends Verdict> verdictOnTime(CommandBatch batch, BlockId parent) {
        boolean good = batch.timeMillis() >= timeOf(parent) && batch.timeMillis() <= now + 1000;
        return good ? Verdict.Accepted.class : Verdict.Refused.class;
    }

    private Set<CommandId> heldBy(BlockId tip) {
        Set<CommandId> held = new HashSet<>();
        for (Block block = blocks.get(tip); block != null; block = blocks.get(block.parent())) {
            block.payload().commands().forEach(command -> held.add(command.id()));
        }
        return held;
    }

    private long timeOf(BlockId tip) {
        long time = rootTime;
        for (Block block = blocks.get(tip); block != null; block = blocks.get(block.parent())) {
            time = Math.max(time, block.payload().timeMillis());
        }
        return time;
    }

    private BlockId anyBlock(int detail) {
        List<BlockId> all = new ArrayList<>(blocks.keySet());
        // The pool remembers eight; here none is to be forgotten.
        while (all.size() > 6) {
            decide(detail);
            all = new ArrayList<>(blocks.keySet());
        }
        int choice = detail % (all.size() + 1);
        return choice == all.size() ? root : all.get(choice);
    }

    private int indexOf(CommandId id) {
        for (int i = 0; i < waiting.size(); i++) {
            if (waiting.get(i).command().id().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    private BlockId nextId() {
        return new BlockId(new Digest(0, 0, 0, ++blockNumber));
    }

    /** The same name always has the same expiry, as it has with a correct client. */
    private static Command command(int detail) {
        long sequence = 1L + detail / 3 % 40;
        return new Command(
                new CommandId(new ClientId(0, detail % 2), sequence),
                (int) (sequence % Command.LANES),
                100_000 + sequence * 250,
                new byte[0]);
    }
}
