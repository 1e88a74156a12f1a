package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Payload;

/** What is decided at one height: the paper's value v. Immutable. */
public record Block(Header header, Payload payload) {
    public BlockId id() {
        return header.id();
    }

    @Override
    public String toString() {
        return header.toString();
    }
}
