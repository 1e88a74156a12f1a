package dev.parley.honeybadger;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The protocol is pure: it sees no actor, thread, clock, random source, file or socket. */
@AnalyzeClasses(packages = "dev.parley.honeybadger", importOptions = DoNotIncludeTests.class)
class HoneyBadgerArchitectureTest {
    @ArchTest
    static final ArchRule knows_no_actors_threads_or_io = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.pekko..",
                    "scala..",
                    "java.io..",
                    "java.net..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.util.random..",
                    "java.util.concurrent.locks..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule knows_no_clock_and_no_chance = noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.lang\\.Thread|java\\.util\\.Random|java\\.security\\.SecureRandom|java\\.util\\.Timer"
                            + "|java\\.time\\.(Clock|Instant|LocalDate.*|ZonedDateTime|OffsetDateTime)"
                            + "|java\\.util\\.concurrent\\.(Thread.*|Executor.*|.*Future.*|ForkJoin.*)")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule knows_of_the_core_what_protocols_may_know = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.parley.app..",
                    "dev.parley.client..",
                    "dev.parley.log..",
                    "dev.parley.validator..",
                    "dev.parley.mempool..",
                    "dev.parley.network..",
                    "dev.parley.storage..");
}
