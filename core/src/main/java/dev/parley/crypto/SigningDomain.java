package dev.parley.crypto;

import dev.parley.codec.BinaryWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Where a statement is valid: one protocol version, one chain, one epoch. Every signed statement begins with these and with its
 * kind, so that nothing signed for one place is valid in another (hazards: certificates across chains, epochs, kinds).
 * Thread-safe.
 */
public final class SigningDomain {
    /** Changes whenever the meaning of any signed statement does. */
    private static final String PROTOCOL_VERSION = "parley/1";

    private final String chainId;
    private final long epoch;
    private final byte[] prefix;

    /**
     * @param chainId names one replicated log for ever; no two logs may share it
     * @param epoch zero or more
     */
    public SigningDomain(String chainId, long epoch) {
        if (chainId.isEmpty() || chainId.length() > 64) {
            throw new IllegalArgumentException(
                    "a chain id has 1 to 64 characters, not " + chainId.length() + "; set parley.chain-id");
        }
        if (epoch < 0) {
            throw new IllegalArgumentException("an epoch is zero or more, not " + epoch);
        }
        this.chainId = chainId;
        this.epoch = epoch;
        this.prefix = new BinaryWriter()
                .text(PROTOCOL_VERSION)
                .text(chainId)
                .i64(epoch)
                .toByteArray();
    }

    public String chainId() {
        return chainId;
    }

    public long epoch() {
        return epoch;
    }

    /** A kind of statement, made once and used for each of its statements. */
    public Kind kind(String name) {
        return new Kind(name);
    }

    /** All statements of one kind in this domain. Thread-safe. */
    public final class Kind {
        private final byte[] head;

        private Kind(String name) {
            byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
            head = new BinaryWriter(prefix.length + 4 + ascii.length)
                    .raw(prefix)
                    .bytes(ascii)
                    .toByteArray();
        }

        /** @param content writes what is stated, in its canonical form */
        public byte[] statement(Consumer<BinaryWriter> content) {
            return statement(64, content);
        }

        /**
         * @param contentBytes how much will be written; if it is just that, nothing is copied
         * @param content writes what is stated, in its canonical form
         */
        public byte[] statement(int contentBytes, Consumer<BinaryWriter> content) {
            BinaryWriter out = new BinaryWriter(head.length + contentBytes).raw(head);
            content.accept(out);
            return out.toByteArray();
        }
    }
}
