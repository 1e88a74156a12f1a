package dev.parley.app;

import dev.parley.crypto.Digest;

/** The Merkle tree over a block's results. Immutable. */
final class ResultTree {
    Digest root() {
        throw new UnsupportedOperationException();
    }

    ResultItems items() {
        throw new UnsupportedOperationException();
    }

    ResultProof proof(int index) {
        throw new UnsupportedOperationException();
    }
}
