package dev.parley.app;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gathers signed roots into certificates, and notices when what this validator executed is not what others did. Of each validator
 * the first root for a height counts. Heights outside a window around the last executed one are not remembered. Not thread-safe.
 */
public final class RootCollector {
    /** What came of a root. */
    public sealed interface Event {
        /** A weak quorum agrees with what this validator's {@code block} gave. */
        record Certified(ExecutedBlock block, RootCertificate certificate) implements Event {}

        /** This validator must stop: its {@code block} gave something else. Told once for a height. */
        record Diverged(ExecutedBlock block, Divergence divergence) implements Event {}

        /** A peer sent a root that it had not signed; it may send another. */
        record Forged(SignedRoot root) implements Event {}
    }

    private final ValidatorSet validators;
    private final ValidatorId self;
    private final int window;
    private final Predicate<SignedRoot> verify;
    private final TreeMap<Long, Tally> tallies = new TreeMap<>();
    private long executedHeight;

    /**
     * @param window so many heights above and below the last executed one are remembered, at least 1
     * @param verify whether a root's signature is valid; asked for as few as a certificate needs
     */
    public RootCollector(ValidatorSet validators, ValidatorId self, int window, Predicate<SignedRoot> verify) {
        if (window < 1) {
            throw new IllegalArgumentException("a window of " + window + " heights");
        }
        this.validators = validators;
        this.self = self;
        this.window = window;
        this.verify = verify;
    }

    /** This validator goes on from a certified snapshot of this height: what is known of heights up to it is dropped. */
    public void restored(long height) {
        executedHeight = height;
        tallies.headMap(height, true).clear();
    }

    /** This validator has executed the next block and signed its root. */
    public List<Event> executed(ExecutedBlock block, SignedRoot own) {
        if (!own.signer().equals(self)
                || own.height() != block.height()
                || !own.root().equals(block.root())) {
            throw new IllegalArgumentException("the root of height " + own.height() + " by " + own.signer()
                    + " is not this validator's of height " + block.height());
        }
        executedHeight = block.height();
        tallies.headMap(executedHeight - window, true).clear();
        Tally tally = tallies.computeIfAbsent(block.height(), height -> new Tally());
        tally.own = block;
        tally.votes.put(self, new Vote(own, true));
        return tally.settle();
    }

    /** This validator has executed the next block, on which nobody votes: a later root covers it. */
    public void passed(long height) {
        executedHeight = height;
        tallies.headMap(executedHeight - window, true).clear();
        tallies.remove(height);
    }

    /** A peer's root; the caller has authenticated that it came from its signer. */
    public List<Event> received(SignedRoot root) {
        if (root.signer().equals(self)
                || !validators.contains(root.signer())
                || root.height() < 1
                || root.height() <= executedHeight - window
                || root.height() > executedHeight + window) {
            return List.of();
        }
        Tally tally = tallies.computeIfAbsent(root.height(), height -> new Tally());
        if (tally.settled || tally.votes.putIfAbsent(root.signer(), new Vote(root, false)) != null) {
            return List.of();
        }
        return tally.settle();
    }

    /** The certificate of a height, while it is in the window. */
    public Optional<RootCertificate> certificate(long height) {
        Tally tally = tallies.get(height);
        return tally == null ? Optional.empty() : Optional.ofNullable(tally.certificate);
    }

    /** Whether this validator has voted on the root of a height that is in the window and has no certificate. */
    public boolean awaits(long height) {
        Tally tally = tallies.get(height);
        return tally != null && tally.own != null;
    }

    private record Claim(BlockId block, Digest root) {
        static Claim of(SignedRoot root) {
            return new Claim(root.block(), root.root());
        }
    }

    private static final class Vote {
        final SignedRoot root;
        boolean verified;

        Vote(SignedRoot root, boolean verified) {
            this.root = root;
            this.verified = verified;
        }
    }

    /** What is known of one height. */
    private final class Tally {
        final TreeMap<ValidatorId, Vote> votes = new TreeMap<>();

