package dev.parley.testkit.cluster;

import dev.parley.app.Application;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Runs a {@link ClusterTest} in its worlds. */
final class ClusterExtension implements TestTemplateInvocationContextProvider {
    private static final String WORLDS = "parley.test.worlds";
    private static final String PROTOCOLS = "parley.test.protocols";
    private static final String SEED = "parley.test.seed";

    /** One run of a test. */
    private record Run(ClusterTest test, String method, World world, String protocol, long seed) {
        String name() {
            return world.word() + ", " + protocol + (world == World.SIMULATOR ? ", seed " + seed : "");
        }

        String again() {
            return "-Dtest='" + method + "' -D" + WORLDS + "=" + world.word() + " -D" + PROTOCOLS + "=" + protocol
                    + (world == World.SIMULATOR ? " -D" + SEED + "=" + seed : "");
        }
    }

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getTestMethod()
                .filter(method -> method.isAnnotationPresent(ClusterTest.class))
                .isPresent();
    }

    /** A test that none of the chosen worlds has runs nowhere. */
    @Override
    public boolean mayReturnZeroTestTemplateInvocationContexts(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ClusterTest test = context.getRequiredTestMethod().getAnnotation(ClusterTest.class);
        String method = context.getRequiredTestClass().getSimpleName() + "#"
                + context.getRequiredTestMethod().getName();
        List<Run> runs = new ArrayList<>();
        for (World world : worlds(test)) {
            for (String protocol : chosen(PROTOCOLS).orElse(Arrays.asList(test.protocols()))) {
                for (long seed : seeds(test, world)) {
                    runs.add(new Run(test, method, world, protocol, seed));
                }
            }
        }
        return runs.stream().map(Invocation::new);
    }

    private static List<World> worlds(ClusterTest test) {
        List<World> own = Arrays.asList(test.worlds());
        Optional<List<String>> words = chosen(WORLDS);
        if (words.isEmpty()) {
            return own;
        }
        List<String> known = Arrays.stream(World.values()).map(World::word).toList();
        for (String word : words.get()) {
            if (!known.contains(word)) {
                throw new IllegalArgumentException(
                        "-D" + WORLDS + " names '" + word + "'; the worlds are " + String.join(", ", known));
            }
        }
        return own.stream().filter(world -> words.get().contains(world.word())).toList();
    }

    private static List<Long> seeds(ClusterTest test, World world) {
        String only = System.getProperty(SEED, "");
        if (world != World.SIMULATOR) {
            return List.of(0L);
        }
        return only.isEmpty()
                ? Stream.iterate(1L, seed -> seed + 1).limit(test.seeds()).toList()
                : List.of(Long.parseLong(only));
    }

    private static Optional<List<String>> chosen(String property) {
        String words = System.getProperty(property, "");
        return words.isEmpty() ? Optional.empty() : Optional.of(List.of(words.split("\\s*,\\s*")));
    }

    private record Invocation(Run run) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return run.name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new Needs(run), new Running(run));
        }
    }

    /** Skips what needs what the world lacks. */
    private record Needs(Run run) implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            for (Capability need : run.test().needs()) {
                Optional<String> lack = run.world().lacks(need);
                if (lack.isPresent()) {
                    return ConditionEvaluationResult.disabled("it needs " + need + ", and " + lack.get());
                }
            }
            return ConditionEvaluationResult.enabled("the world has all it needs");
        }
    }

    /** Has the cluster of one run. */
    private static final class Running
            implements ParameterResolver, AfterTestExecutionCallback, TestExecutionExceptionHandler {
        private static final ExtensionContext.Namespace NAMESPACE =
                ExtensionContext.Namespace.create(ClusterExtension.class);

        private final Run run;
        private @Nullable Cluster<?, ?> cluster;

        private Running(Run run) {
            this.run = run;
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Cluster.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Cluster<?, ?> started = start(run);
            cluster = started;
            // JUnit closes what is kept there, whatever becomes of the test.
            context.getStore(NAMESPACE).put(Cluster.class, started);
            return started;
        }

        /** What nobody waited for is found at the end. */
        @Override
        public void afterTestExecution(ExtensionContext context) {
            if (cluster != null && context.getExecutionException().isEmpty()) {
                try {
                    cluster.check();
                } catch (RuntimeException | AssertionError e) {
                    throw explained(e, cluster);
                }
            }
        }

        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
            if (cluster == null || failure instanceof TestAbortedException) {
                throw failure;
            }
            throw explained(failure, cluster);
        }

        private static AssertionFailedError explained(Throwable failure, Cluster<?, ?> cluster) {
            String what = failure instanceof AssertionError ? String.valueOf(failure.getMessage()) : failure.toString();
            cluster.keepFiles();
            return new AssertionFailedError(what + "\n\n" + cluster.report(), failure);
        }
    }

    private static Cluster<?, ?> start(Run run) {
        return start(run, Named.application(run.test().application().getName()));
    }

    private static <C, R> Cluster<C, R> start(Run run, Application<C, R, ?> application) {
        ClusterTest test = run.test();
        ProtocolUnderTest protocol = ProtocolUnderTest.named(run.protocol());
        Witness<C, R> witness = new Witness<>(application);
        Set<Capability> needs = EnumSet.noneOf(Capability.class);
        needs.addAll(Arrays.asList(test.needs()));
        Driver<C, R> driver = switch (run.world()) {
            case SIMULATOR ->
                new SimulatedDriver<>(
                        application,
                        protocol,
                        test.validators(),
                        Set.of(test.weather()),
                        run.seed(),
                        witness,
                        run.again());
            case ONE_JVM ->
                new LocalDriver<>(
                        application,
                        protocol,
                        test.validators(),
                        test.config(),
                        needs.contains(Capability.POWER_LOSS) || needs.contains(Capability.REAL_DISK),
                        witness,
                        run.again());
            case PROCESSES ->
                new ProcessDriver<>(
                        test.application(),
                        application,
                        protocol,
                        test.validators(),
                        test.config(),
                        witness,
                        run.again());
        };
        try {
            return new Cluster<>(run.world(), protocol, test.validators(), needs, driver, witness);
        } catch (RuntimeException | Error e) {
            driver.close();
            throw e;
        }
    }
}
