package dev.parley.storage;

/** What execution goes on from, instead of the blocks up to a height. Immutable. */
public final class Snapshot {
    private final long height;
    private final byte[] content;

    /**
     * @param height of the last block that it covers, 1 or more
     * @param content by {@code Executor.snapshotBytes}; not copied, not to be changed
     */
    public Snapshot(long height, byte[] content) {
        if (height < 1) {
            throw new IllegalArgumentException("a snapshot covers height 1 or more, not " + height);
        }
        this.height = height;
        this.content = content;
    }

    public long height() {
        return height;
    }

    /** Not a copy, not to be changed. */
    public byte[] content() {
        return content;
    }
}
