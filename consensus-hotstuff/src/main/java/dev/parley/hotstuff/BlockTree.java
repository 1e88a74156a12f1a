package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The undecided blocks, all of them connected to the last decided one, the root; and the last {@value #KEPT_DECIDED} decided ones, to
 * answer peers from. Insertion order is parents first, which every walk relies on.
 */
final class BlockTree implements Chain {
    /** How many decided blocks are kept in memory. */
    static final int KEPT_DECIDED = 64;
    /** The most undecided blocks without a QC; far more failed views in a row than time-outs at their cap allow for. */
    static final int MAX_UNCERTIFIED = 32;

    private final LinkedHashMap<BlockId, Node> nodes = new LinkedHashMap<>();
    private final LinkedHashMap<BlockId, Block> decided = new LinkedHashMap<>();
    private final CommitRule commit;
    private Header root = Header.GENESIS;
    private long rootLastNonEmpty;
    private long rootShownDecided;

    BlockTree(CommitRule commit) {
        this.commit = commit;
    }

    Header root() {
        return root;
    }

    int size() {
        return nodes.size();
    }

    @Nullable Node node(BlockId id) {
        return nodes.get(id);
    }

    /** Whether a child of the block could be inserted. */
    boolean isConnected(BlockId id) {
        return root.id().equals(id) || nodes.containsKey(id);
    }

    /** Whether the block is undecided and here, or decided not long ago. */
    boolean isKnown(BlockId id) {
        return isConnected(id) || decided.containsKey(id);
    }

    @Override
    public @Nullable Header header(BlockId id) {
        if (root.id().equals(id)) {
            return root;
        }
        Block block = block(id);
        return block != null ? block.header() : id.equals(BlockId.GENESIS) ? Header.GENESIS : null;
    }

    @Override
    public @Nullable Block block(BlockId id) {
        Node node = nodes.get(id);
        return node != null ? node.block : decided.get(id);
    }

    @Override
    public boolean isExtending(Header block, QC ancestor) {
        Header at = block;
        while (at.view() > root.view()) {
            if (at.id().equals(ancestor.block())) {
                return true;
            }
            Node parent = nodes.get(at.parent());
            if (parent == null) {
                break;
            }
            at = parent.header();
        }
        return ancestor.view() <= root.view();
    }

    /** @param block whose parent is connected and whose header fits it */
    Node insert(Block block) {
        long lastNonEmpty = block.payload().isEmpty() ? lastNonEmpty(block.parent()) : block.height();
        Node node = new Node(block, lastNonEmpty, shownAbove(block.parent()));
        nodes.put(block.id(), node);
        return node;
    }

    /** Whether an empty child of the block would be {@linkplain Node#isQuiet quiet}: a QC for the block shows as much as that child. */
    boolean isQuietAbove(BlockId certified) {
        return isConnected(certified) && lastNonEmpty(certified) <= shownAbove(certified);
    }

    private long lastNonEmpty(BlockId id) {
        Node node = nodes.get(id);
        return node == null ? rootLastNonEmpty : node.lastNonEmpty;
    }

    /** The height up to which a QC for the block, with the chain below it, shows that blocks are decided. */
    private long shownAbove(BlockId certified) {
        Node node = nodes.get(certified);
        long shown = node == null ? rootShownDecided : node.shownDecided;
        List<Header> chain = chainEndingAt(certified);
        return chain != null && commit.commits(chain)
                ? Math.max(shown, chain.getFirst().height())
                : shown;
    }

    /** As many blocks as the commit rule looks at, the given one last; null if they are not all known. */
    @Nullable List<Header> chainEndingAt(BlockId newest) {
        Header at = header(newest);
        if (at == null) {
            return null;
        }
        int length = commit.length();
        Header[] chain = new Header[length];
        for (int i = length - 1; ; i--) {
            chain[i] = at;
            if (i == 0) {
                return List.of(chain);
            }
            if (at.height() == 0) {
                return null;
            }
            at = header(at.parent());
            if (at == null) {
                return null;
            }
        }
    }

    /**
     * The undecided blocks up to and with {@code target}, the lowest first.
     *
     * @throws IllegalStateException if they do not begin above the root: more than f validators are faulty, or there is a defect
     */
    List<Node> pathTo(BlockId target) {
        List<Node> path = new ArrayList<>(2);
        Node at = nodes.get(target);
        while (at != null) {
            path.add(at);
            at = nodes.get(at.block.parent());
        }
        if (path.isEmpty() || !path.getLast().block.parent().equals(root.id())) {
            throw new IllegalStateException(
                    "a quorum decided " + target + ", which does not extend the decided " + root);
        }
        return path.size() == 1 ? path : path.reversed();
    }

    /** Makes the blocks of a path from {@link #pathTo} decided. */
    void decide(List<Node> path) {
        for (Node node : path) {
            nodes.remove(node.block.id());
            keepDecided(node.block);
        }
        Node last = path.getLast();
        root = last.header();
        rootLastNonEmpty = last.lastNonEmpty;
        rootShownDecided = last.shownDecided;
    }

    /** Takes the decided block that peers showed, or that a restart found, for the root. */
    void adopt(Header newRoot) {
        Node node = nodes.remove(newRoot.id());
        if (node != null) {
            keepDecided(node.block);
        }
        root = newRoot;
        rootLastNonEmpty = newRoot.height();
        // Its certificate shows that it is decided, and not every block above it does.
        rootShownDecided = 0;
    }

    /**
     * Takes out all that can play no part any more: what does not extend the root, and what has no QC although a later view has
     * one. An uncertified block above the highest QC stays, since its QC may yet appear and this validator may be one of few to
     * have it.
     *
     * @return what was taken out
     */
    Collection<Node> prune(QC highQc) {
        List<Node> removed = new ArrayList<>();
        int uncertified = 0;
        Iterator<Map.Entry<BlockId, Node>> all = nodes.entrySet().iterator();
        while (all.hasNext()) {
            Node node = all.next().getValue();
            boolean dead = !isConnected(node.block.parent())
                    || node.block.height() <= root.height()
                    || (!node.certified && node.block.view() < highQc.view());
            if (dead) {
                all.remove();
                removed.add(node);
            } else if (!node.certified) {
                uncertified++;
            }
        }
        all = nodes.entrySet().iterator();
        while (uncertified > MAX_UNCERTIFIED && all.hasNext()) {
            Node node = all.next().getValue();
            if (!node.certified) {
                all.remove();
                removed.add(node);
                uncertified--;
            }
        }
        return removed;
    }

    private void keepDecided(Block block) {
        decided.put(block.id(), block);
        if (decided.size() > KEPT_DECIDED) {
            decided.pollFirstEntry();
        }
    }
}
