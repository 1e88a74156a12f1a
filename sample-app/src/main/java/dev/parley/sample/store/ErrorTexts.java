package dev.parley.sample.store;

/** Texts of errors that quote what a client sent. */
final class ErrorTexts {
    private static final int QUOTED_CHARACTERS = 128;

    private ErrorTexts() {}

    /** As {@code rejectCommand} of redis-server words it. */
    static Reply.Failure unknownCommand(Request request) {
        StringBuilder text = new StringBuilder("ERR unknown command '")
                .append(quotable(request.name(), QUOTED_CHARACTERS))
                .append("', with args beginning with: ");
        StringBuilder arguments = new StringBuilder();
        for (int i = 1; i < request.size() && arguments.length() < QUOTED_CHARACTERS; i++) {
            int left = QUOTED_CHARACTERS - arguments.length();
            arguments.append('\'').append(quotable(request.argument(i), left)).append("' ");
        }
        return new Reply.Failure(text.append(arguments).toString());
    }

    /** A string of C: ends at its first zero byte; line breaks would end the reply, so they become blanks. */
    static String quotable(ByteString bytes, int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.size(), maxLength) && bytes.at(i) != 0; i++) {
            char character = (char) (bytes.at(i) & 0xff);
            text.append(character == '\r' || character == '\n' ? ' ' : character);
        }
        return text.toString();
    }
}
