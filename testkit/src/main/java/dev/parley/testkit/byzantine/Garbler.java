package dev.parley.testkit.byzantine;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends after each message the same one with a small edit of its bytes, or with a piece of an earlier one in it, whenever that still reads
 * as a message. What it signed is then signed no more, but for edits outside of what is signed.
 */
final class Garbler implements Behaviour {
    private static final int MEMORY = 16;

    @Override
    public String name() {
        return "garbler";
    }

    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        return new WireBehaviour(name(), (setup, chance) -> new Edits(honest.createCodec(setup), chance))
                .corrupt(honest, random);
    }

    private static final class Edits implements Mischief {
        private final MessageCodec codec;
        private final RandomGenerator random;
        private final List<byte[]> earlier = new ArrayList<>();

        Edits(MessageCodec codec, RandomGenerator random) {
            this.codec = codec;
            this.random = random;
        }

        @Override
        public List<Effect> act(Input input, List<Effect> effects) {
            List<Effect> more = new ArrayList<>(effects);
            for (Effect effect : effects) {
                switch (effect) {
                    case Effect.Broadcast(ConsensusMessage message) -> {
                        ConsensusMessage edited = edit(message);
                        if (edited != null) {
                            more.add(new Effect.Broadcast(edited));
                        }
                    }
                    case Effect.Send(var to, ConsensusMessage message) -> {
                        ConsensusMessage edited = edit(message);
                        if (edited != null) {
                            more.add(new Effect.Send(to, edited));
                        }
                    }
                    default -> {}
                }
            }
            return more;
        }

        private @Nullable ConsensusMessage edit(ConsensusMessage message) {
            BinaryWriter out = new BinaryWriter(256);
            codec.writeMessage(message, out);
            byte[] bytes = out.toByteArray();
            byte[] edited = bytes.clone();
            int at = random.nextInt(edited.length);
            byte[] other = earlier.isEmpty() ? bytes : earlier.get(random.nextInt(earlier.size()));
            switch (random.nextInt(3)) {
                case 0 -> edited[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> edited[at] = random.nextBoolean() ? (byte) -1 : 0;
                default -> {
                    for (int i = at; i < Math.min(at + Long.BYTES, Math.min(edited.length, other.length)); i++) {
                        edited[i] = other[i];
                    }
                }
            }
            if (earlier.size() < MEMORY) {
                earlier.add(bytes);
            } else {
                earlier.set(random.nextInt(MEMORY), bytes);
            }
            try {
                BinaryReader in = new BinaryReader(edited);
                ConsensusMessage read = codec.readMessage(in);
                in.end();
                return read;
            } catch (MalformedException e) {
                return null;
            }
        }
    }
}
