package dev.parley.logging;

import dev.parley.consensus.ValidatorId;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Where a validator is, for every line that it logs: {@link #VALIDATOR}, {@link #HEIGHT} and {@link #VIEW} in SLF4J's MDC. They are set
 * for the line and for nothing else: what logs nothing, which is nearly all that happens, pays two writes for a block. Thread-safe.
 */
public final class LogContext {
    /** Such as {@code v0}. */
    public static final String VALIDATOR = "validator";
    /** Of the last decided block. */
    public static final String HEIGHT = "height";
    /** View, round or epoch, as the protocol calls it. */
    public static final String VIEW = "view";

    private final @Nullable ValidatorId validator;
    private final LongFunction<String> viewName;
    private volatile long height;
    private volatile long view;

    private LogContext(@Nullable ValidatorId validator, LongFunction<String> viewName) {
        this.validator = validator;
        this.viewName = viewName;
    }

    /** @param viewName what people call a view, such as {@code ConsensusProtocol.viewName} */
    public static LogContext of(ValidatorId validator, LongFunction<String> viewName) {
        return new LogContext(validator, viewName);
    }

    /** Adds nothing to a line. */
    public static LogContext none() {
        return new LogContext(null, Long::toString);
    }

    public void entered(long inView) {
        view = inView;
    }

    public void decided(long atHeight) {
        height = atHeight;
    }

    /** @param line logs */
    public void around(Runnable line) {
        ValidatorId who = validator;
        if (who == null) {
            line.run();
            return;
        }
        MDC.put(VALIDATOR, who.toString());
        MDC.put(HEIGHT, Long.toString(height));
        MDC.put(VIEW, viewName.apply(view));
        try {
            line.run();
        } finally {
            MDC.remove(VALIDATOR);
            MDC.remove(HEIGHT);
            MDC.remove(VIEW);
        }
    }
}
