package dev.webtransport;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Packages of the core stand on floors, and imports go down only. */
class FloorsTest {
    private static final JavaClasses CORE = new ClassFileImporter().importPath(Path.of("target", "classes"));

    /** What is told of bytes, states and time, but never touches a socket, a thread or a clock. */
    private static final String[] SANS_IO = {
        "dev.webtransport.wire..",
        "dev.webtransport.value..",
        "dev.webtransport.error..",
        "dev.webtransport.codec..",
        "dev.webtransport.flow..",
        "dev.webtransport.engine.."
    };

    private static final String[] JAVA_FLOORS = Floors.javaPackages().toArray(new String[0]);

    /** Addresses are named in settings, and names as certificates have them; resolving and opening them is not their business. */
    private static final Set<String> NETWORK_NAMES_OF_CONFIG =
            Set.of("java.net.IDN", "java.net.InetSocketAddress", "java.net.URI", "java.net.URISyntaxException");

    /**
     * The rules for certificates name what the JDK's own interfaces name in their signatures (Socket), turn host names
     * into what a certificate holds (IDN), and say when a certificate has expired (Clock, which is handed in).
     */
    private static final Set<String> NETWORK_NAMES_OF_TLS =
            Set.of("java.net.InetSocketAddress", "java.net.URI", "java.net.IDN", "java.net.Socket");

    @Test
    void every_package_of_the_core_stands_on_a_floor() {
        classes()
                .should(new ArchCondition<JavaClass>("be in a package that the floors list") {
                    @Override
                    public void check(JavaClass javaClass, ConditionEvents events) {
                        String message =
                                javaClass.getPackageName() + " is on no floor: put it into Floors and README.md";
                        events.add(new SimpleConditionEvent(
                                javaClass, Floors.isListed(javaClass.getPackageName()), message));
                    }
                })
                .check(CORE);
    }

    @Test
    void imports_go_down_only_and_peers_on_one_floor_do_not_see_each_other() {
        classes()
                .should(new ArchCondition<JavaClass>("depend on lower floors only") {
                    @Override
                    public void check(JavaClass javaClass, ConditionEvents events) {
                        for (Dependency dependency : javaClass.getDirectDependenciesFromSelf()) {
                            String to = dependency
                                    .getTargetClass()
                                    .getBaseComponentType()
                                    .getPackageName();
                            if (to.startsWith("dev.webtransport")) {
                                boolean allowed = Floors.isListed(to) && Floors.allows(javaClass.getPackageName(), to);
                                events.add(new SimpleConditionEvent(javaClass, allowed, dependency.getDescription()));
                            }
                        }
                    }
                })
                .check(CORE);
    }

    @Test
    void packages_depend_on_each_other_without_cycles() {
        slices().matching("dev.webtransport.(**)").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void the_java_floors_know_no_kotlin_no_channels_and_no_threads() {
        noClasses()
                .that()
                .resideInAnyPackage(JAVA_FLOORS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("kotlin..", "kotlinx..", "java.nio.channels..", "java.util.concurrent..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(CORE);
    }

    @Test
    void what_is_sans_io_knows_no_network() {
        noClasses()
                .that()
                .resideInAnyPackage(SANS_IO)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "javax.net..")
                .check(CORE);
    }

    @Test
    void config_knows_addresses_and_nothing_else_of_the_network() {
        noClasses()
                .that()
                .resideInAPackage("dev.webtransport.config..")
                .should()
                .dependOnClassesThat(networkBut(NETWORK_NAMES_OF_CONFIG))
                .check(CORE);
    }

    @Test
    void tls_knows_names_and_nothing_else_of_the_network() {
        noClasses()
                .that()
                .resideInAPackage("dev.webtransport.tls..")
                .should()
                .dependOnClassesThat(networkBut(NETWORK_NAMES_OF_TLS))
                .check(CORE);
    }

    @Test
    void the_java_floors_read_no_clock() {
        noClasses()
                .that()
                .resideInAnyPackage(JAVA_FLOORS)
                .should()
                .accessTargetWhere(describe("reads a clock", FloorsTest::readsClock))
                .check(CORE);
    }

    @Test
    void only_tls_is_handed_a_clock() {
        noClasses()
                .that()
                .resideInAnyPackage(JAVA_FLOORS)
                .and()
                .resideOutsideOfPackage("dev.webtransport.tls..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.time\\.(Clock|InstantSource)")
                .check(CORE);
    }

    @Test
    void micrometer_is_named_by_its_own_package_only() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.webtransport.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..")
                .check(CORE);
    }

    @Test
    void nothing_outside_an_engine_knows_which_one_runs() {
        for (String engine : List.of("netty", "kwik")) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.webtransport." + engine + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("dev.webtransport." + engine + "..")
                    .check(CORE);
        }
    }

    @Test
    void the_library_of_an_engine_is_named_by_its_own_package_only() {
        Map.of("netty", "io.netty..", "kwik", "tech.kwik..").forEach((engine, library) -> noClasses()
                .that()
                .resideOutsideOfPackage("dev.webtransport." + engine + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library)
                .check(CORE));
    }

    @Test
    void the_picture_in_the_readme_is_this_rule() throws IOException {
        String readme = Files.readString(SourceTree.root().resolve("README.md"));
        String[] parts = readme.split("<!-- floors -->", -1);
        assertEquals(3, parts.length, "README.md holds the floors between two lines <!-- floors -->");
        assertEquals("```text\n" + Floors.picture() + "```", parts[1].strip());
    }

    private static boolean readsClock(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String member = access.getTarget().getName();
        boolean ofSystem =
                owner.equals("java.lang.System") && (member.equals("nanoTime") || member.equals("currentTimeMillis"));
        boolean ofJavaTime = owner.startsWith("java.time.") && member.equals("now");
        boolean ofDate = owner.equals("java.util.Date")
                && member.equals("<init>")
                && access.getDescription().contains("Date.<init>()");
        return ofSystem || ofJavaTime || ofDate;
    }

    private static DescribedPredicate<JavaClass> networkBut(Set<String> allowed) {
        return describe("are of the network but not " + allowed, target -> {
            String name = target.getBaseComponentType().getName();
            return name.startsWith("java.net.") && !allowed.contains(name);
        });
    }
}
