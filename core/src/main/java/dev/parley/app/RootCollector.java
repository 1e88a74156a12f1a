package dev.parley.app;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Gathers signed roots into certificates. Not thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class RootCollector {
    /** What came of a root. */
    public sealed interface Event {
        /** A weak quorum agrees with this validator. */
        record Certified(RootCertificate certificate) implements Event {}

        /** This validator must stop. */
        record Diverged(Divergence divergence) implements Event {}

        /** A peer sent a root that it had not signed. */
        record Forged(SignedRoot root) implements Event {}
    }

    /** @param verify whether a root's signature is valid; asked for as few as a certificate needs */
    public RootCollector(ValidatorSet validators, ValidatorId self, int window, Predicate<SignedRoot> verify) {}

    /** This validator has executed a block and signed its root. Heights rise by one. */
    public List<Event> executed(ExecutedBlock block, SignedRoot own) {
        throw new UnsupportedOperationException();
    }

    /** A peer's root; the caller has authenticated that it came from its signer. */
    public List<Event> received(SignedRoot root) {
        throw new UnsupportedOperationException();
    }

    /** The certificate of a height, while it is in the window. */
    public Optional<RootCertificate> certificate(long height) {
        throw new UnsupportedOperationException();
    }
}
