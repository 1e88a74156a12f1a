package dev.parley.tendermint;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Payload;
import dev.parley.consensus.PayloadDecoder;
import dev.parley.crypto.Digest;
import dev.parley.crypto.MerkleTree;
import dev.parley.tendermint.TendermintMessage.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How payloads are cut into parts and put together again. A payload that fits one part is committed to by its digest and travels whole; a
 * larger one by the root of the Merkle tree over its parts, and every part carries its path (hazard 19, ASA-2025-002: the index that
 * counts is the one that the path proves).
 */
final class Parts {
    static final int MAX_PAYLOAD_BYTES = 32 << 20;

    private Parts() {}

    /** Into how many parts a payload of that size is cut, at least 1. */
    static int count(int payloadBytes, int partBytes) {
        return Math.max(1, (payloadBytes + partBytes - 1) / partBytes);
    }

    /** What a header says of its payload. */
    static Digest commitment(Payload payload, int partBytes) {
        return payload.sizeBytes() <= partBytes ? payload.digest() : new Cut(payload, partBytes).root();
    }

    static boolean commits(Header header, Payload payload, int partBytes) {
        return header.payloadBytes() == payload.sizeBytes() && header.payload().equals(commitment(payload, partBytes));
    }

    /** @return null if the part belongs where it says, else what is wrong with it */
    static @Nullable String refute(Part part, int partBytes) {
        Header header = part.header();
        int count = count(header.payloadBytes(), partBytes);
        if (count < 2 || part.index() < 0 || part.index() >= count) {
            return "part " + part.index() + " of " + count;
        }
        int size = Math.min(partBytes, header.payloadBytes() - part.index() * partBytes);
        if (part.bytes().length != size) {
            return "part " + part.index() + " has " + part.bytes().length + " bytes and not " + size;
        }
        return header.payload().equals(MerkleTree.rootOf(part.bytes(), part.index(), count, part.path()))
                ? null
                : "the path of part " + part.index() + " does not lead to " + header;
    }

    /** A payload that was cut. Immutable. */
    static final class Cut {
        private final byte[] bytes;
        private final int partBytes;
        private final MerkleTree tree;

        Cut(Payload payload, int partBytes) {
            BinaryWriter out = new BinaryWriter(payload.sizeBytes());
            payload.write(out);
            this.bytes = out.toByteArray();
            this.partBytes = partBytes;
            this.tree = new MerkleTree(count(), (i, hash) -> hash.update(bytes, i * partBytes, size(i)));
        }

        Digest root() {
            return tree.root();
        }

        int count() {
            return Parts.count(bytes.length, partBytes);
        }

        Part part(Header header, int index) {
            byte[] part = Arrays.copyOfRange(bytes, index * partBytes, index * partBytes + size(index));
            return new Part(header, index, tree.path(index), part);
        }

        List<Part> parts(Header header) {
            List<Part> parts = new ArrayList<>(count());
            for (int i = 0; i < count(); i++) {
                parts.add(part(header, i));
            }
            return parts;
        }

        int size(int index) {
            return Math.min(partBytes, bytes.length - index * partBytes);
        }
    }

    /** The parts of one block that have come. Takes memory as they come, and a reference for each that the header claims. */
    static final class Assembly {
        private final Header header;
        private final @Nullable Part[] parts;
        private int missing;

        Assembly(Header header, int partBytes) {
            this.header = header;
            this.missing = count(header.payloadBytes(), partBytes);
            this.parts = new Part[missing];
        }

        /** @param part of this block, verified */
        void add(Part part) {
            if (parts[part.index()] == null) {
                parts[part.index()] = part;
                missing--;
            }
        }

        boolean isEmpty() {
            return missing == parts.length;
        }

        boolean isComplete() {
            return missing == 0;
        }

        Bits missing() {
            BitSet set = new BitSet(parts.length);
            for (int i = 0; i < parts.length; i++) {
                set.set(i, parts[i] == null);
            }
            return Bits.of(parts.length, set);
        }

        /** @throws MalformedException if the whole is no payload: then the proposer is faulty and nobody can have it */
        Payload payload(PayloadDecoder decoder) throws MalformedException {
            BinaryWriter whole = new BinaryWriter(header.payloadBytes());
            for (Part part : parts) {
                if (part != null) {
                    whole.raw(part.bytes());
                }
            }
            BinaryReader in = new BinaryReader(whole.toByteArray());
            Payload payload = decoder.read(in);
            in.end();
            return payload;
        }
    }
}
