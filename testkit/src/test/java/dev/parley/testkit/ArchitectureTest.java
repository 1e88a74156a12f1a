package dev.parley.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.parley.testkit.cluster.FreePorts;

@AnalyzeClasses(packages = "dev.parley.testkit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule only_one_package_knows_HotStuff = noClasses()
            .that()
            .resideOutsideOfPackage("dev.parley.testkit.hotstuff..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.parley.hotstuff..", "dev.parley.testkit.hotstuff..");

    @ArchTest
    static final ArchRule only_one_package_knows_Tendermint = noClasses()
            .that()
            .resideOutsideOfPackage("dev.parley.testkit.tendermint..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.parley.tendermint..", "dev.parley.testkit.tendermint..");

    @ArchTest
    static final ArchRule oracles_and_behaviours_know_no_simulator = noClasses()
            .that()
            .resideInAnyPackage("dev.parley.testkit.check..", "dev.parley.testkit.byzantine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.parley.testkit.sim..", "dev.parley.testkit.scenario..");

    @ArchTest
    static final ArchRule the_simulator_has_no_clock_and_no_thread = noClasses()
            .that()
            .resideInAnyPackage("dev.parley.testkit..")
            .and()
            // Their live halves bring commands to real clusters, where time passes.
            .resideOutsideOfPackages("dev.parley.testkit.contract..", "dev.parley.testkit.cluster..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class);

    @ArchTest
    static final ArchRule contracts_know_no_protocol = noClasses()
            .that()
            .resideInAPackage("dev.parley.testkit.contract..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.parley..")
                    .and(not(resideInAnyPackage(
                            "dev.parley",
                            "dev.parley.app..",
                            "dev.parley.client..",
                            "dev.parley.codec..",
                            "dev.parley.consensus..",
                            "dev.parley.crypto..",
                            "dev.parley.log..",
                            "dev.parley.network..",
                            "dev.parley.validator..",
                            "dev.parley.testkit.byzantine..",
                            "dev.parley.testkit.check..",
                            "dev.parley.testkit.contract..",
                            "dev.parley.testkit.sim..")))
                    .and(not(equivalentTo(FreePorts.class))));

    @ArchTest
    static final ArchRule only_contracts_and_cluster_tests_know_JUnit_and_AssertJ = noClasses()
            .that()
            .resideOutsideOfPackages("dev.parley.testkit.contract..", "dev.parley.testkit.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.junit..", "org.assertj..", "org.awaitility..", "dev.parley.testkit.contract..");
}
