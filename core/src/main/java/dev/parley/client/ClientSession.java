package dev.parley.client;

import dev.parley.crypto.Ed25519;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.log.ClientId;
import dev.parley.log.ClientSignatures;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import java.security.SecureRandom;

/** In whose name a client submits commands, from its first one to its last. Thread-safe. */
public interface ClientSession {
    /**
     * The command of a number.
     *
     * @param sequence 1 or more, another one for each command
     * @param expiresAtMillis block time, in milliseconds since 1970, after which it must not be executed
     * @param content taken over, not copied
     */
    Command command(long sequence, long expiresAtMillis, byte[] content);

    /** Of an id that is drawn for it alone: whoever has seen it can submit under it. */
    static ClientSession withoutKey() {
        ClientId id = ClientId.random(new SecureRandom());
        return (sequence, expiresAtMillis, content) ->
                new Command(new CommandId(id, sequence), Command.DEFAULT_LANE, expiresAtMillis, content);
    }

    /** Of a key that is drawn for it alone: nobody else can submit under its id, validators included. */
    static ClientSession withKey(SignatureScheme scheme, ClientSignatures signatures) {
        byte[] secret = new byte[Ed25519.SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        Signer signer = scheme.signer(secret);
        return (sequence, expiresAtMillis, content) ->
                signatures.sign(signer, sequence, Command.DEFAULT_LANE, expiresAtMillis, content);
    }
}
