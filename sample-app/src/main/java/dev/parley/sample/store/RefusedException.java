package dev.parley.sample.store;

/** Ends a command before it has changed anything; the failure is its reply. */
final class RefusedException extends RuntimeException {
    private final transient Reply.Failure failure;

    RefusedException(Reply.Failure failure) {
        super(failure.text(), null, false, false);
        this.failure = failure;
    }

    RefusedException(String text) {
        this(new Reply.Failure(text));
    }

    Reply.Failure failure() {
        return failure;
    }
}
