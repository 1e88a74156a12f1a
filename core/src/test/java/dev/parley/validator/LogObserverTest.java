package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.logging.LogContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Each line says whose it is, at which height and in which view, and nothing of that stays behind on the thread. */
class LogObserverTest {
    private static final ValidatorId V2 = new ValidatorId(2);

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.validator");
    private final List<Map<String, String>> lines = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
            lines.add(Map.copyOf(line.getMDCPropertyMap()));
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(appender);
        logger.setLevel(null);
    }

    @Test
    void a_line_has_the_validator_the_height_and_the_view_as_the_protocol_calls_it() {
        LogObserver observer = new LogObserver(LogContext.of(V2, view -> "round " + view));
        observer.observed(V2, new Observation.ViewEntered(7, V2, "it began"));
        observer.observed(V2, new Observation.Decided(7, 3, BlockId.GENESIS, false));
        observer.observed(V2, new Observation.CaughtUp(3, 9));
        assertThat(lines)
                .containsExactly(
                        Map.of("validator", "v2", "height", "0", "view", "round 7"),
                        Map.of("validator", "v2", "height", "3", "view", "round 7"),
                        Map.of("validator", "v2", "height", "9", "view", "round 7"));
        assertThat(MDC.get(LogContext.VALIDATOR)).isNull();
    }

    @Test
    void what_is_not_logged_sets_nothing_up() {
        logger.setLevel(Level.WARN);
        LogObserver observer = new LogObserver(LogContext.of(V2, view -> {
            throw new AssertionError("nobody asked for the view's name");
        }));
        observer.observed(V2, new Observation.ViewEntered(7, V2, "it began"));
        observer.observed(V2, new Observation.CaughtUp(3, 9));
        assertThat(lines).isEmpty();
    }
}
