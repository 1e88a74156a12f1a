package dev.parley.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server of a contender, in a process of its own: CONTENDER INDEX DIRECTORY PORT… */
final class ServerProcess {
    static final String READY = "ready";

    private ServerProcess() {}

    public static void main(String[] arguments) throws Exception {
        Lifeline.hold();
        Contender contender = Contender.named(arguments[0]);
        int index = Integer.parseInt(arguments[1]);
        AutoCloseable server = contender.serve(index, Path.of(arguments[2]), ports(arguments, 3));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.close();
            } catch (Exception e) {
                System.err.println("the server does not end in order: " + e);
            }
        }));
        System.out.println(READY);
        Thread.currentThread().join();
    }

    static List<Integer> ports(String[] arguments, int from) {
        List<Integer> ports = new ArrayList<>();
        for (int i = from; i < arguments.length; i++) {
            ports.add(Integer.valueOf(arguments[i]));
        }
        return ports;
    }
}
