package dev.parley.sample.redis;

import dev.parley.sample.store.ByteString;
import dev.parley.sample.store.RedisStore;
import dev.parley.sample.store.Reply;
import dev.parley.sample.store.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Commands about the connection and the server, which need no agreement: answered at once, though never before the replies that are
 * owed. Thread-safe.
 */
final class ServerCommands {
    /** The version whose behaviour the store follows, for clients that choose by it. */
    private static final String REDIS_VERSION = "7.0.15";

    private static final Reply NO_ELEMENTS = new Reply.Array(List.of());

    /** What CONFIG GET knows: that which clients ask for before they begin. */
    private static final Map<String, String> CONFIGURATION = Map.of(
            "appendonly", "no",
            "databases", "1",
            "maxmemory", "0",
            "proto-max-bulk-len", Integer.toString(RequestDecoder.MAX_REQUEST_BYTES),
            "save", "");

    /** @param last whether the connection closes behind the reply */
    record Answer(Reply reply, boolean last) {}

    private final Supplier<? extends List<InfoSection>> info;
    private final IntSupplier connections;

    ServerCommands(Supplier<? extends List<InfoSection>> info, IntSupplier connections) {
        this.info = info;
        this.connections = connections;
    }

    Answer answer(Request request, ClientState client) {
        String name = upperCase(request.name());
        return switch (name) {
            case "QUIT" -> new Answer(Reply.Simple.OK, true);
            // A browser was made to talk to this port: whatever it says next is not its user's will.
            case "POST", "HOST:" -> new Answer(failure("ERR Protocol error: this is not a web server"), true);
            default -> new Answer(reply(name, request, client), false);
        };
    }

    private Reply reply(String name, Request request, ClientState client) {
        return switch (name) {
            case "PING" -> ping(request);
            case "ECHO" -> request.size() == 2 ? new Reply.Bulk(request.argument(1)) : wrongNumberOfArguments("echo");
            case "HELLO" -> hello(request, client);
            case "AUTH" ->
                failure("ERR AUTH <password> called without any password configured for the default user. "
                        + "Are you sure your configuration is correct?");
            case "SELECT" -> select(request);
            case "CLIENT" -> client(request, client);
            case "COMMAND" -> command(request);
            case "CONFIG" -> config(request);
            case "INFO" -> info(request);
            case "MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH" ->
                failure("ERR " + name + " is not supported: this store has no transactions");
            case "SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "PUBLISH", "MONITOR" ->
                failure("ERR " + name + " is not supported: this store sends nothing unasked");
            default -> RedisStore.unknownCommand(request);
        };
    }

    private static Reply ping(Request request) {
        return switch (request.size()) {
            case 1 -> new Reply.Simple("PONG");
            case 2 -> new Reply.Bulk(request.argument(1));
            default -> wrongNumberOfArguments("ping");
        };
    }

    private static Reply hello(Request request, ClientState client) {
        ByteString name = client.name();
        if (request.size() > 1) {
            String version = request.argument(1).toLatin1();
            if (!version.matches("-?[0-9]{1,18}")) {
                return failure("ERR Protocol version is not an integer or out of range");
            }
            if (!version.equals("2")) {
                return failure("NOPROTO unsupported protocol version");
            }
            for (int i = 2; i < request.size(); i += 2) {
                if (!request.argument(i).equalsIgnoringCase("SETNAME") || i + 1 == request.size()) {
                    return failure("ERR Syntax error in HELLO option '"
                            + request.argument(i).toLatin1() + "'");
                }
                name = request.argument(i + 1);
                if (!isClientName(name)) {
                    return invalidClientName();
                }
            }
        }
        client.rename(name);
        return new Reply.Array(List.of(
                bulk("server"), bulk("redis"),
                bulk("version"), bulk(REDIS_VERSION),
                bulk("proto"), new Reply.Int(2),
                bulk("id"), new Reply.Int(client.id()),
                bulk("mode"), bulk("standalone"),
                bulk("role"), bulk("master"),
                bulk("modules"), NO_ELEMENTS));
    }

    private static Reply select(Request request) {
        if (request.size() != 2) {
            return wrongNumberOfArguments("select");
        }
        String index = request.argument(1).toLatin1();
        if (!index.matches("-?[0-9]{1,9}")) {
            return failure("ERR value is not an integer or out of range");
        }
        return Integer.parseInt(index) == 0 ? Reply.Simple.OK : failure("ERR DB index is out of range");
    }

