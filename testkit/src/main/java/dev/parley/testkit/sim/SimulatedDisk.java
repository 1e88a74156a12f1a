package dev.parley.testkit.sim;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Restored;
import dev.parley.storage.MemoryStorage;
import dev.parley.storage.Storage;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A disk that makes batches durable in order, some time after they were written. A crash loses what is not durable yet, but for a random first
 * part: a disk may have done more than it has said.
 */
final class SimulatedDisk {
    private long keepBytes = Long.MAX_VALUE;
    private long keepBlocks = Long.MAX_VALUE;
    private MemoryStorage durable = new MemoryStorage(keepBytes);
    private final ArrayDeque<List<Storage.Write>> underWay = new ArrayDeque<>();
    private long durableRecords;
    private boolean recovering;

    /** Of the log it keeps about so many bytes from now on. Before anything is written. */
    void keep(long bytes) {
        keepBytes = bytes;
        durable = new MemoryStorage(keepBytes, keepBlocks);
    }

    /** Of the log it keeps so many blocks below its newest snapshot from now on. Before anything is written. */
    void keepBlocks(long blocks) {
        keepBlocks = blocks;
        durable = new MemoryStorage(keepBytes, keepBlocks);
    }

    /** What is kept and what is served to others, snapshots included; these are durable at once. */
    Storage durable() {
        return durable;
    }

    void write(List<Storage.Write> batch) {
        underWay.add(batch);
    }

    boolean isBusy() {
        return !underWay.isEmpty();
    }

    /** The oldest batch under way has become durable. */
    void sync() {
        List<Storage.Write> batch = underWay.remove();
        for (int i = 0; i < batch.size(); i++) {
            if (batch.get(i) instanceof Storage.Write.Put) {
                durableRecords++;
            }
        }
        durable.write(batch);
    }

    /** Records made durable since the last restart. */
    long durableRecords() {
        return durableRecords;
    }

    /** @return whether anything was lost */
    boolean crash(RandomStream random) {
        int surviving = underWay.isEmpty() ? 0 : random.nextInt(underWay.size() + 1);
        for (int i = 0; i < surviving; i++) {
            sync();
        }
        boolean lost = !underWay.isEmpty();
        underWay.clear();
        durableRecords = 0;
        return lost;
    }

    /** Another one is put in its place, empty. Nothing is under way. */
    void lose() {
        durable = new MemoryStorage(keepBytes, keepBlocks);
        recovering = true;
    }

    /** As {@link Storage#isRecovering}. */
    boolean isRecovering() {
        return recovering;
    }

    /** As {@link Storage#recovered}. */
    void recovered() {
        recovering = false;
    }

    Restored load() {
        return durable.load();
    }

    List<DecidedBlock> read(long fromHeight, int maxBlocks, long maxBytes) {
        return durable.read(fromHeight, maxBlocks, maxBytes);
    }
}
