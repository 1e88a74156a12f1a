package dev.parley.network.secure;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out in what peers differ, from the questions with which they open links; the newest finding of each is kept. Nothing is sent on
 * account of it: a peer learns the same from this validator's own questions. Looking costs a hash and a signature check, so that
 * one question of each name is looked at in a while. Thread-safe.
 */
final class Disagreements {
    private static final long NEVER = Long.MIN_VALUE;

    private final LinkIdentity own;
    private final long intervalMillis;
    private final List<AtomicLong> lookedAt;
    private final AtomicReferenceArray<@Nullable Disagreement> found;

    Disagreements(LinkIdentity own, long intervalMillis) {
        this.own = own;
        this.intervalMillis = intervalMillis;
        int size = own.validators().size();
        this.lookedAt = Stream.generate(() -> new AtomicLong(NEVER)).limit(size).toList();
        this.found = new AtomicReferenceArray<>(size);
    }

    /** What came of looking: why the question is refused, and the finding if there is one. */
    record Looked(LinkRefusal refusal, @Nullable Disagreement finding) {}

    /**
     * @param question from one of the set, to this validator, with other terms than this one's
     * @param theirs claimed to be its terms; of bounded length
     */
    Looked look(Header.Hello question, byte[] theirs, long now) {
        if (theirs.length == 0 || !mayLook(question.from(), now)) {
            return new Looked(LinkRefusal.UNKNOWN_TERMS, null);
        }
        if (!Digest.sha256(theirs).equals(question.terms())) {
            return new Looked(LinkRefusal.MALFORMED, null);
        }
        ChainTerms terms;
        try {
            terms = ChainTerms.read(theirs);
        } catch (MalformedException e) {
            return new Looked(LinkRefusal.MALFORMED, null);
        }
        List<ChainTerms.Difference> differences =
                own.terms().differences(question.from().toString(), terms);
        if (differences.isEmpty()) {
            return new Looked(LinkRefusal.MALFORMED, null);
        }
        boolean proven = own.scheme()
                .verify(
                        own.validators().key(question.from()),
                        Handshake.statement(terms.domain(), question),
                        question.signature());
        Disagreement finding = new Disagreement(
                question.from(),
                proven ? differences.getFirst().reason() : LinkRefusal.BAD_SIGNATURE,
                proven,
                differences.stream().map(ChainTerms.Difference::text).collect(Collectors.joining("; ")));
        // What nobody has signed does not replace what somebody has.
        found.updateAndGet(
                question.from().index(), former -> former != null && former.proven() && !proven ? former : finding);
        return new Looked(finding.reason(), finding);
    }

    /** The peer has shown that it has the same terms. */
    void agreed(ValidatorId peer) {
        if (found.get(peer.index()) != null) {
            found.set(peer.index(), null);
        }
    }

    /** Those that differ, as far as is known, by index. */
    List<Disagreement> all() {
        List<Disagreement> all = new ArrayList<>();
        for (int i = 0; i < found.length(); i++) {
            Disagreement finding = found.get(i);
            if (finding != null) {
                all.add(finding);
            }
        }
        return all;
    }

    private boolean mayLook(ValidatorId claimed, long now) {
        AtomicLong last = lookedAt.get(claimed.index());
        long at = last.get();
        return (at == NEVER || now - at >= intervalMillis) && last.compareAndSet(at, now);
    }
}