        @Nullable ExecutedBlock own;

        @Nullable RootCertificate certificate;

        boolean settled;

        /** Nothing is verified before this validator knows its own root: until then there is nothing to conclude. */
        List<Event> settle() {
            ExecutedBlock block = own;
            if (block == null || settled) {
                return List.of();
            }
            List<Event> events = new ArrayList<>(1);
            Claim mine = new Claim(block.block(), block.root());
            for (Claim claim : powers().keySet()) {
                List<Vote> agreeing = weakQuorum(claim, events);
                if (agreeing.isEmpty()) {
                    continue;
                }
                if (claim.equals(mine)) {
                    RootCertificate formed = block.results()
                            .certificate(agreeing.stream()
                                    .map(vote -> new RootCertificate.Share(vote.root.signer(), vote.root.signature()))
                                    .toList());
                    certificate = formed;
                    events.add(new Event.Certified(block, formed));
                } else {
                    events.add(diverged(block, Optional.of(claim.root()), agreeing));
                }
                close();
                return events;
            }
            if (allHaveVoted(events)) {
                events.add(diverged(
                        block,
                        Optional.empty(),
                        votes.values().stream()
                                .filter(vote -> !Claim.of(vote.root).equals(mine))
                                .toList()));
                close();
            }
            return events;
        }

        /** The certificate stays; a window of whole blocks would hold most of a small heap. */
        private void close() {
            settled = true;
            own = null;
            votes.clear();
        }

        private Map<Claim, Long> powers() {
            Map<Claim, Long> powers = new LinkedHashMap<>();
            votes.forEach((signer, vote) -> powers.merge(Claim.of(vote.root), validators.power(signer), Long::sum));
            return powers;
        }

        /** Verified votes for a claim with the power of a weak quorum and no more than needed, or none. */
        private List<Vote> weakQuorum(Claim claim, List<Event> events) {
            List<Vote> claiming = new ArrayList<>();
            long possible = 0;
            for (Vote vote : votes.values()) {
                if (Claim.of(vote.root).equals(claim)) {
                    claiming.add(vote);
                    possible += validators.power(vote.root.signer());
                }
            }
            // Those that are verified already come first, so that the fewest new ones are.
            claiming.sort((one, other) -> Boolean.compare(other.verified, one.verified));
            List<Vote> agreeing = new ArrayList<>();
            long power = 0;
            for (Vote vote : claiming) {
                if (possible < validators.weakQuorumPower()) {
                    return List.of();
                }
                if (holds(vote, events)) {
                    agreeing.add(vote);
                    power += validators.power(vote.root.signer());
                } else {
                    possible -= validators.power(vote.root.signer());
                }
                if (power >= validators.weakQuorumPower()) {
                    agreeing.sort((one, other) -> one.root.signer().compareTo(other.root.signer()));
                    return agreeing;
                }
            }
            return List.of();
        }

        /** Whether every validator has voted, each verified: without a weak quorum by now, correct ones must differ. */
        private boolean allHaveVoted(List<Event> events) {
            if (votes.size() < validators.size()) {
                return false;
            }
            boolean all = true;
            for (Validator validator : validators.validators()) {
                Vote vote = votes.get(validator.id());
                all &= vote != null && holds(vote, events);
            }
            return all;
        }

        private boolean holds(Vote vote, List<Event> events) {
            if (!vote.verified) {
                vote.verified = verify.test(vote.root);
                if (!vote.verified) {
                    votes.remove(vote.root.signer());
                    events.add(new Event.Forged(vote.root));
                }
            }
            return vote.verified;
        }

        private Event diverged(ExecutedBlock block, Optional<Digest> certified, List<Vote> others) {
            return new Event.Diverged(
                    block,
                    new Divergence(
                            block.height(),
                            block.root(),
                            certified,
                            others.stream().map(vote -> vote.root.signer()).toList()));
        }
    }
}
