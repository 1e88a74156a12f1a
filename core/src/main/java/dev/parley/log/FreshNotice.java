package dev.parley.log;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;

/**
 * A command that does nothing, and that nobody could foresee: a validator that has forgotten what it signed has one ordered, to know a block
 * that was made after that. Anybody may submit one.
 */
public final class FreshNotice {
    /** How many random bytes it holds. */
    public static final int NONCE_BYTES = 32;

    /** The first half of the client ids that are for this. */
    private static final long CLIENTS = 0x7061726c65790001L;

    private FreshNotice() {}

    /** @param nonce {@link #NONCE_BYTES} random bytes, of which nobody else knows anything yet; taken over, not copied */
    public static Command command(byte[] nonce, long expiresAtMillis) {
        if (nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("a nonce has " + NONCE_BYTES + " bytes, not " + nonce.length);
        }
        try {
            ClientId client = new ClientId(CLIENTS, new BinaryReader(nonce).i64());
            return new Command(new CommandId(client, 1), Command.DEFAULT_LANE, expiresAtMillis, nonce);
        } catch (MalformedException e) {
            throw new IllegalStateException("the nonce has eight bytes", e);
        }
    }

    /** Whether a command is one: then it is ordered as any other, and does not reach the application. */
    public static boolean is(Command command) {
        return command.id().client().high() == CLIENTS && command.content().length == NONCE_BYTES;
    }
}
