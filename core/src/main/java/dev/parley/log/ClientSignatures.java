package dev.parley.log;

import dev.parley.crypto.Digest;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;

/**
 * Signatures of clients over their commands, of one chain. A session may have a key: then its {@linkplain ClientId#ofKey id follows from it}, and a
 * command under that id is nobody's but who holds the key, whoever proposes it. Whether a command is authentic follows from the command
 * and the chain alone, so it is the same at all validators. Thread-safe.
 */
public final class ClientSignatures {
    /** The kind of statement that is signed. */
    public static final String KIND = "client.command";

    private final SignatureScheme scheme;
    private final SigningDomain.Kind kind;

    public ClientSignatures(SignatureScheme scheme, SigningDomain domain) {
        this.scheme = scheme;
        this.kind = domain.kind(KIND);
    }

    /** The command that a session with a key submits: what the other says, under the key's id. */
    public Command sign(Signer session, long sequence, int lane, long expiresAtMillis, byte[] content) {
        CommandId id = new CommandId(ClientId.ofKey(session.publicKey()), sequence);
        Command unsigned = new Command(id, lane, expiresAtMillis, content);
        return unsigned.with(new ClientProof(session.publicKey(), session.sign(statement(unsigned))));
    }

    /**
     * Whether a command may bear its client's id: that of no key and without proof, or that of the key whose signature is with it. Found out
     * once for each instance, some tens of microseconds for a signature; a race finds it out twice.
     */
    public boolean isAuthentic(Command command) {
        ClientProof proof = command.proof();
        ClientId client = command.id().client();
        if (proof == null || !client.isOfKey()) {
            return isWithoutKey(command);
        }
        if (!command.wasFoundAuthentic()
                && ClientId.ofKey(proof.key()).equals(client)
                && scheme.verify(proof.key(), statement(command), proof.signature())) {
            command.foundAuthentic();
        }
        return command.wasFoundAuthentic();
    }

    /** Whether a command is of a session without a key, which anybody may have submitted. */
    public static boolean isWithoutKey(Command command) {
        return command.proof() == null && !command.id().client().isOfKey();
    }

    private byte[] statement(Command command) {
        return kind.statement(Digest.BYTES, command.unsignedDigest()::write);
    }
}
