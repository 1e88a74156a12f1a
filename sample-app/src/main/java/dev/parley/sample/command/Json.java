package dev.parley.sample.command;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Texts in JSON. */
final class Json {
    private Json() {}

    static String quoted(String text) {
        return "\"" + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
