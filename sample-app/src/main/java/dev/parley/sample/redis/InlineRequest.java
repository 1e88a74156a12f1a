package dev.parley.sample.redis;

import dev.parley.sample.store.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A line split into words as {@code sdssplitargs} of Redis does: blanks part them, quotes hold them together. */
final class InlineRequest {
    private final ByteString line;
    private int position;

    private InlineRequest(ByteString line) {
        this.line = line;
    }

    /** @return no words for a blank line */
    static List<ByteString> words(ByteString line) throws ProtocolException {
        InlineRequest request = new InlineRequest(line);
        List<ByteString> words = new ArrayList<>(4);
        while (request.skipBlanks()) {
            words.add(request.word());
        }
        return words;
    }

    /** @return whether a word follows */
    private boolean skipBlanks() {
        while (position < line.size() && isBlank(line.at(position))) {
            position++;
        }
        return position < line.size();
    }

    private ByteString word() throws ProtocolException {
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        while (position < line.size() && !isBlank(line.at(position))) {
            byte symbol = line.at(position++);
            if (symbol == '"') {
                doubleQuoted(word);
            } else if (symbol == '\'') {
                singleQuoted(word);
            } else {
                word.write(symbol);
            }
        }
        return ByteString.wrap(word.toByteArray());
    }

    private void doubleQuoted(ByteArrayOutputStream word) throws ProtocolException {
        while (true) {
            byte symbol = quoted();
            if (symbol == '"') {
                requireEndOfWord();
                return;
            }
            word.write(symbol == '\\' ? escaped() : symbol);
        }
    }

    private int escaped() throws ProtocolException {
        byte symbol = quoted();
        if (symbol == 'x' && position + 2 <= line.size()) {
            int high = Character.digit(line.at(position), 16);
            int low = Character.digit(line.at(position + 1), 16);
            if (high >= 0 && low >= 0) {
                position += 2;
                return high << 4 | low;
            }
        }
        return switch (symbol) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> symbol;
        };
    }

    private void singleQuoted(ByteArrayOutputStream word) throws ProtocolException {
        while (true) {
            byte symbol = quoted();
            if (symbol == '\'') {
                requireEndOfWord();
                return;
            }
            boolean escapedQuote = symbol == '\\' && position < line.size() && line.at(position) == '\'';
            word.write(escapedQuote ? line.at(position++) : symbol);
        }
    }

    private byte quoted() throws ProtocolException {
        if (position == line.size()) {
            throw new ProtocolException("unbalanced quotes in request");
        }
        return line.at(position++);
    }

    private void requireEndOfWord() throws ProtocolException {
        if (position < line.size() && !isBlank(line.at(position))) {
            throw new ProtocolException("unbalanced quotes in request");
        }
    }

    private static boolean isBlank(byte symbol) {
        return symbol == ' ' || (symbol >= '\t' && symbol <= '\r') || symbol == 0;
    }
}
