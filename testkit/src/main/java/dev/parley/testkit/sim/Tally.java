package dev.parley.testkit.sim;

import dev.parley.app.Application;
import dev.parley.app.BlockContext;
import dev.parley.app.Codec;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.consensus.Evidence;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The application of simulated runs: mixes the content of commands and the names of convicted validators, so that any difference in content
 * or order shows. At each height it does not want one command in eight, by their content.
 */
final class Tally implements StateMachine<byte[], Long, Long> {
    private long mixed;

    static Application<byte[], Long, Long> application() {
        return new Application<>(Tally::new, new Bytes(), new Mixed(), new Mixed());
    }

    @Override
    public Long apply(byte[] command, Context context) {
        for (byte b : command) {
            mixed = (mixed ^ b) * 0x100000001b3L;
        }
        mixed = RandomStream.mix(mixed + context.height() * 31 + context.index());
        return mixed;
    }

    /** Whether the command must not be proposed at the height, by content and height alone: so the answer binds on an undecided parent too. */
    static boolean refuses(byte[] command, long height) {
        return command.length > 0 && (command[0] & 7) == (height & 7);
    }

    @Override
    public Optional<String> checkProposal(List<byte[]> commands, BlockContext context) {
        for (byte[] command : commands) {
            if (refuses(command, context.height())) {
                return Optional.of("a command does not want height " + context.height());
            }
        }
        return Optional.empty();
    }

    @Override
    public void convicted(Evidence evidence, BlockContext context) {
        mixed = RandomStream.mix(mixed + evidence.culprit().index() * 31L + context.height());
    }

    @Override
    public Long snapshot() {
        return mixed;
    }

    @Override
    public void restore(Long snapshot) {
        mixed = snapshot;
    }

    private static final class Bytes implements Codec<byte[]> {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    }

    private static final class Mixed implements Codec<Long> {
        @Override
        public byte[] encode(Long value) {
            return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        }

        @Override
        public Long decode(byte[] bytes) {
            return ByteBuffer.wrap(bytes).getLong();
        }
    }
}
