package dev.parley;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** What {@code docs/architecture.md} says of core's packages, held by the build. */
@AnalyzeClasses(packages = "dev.parley", importOptions = ImportOption.DoNotIncludeTests.class)
class CoreArchitectureTest {
    @ArchTest
    static final ArchRule packages_form_no_cycles =
            SlicesRuleDefinition.slices().matching("dev.parley.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_seam_the_log_and_the_pool_know_no_actor = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.parley.codec..",
                    "dev.parley.crypto..",
                    "dev.parley.consensus..",
                    "dev.parley.log..",
                    "dev.parley.app..",
                    "dev.parley.mempool..",
                    "dev.parley.storage..",
                    "dev.parley.network..")
            .and()
            .resideOutsideOfPackage("dev.parley.network.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.pekko..");

    @ArchTest
    static final ArchRule what_is_replicated_knows_no_clock_and_no_chance = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.parley.consensus..", "dev.parley.log..", "dev.parley.app..", "dev.parley.mempool..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.(time\\.Clock|time\\.Instant|util\\.Random|util\\.UUID|lang\\.Thread|security\\.SecureRandom"
                            + "|util\\.concurrent\\.ThreadLocalRandom)")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule java_serialization_is_off =
            noClasses().should().dependOnClassesThat().haveNameMatching("java\\.io\\.Object(Input|Output)Stream");

    @ArchTest
    static final ArchRule actors_and_the_engine_stay_inside = classes()
            .that()
            .resideInAPackage("dev.parley.validator..")
            .and()
            .haveSimpleNameEndingWith("Actor")
            .should()
            .bePackagePrivate();
}
