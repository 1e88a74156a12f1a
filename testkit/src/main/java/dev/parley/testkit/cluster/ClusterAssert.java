package dev.parley.testkit.cluster;

import dev.parley.validator.ValidatorNode.StateAt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/** What is so of a cluster, or will be while it is waited for. */
public final class ClusterAssert extends AbstractAssert<ClusterAssert, Cluster<?, ?>> {
    ClusterAssert(Cluster<?, ?> cluster) {
        super(cluster, ClusterAssert.class);
    }

    /** All correct validators that run come to one height and one state, which is what the log gives when it is executed once more. */
    public ClusterAssert agrees() {
        return becomes("all correct validators that run to have one state", () -> disagreement());
    }

    private Optional<String> disagreement() {
        List<String> told = new ArrayList<>();
        StateAt first = null;
        boolean equal = true;
        for (int validator : actual.correctAndRunning()) {
            Optional<StateAt> state = actual.state(validator);
            told.add("v" + validator + " "
                    + state.map(s -> "height " + s.height() + " state " + s.stateHash())
                            .orElse("does not answer"));
            if (first == null) {
                first = state.orElse(null);
            }
            equal &= state.isPresent() && state.get().equals(first);
        }
        if (equal && first != null && first.height() > 0) {
            long height = first.height();
            StateAt agreed = first;
            equal = actual.ledger()
                    .state(height)
                    .filter(agreed.stateHash()::equals)
                    .isPresent();
            told.add("the log gives at that height "
                    + actual.ledger().state(height).map(Object::toString).orElse("nothing yet"));
        }
        return equal ? Optional.empty() : Optional.of(String.join(", ", told));
    }

    /** Each command that was acknowledged was executed once, with the result that the client was told, and each other one at most once. */
    public ClusterAssert executedOnce() {
        return becomes(
                "each acknowledged command to be executed once",
                () -> actual.ledger().objection());
    }

    /** Every command that was submitted has its answer. */
    public ClusterAssert hasAnsweredAll() {
        return becomes("an answer to every command", () -> {
            long open = actual.ledger().unanswered();
            return open == 0 ? Optional.empty() : Optional.of(open + " have none");
        });
    }

    /** All correct validators that run have decided a height, or a higher one. */
    public ClusterAssert reaches(long height) {
        return becomes("height " + height + " everywhere", () -> {
            List<String> behind = actual.correctAndRunning().stream()
                    .filter(validator -> actual.height(validator) < height)
                    .map(validator -> "v" + validator + " is at " + actual.height(validator))
                    .toList();
            return behind.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", behind));
        });
    }

    /** The log has evidence that this validator broke the protocol. */
    public ClusterAssert convicts(int validator) {
        return becomes(
                "evidence against v" + validator + " in the log",
                () -> actual.ledger().isConvicted(validator) ? Optional.empty() : Optional.of("there is none"));
    }

    /** No correct validator has accused anybody so far. */
    public ClusterAssert accusesNobody() {
        isNotNull();
        actual.check();
        actual.watchtower().told().stream()
                .filter(event -> event.kind() == Watchtower.Kind.ACCUSED)
                .findFirst()
                .ifPresent(event -> failWithMessage("expected nobody to be accused, but %s", event));
        return this;
    }

    /** Says what is still wrong. */
    private interface Objection {
        Optional<String> now();
    }

    private ClusterAssert becomes(String what, Objection objection) {
        isNotNull();
        try {
            actual.await(what, () -> objection.now().isEmpty());
        } catch (AssertionError late) {
            failWithMessage(
                    "expected %s within %s, but %s",
                    what, actual.patience(), objection.now().orElse("it is so only now"));
        }
        return this;
    }
}
