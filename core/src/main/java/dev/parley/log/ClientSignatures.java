package dev.parley.log;

import dev.parley.crypto.Digest;
import dev.parley.crypto.FoundGood;
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

    private static final int REMEMBERED = 1 << 14;

    private final SignatureScheme scheme;
    private final SigningDomain.Kind kind;
    /** Of commands that were found authentic. */
    private final FoundGood<Digest> authentic = new FoundGood<>(REMEMBERED);

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
     * once for each instance, and once for equal ones among the latest {@value #REMEMBERED}: 50 microseconds, 120 for a key that was not
     * met before. A race finds it out twice.
     */
    public boolean isAuthentic(Command command) {
        ClientProof proof = command.proof();
        if (proof == null) {
            return isWithoutKey(command);
        }
        Boolean known = command.authenticity();
        if (known == null) {
            known = authentic.contains(command.digest()) || isSigned(command, proof);
            command.found(known);
        }
        return known;
    }

    private boolean isSigned(Command command, ClientProof proof) {
        boolean signed = ClientId.ofKey(proof.key()).equals(command.id().client())
                && scheme.verify(proof.key(), statement(command), proof.signature());
        if (signed) {
            authentic.add(command.digest());
        }
        return signed;
    }

    /** Whether a command is of a session without a key, which anybody may have submitted. */
    public static boolean isWithoutKey(Command command) {
        return command.proof() == null && !command.id().client().isOfKey();
    }

    /** What the key signs whose session the command names. */
    byte[] statement(Command command) {
        return kind.statement(Digest.BYTES, command.unsignedDigest()::write);
    }
}
