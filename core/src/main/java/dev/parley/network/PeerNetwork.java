package dev.parley.network;

import dev.parley.consensus.ValidatorId;
import dev.parley.network.secure.Disagreement;
import dev.parley.network.secure.LinkRefusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One validator's way to peers in other processes, and what can be said of it. Thread-safe. */
public interface PeerNetwork extends Network, AutoCloseable {
    /** How much was refused of what came in a validator's name, truly or not; null for nobody's. */
    long refused(@Nullable ValidatorId claimed, LinkRefusal reason);

    /** Peers whose configurations differ from this one's, as far as is known, by index; without those that have agreed since. */
    List<Disagreement> disagreements();

    /** How many frames to a peer were dropped, since too much was outstanding or enough newer ones of their topic waited. */
    long dropped(ValidatorId to);

    /** How many bytes wait for a peer or were not acknowledged by it. */
    long outstandingBytes(ValidatorId to);

    /** Whether there is a way to a peer, as far as is known. */
    boolean isOpen(ValidatorId to);

    /** Leaves nothing that listens and nothing that runs. */
    @Override
    void close();
}
