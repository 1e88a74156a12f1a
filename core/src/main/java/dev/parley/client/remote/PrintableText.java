package dev.parley.client.remote;

/** Text of strangers that reaches logs, exceptions and terminals. */
final class PrintableText {
    private PrintableText() {}

    /** The same without what steers a terminal or begins a line. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> printable.appendCodePoint(
                        Character.isISOControl(c)
                                        || Character.getType(c) == Character.FORMAT
                                        || Character.getType(c) == Character.SURROGATE
                                        || Character.getType(c) == Character.LINE_SEPARATOR
                                        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                                ? '?'
                                : c));
        return printable.toString();
    }
}