    private static Reply client(Request request, ClientState client) {
        if (request.size() < 2) {
            return wrongNumberOfArguments("client");
        }
        return switch (upperCase(request.argument(1))) {
            case "ID" -> new Reply.Int(client.id());
            case "GETNAME" -> client.name().size() == 0 ? Reply.Nil.BULK : new Reply.Bulk(client.name());
            case "SETINFO" -> request.size() == 4 ? Reply.Simple.OK : wrongNumberOfArguments("client|setinfo");
            case "SETNAME" -> {
                if (request.size() != 3) {
                    yield wrongNumberOfArguments("client|setname");
                }
                if (!isClientName(request.argument(2))) {
                    yield invalidClientName();
                }
                client.rename(request.argument(2));
                yield Reply.Simple.OK;
            }
            default -> unknownSubcommand(request);
        };
    }

    private static Reply command(Request request) {
        if (request.size() == 1) {
            return NO_ELEMENTS;
        }
        return switch (upperCase(request.argument(1))) {
            case "DOCS", "INFO", "LIST" -> NO_ELEMENTS;
            case "COUNT" -> new Reply.Int(RedisStore.commandCount());
            default -> unknownSubcommand(request);
        };
    }

    private static Reply config(Request request) {
        if (request.size() < 2) {
            return wrongNumberOfArguments("config");
        }
        return switch (upperCase(request.argument(1))) {
            case "GET" -> {
                List<Reply> pairs = new ArrayList<>();
                for (int i = 2; i < request.size() && pairs.size() <= 2 * CONFIGURATION.size(); i++) {
                    String name = request.argument(i).toLatin1().toLowerCase(Locale.ROOT);
                    String value = CONFIGURATION.get(name);
                    if (value != null) {
                        pairs.add(bulk(name));
                        pairs.add(bulk(value));
                    }
                }
                yield request.size() == 2 ? wrongNumberOfArguments("config|get") : new Reply.Array(pairs);
            }
            case "SET", "REWRITE", "RESETSTAT" -> failure("ERR the configuration cannot be changed by a client");
            default -> unknownSubcommand(request);
        };
    }

    private Reply info(Request request) {
        SequencedMap<String, String> server = new LinkedHashMap<>();
        server.put("redis_version", REDIS_VERSION);
        server.put("redis_mode", "standalone");
        SequencedMap<String, String> clients = new LinkedHashMap<>();
        clients.put("connected_clients", Integer.toString(connections.getAsInt()));
        List<InfoSection> sections = new ArrayList<>();
        sections.add(new InfoSection("Server", server));
        sections.add(new InfoSection("Clients", clients));
        sections.addAll(info.get());
        StringBuilder text = new StringBuilder();
        for (InfoSection section : sections) {
            if (isAskedFor(section.name(), request)) {
                text.append(text.isEmpty() ? "# " : "\r\n# ")
                        .append(section.name())
                        .append("\r\n");
                section.figures()
                        .forEach((name, value) ->
                                text.append(name).append(':').append(value).append("\r\n"));
            }
        }
        return bulk(text.toString());
    }

    private static boolean isAskedFor(String section, Request request) {
        if (request.size() == 1) {
            return true;
        }
        String upperCase = section.toUpperCase(Locale.ROOT);
        return request.arguments().stream()
                .skip(1)
                .anyMatch(asked -> asked.equalsIgnoringCase(upperCase)
                        || asked.equalsIgnoringCase("ALL")
                        || asked.equalsIgnoringCase("DEFAULT")
                        || asked.equalsIgnoringCase("EVERYTHING"));
    }

    private static Reply unknownSubcommand(Request request) {
        return failure("ERR unknown subcommand '" + abbreviated(request.argument(1)) + "'. Try "
                + upperCase(request.name()) + " HELP.");
    }

    private static Reply invalidClientName() {
        return failure("ERR Client names cannot contain spaces, newlines or special characters.");
    }

    private static boolean isClientName(ByteString name) {
        for (int i = 0; i < name.size(); i++) {
            if (name.at(i) < '!' || name.at(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static Reply wrongNumberOfArguments(String command) {
        return failure("ERR wrong number of arguments for '" + command + "' command");
    }

    private static Reply.Failure failure(String text) {
        return new Reply.Failure(text);
    }

    private static Reply bulk(String text) {
        return new Reply.Bulk(ByteString.of(text));
    }

    /** No command has a longer name than this shows. */
    private static String upperCase(ByteString name) {
        return abbreviated(name).toUpperCase(Locale.ROOT);
    }

    private static String abbreviated(ByteString bytes) {
        String text = bytes.toLatin1();
        return text.length() <= 128 ? text : text.substring(0, 128);
    }
}
