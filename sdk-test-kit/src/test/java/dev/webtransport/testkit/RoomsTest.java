package dev.webtransport.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who sees whom in the kit: what simulates knows nothing of coroutines and of test frameworks, and each framework has its room. */
final class RoomsTest {
    private static final String KIT = "dev.webtransport.testkit";

    /** Each sees those before it, and none of those behind it. */
    private static final List<String> SIMULATION = List.of("quic", "fault", "network", "engine");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().importLocations(List.of(Location.of(Path.of("target/classes"))));

    @Test
    void the_classes_of_the_kit_are_found() {
        assertTrue(CLASSES.contain(KIT + ".LoopbackTransport"));
    }

    @Test
    void what_simulates_sees_downwards_only() {
        for (int room = 0; room < SIMULATION.size(); room++) {
            for (String above : SIMULATION.subList(room + 1, SIMULATION.size())) {
                noClasses()
                        .that()
                        .resideInAPackage(KIT + "." + SIMULATION.get(room))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(KIT + "." + above)
                        .check(CLASSES);
            }
        }
    }

    @Test
    void what_simulates_uses_no_coroutine_no_thread_and_no_test_framework() {
        noClasses()
                .that()
                .resideInAnyPackage(KIT + ".quic", KIT + ".fault", KIT + ".network", KIT + ".engine", KIT + ".trace")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "kotlinx..", "java.util.concurrent", "io.kotest..", "org.junit..", "org.opentest4j..", KIT)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .because("time is told there, and two runs that are told the same do the same")
                .check(CLASSES.that(new DescribedPredicate<>("but the controls of the network") {
                    @Override
                    public boolean test(JavaClass one) {
                        // Its lists are read by the connections of several threads.
                        return !one.getSimpleName().equals("SimulatedNetwork");
                    }
                }));
    }

    @Test
    void each_test_framework_has_rooms_of_its_own() {
        noClasses()
                .that()
                .resideOutsideOfPackages(KIT + ".kotest", KIT + ".contract")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.kotest..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage(KIT + ".junit")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "dev.webtransport.async..")
                .because("who tests in Kotlin has neither JUnit nor the facade for Java")
                .check(CLASSES);
    }

    @Test
    void no_two_rooms_see_each_other() {
        slices().matching(KIT + ".(*)").should().beFreeOfCycles().check(CLASSES);
    }
}
