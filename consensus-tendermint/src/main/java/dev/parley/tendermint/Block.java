package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Payload;
import dev.parley.consensus.ValidatorId;
import dev.parley.tendermint.TendermintMessage.Part;
import java.util.List;

/** What is decided at one height: the paper's value v. Immutable. */
public record Block(Header header, Payload payload) {
    /**
     * A new block.
     *
     * @param partBytes as in {@link TendermintSettings}: what the header says of a payload depends on it
     */
    public static Block of(
            long height, BlockId parent, ValidatorId proposer, int round, Payload payload, int partBytes) {
        Header header =
                new Header(height, parent, proposer, round, Parts.commitment(payload, partBytes), payload.sizeBytes());
        return new Block(header, payload);
    }

    /** What goes after its proposal; none if the payload travels in it. */
    public List<Part> parts(int partBytes) {
        return Parts.count(header.payloadBytes(), partBytes) == 1
                ? List.of()
                : new Parts.Cut(payload, partBytes).parts(header);
    }

    public BlockId id() {
        return header.id();
    }

    @Override
    public String toString() {
        return header.toString();
    }
}
