package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusUtil;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What {@code logback.xml} makes of a line, as text and as JSON. */
class LogFormatTest {
    private static String line(Map<String, String> properties) throws Exception {
        LoggerContext context = new LoggerContext();
        properties.forEach(context::putProperty);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(LogFormatTest.class.getResource("/logback.xml")));
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(root.iteratorForAppenders()).toIterable().hasSize(1);
        assertThat(new StatusUtil(context).getHighestLevel(0))
                .as("with a warning Logback prints all that it did while it began, on stdout")
                .isLessThan(Status.WARN);
        ConsoleAppender<ILoggingEvent> appender =
                (ConsoleAppender<ILoggingEvent>) root.iteratorForAppenders().next();
        LoggingEvent event = new LoggingEvent("", root, Level.WARN, "it stalls", null, null);
        event.setMDCPropertyMap(Map.of("validator", "v2", "height", "7"));
        try {
            return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
        } finally {
            context.stop();
        }
    }

    @Test
    void a_line_of_text_says_whose_it_is_and_where_that_is() throws Exception {
        assertThat(line(Map.of())).contains("WARN", "[v2 7 ]", "it stalls").endsWith("\n");
    }

    @Test
    void json_is_chosen_by_a_property() throws Exception {
        JsonNode line = new ObjectMapper().readTree(line(Map.of("parley.log.format", "json")));
        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(line.path("message").asText()).isEqualTo("it stalls");
        assertThat(line.path("mdc").path("validator").asText()).isEqualTo("v2");
    }
}
