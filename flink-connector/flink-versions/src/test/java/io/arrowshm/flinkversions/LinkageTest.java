package io.arrowshm.flinkversions;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.arrowshm.flink.SegmentStream;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.Test;

/** The classes of the connector and of clusters, compiled against the newest Flink, find in this one what they refer to. */
class LinkageTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .importUrl(SegmentStream.class.getProtectionDomain().getCodeSource().getLocation());

    /** Newer than the oldest Flink; used only where a function that was compiled against such a Flink asks for it. */
    private static final String SUPPLIER = "org.apache.flink.streaming.api.functions.async.CollectionSupplier";

    @Test
    void flinkIsOfAnotherVersionThanTheConnectorWasCompiledAgainst() {
        assertThat(EnvironmentInformation.getVersion()).isEqualTo(System.getProperty("other.flink.version"));
    }

    @Test
    void everyClassMethodAndFieldOfFlinkThatIsUsedIsThere() {
        List<String> missing = OURS.stream()
                .flatMap(type -> Stream.concat(missingTypes(type), missingMembers(type)))
                .toList();
        assertThat(missing).allMatch(use -> use.contains(SUPPLIER));
    }

    /** A method that an interface of an older Flink wants and the newest does not. */
    @Test
    void everyMethodThatFlinkWantsIsImplemented() {
        List<String> missing = OURS.stream()
                .filter(type -> !type.isInterface() && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .flatMap(LinkageTest::notImplemented)
                .toList();
        assertThat(missing).isEmpty();
    }

    private static Stream<String> missingTypes(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                .filter(LinkageTest::isOfFlink)
                .filter(target -> !isThere(target))
                .map(target -> type.getName() + " uses " + target.getName())
                .distinct();
    }

    private static boolean isThere(JavaClass type) {
        try {
            Class.forName(type.getName(), false, LinkageTest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static Stream<String> missingMembers(JavaClass type) {
        return type.getAccessesFromSelf().stream()
                .map(JavaAccess::getTarget)
                .filter(target -> isOfFlink(target.getOwner()))
                .filter(target -> target.resolveMember().isEmpty())
                .map(AccessTarget::getFullName)
                .map(name -> type.getName() + " uses " + name);
    }

    private static Stream<String> notImplemented(JavaClass type) {
        return type.getAllMethods().stream()
                .filter(method -> isOfFlink(method.getOwner()) && isAbstract(method))
                .filter(wanted -> type.getAllMethods().stream()
                        .noneMatch(method -> !isAbstract(method) && overrides(method, wanted)))
                .map(wanted -> type.getName() + " does not implement " + wanted.getFullName());
    }

    private static boolean overrides(JavaMethod method, JavaMethod wanted) {
        return method.getName().equals(wanted.getName())
                && method.getRawParameterTypes().size()
                        == wanted.getRawParameterTypes().size();
    }

    private static boolean isAbstract(JavaMethod method) {
        return method.getModifiers().contains(JavaModifier.ABSTRACT);
    }

    private static boolean isOfFlink(JavaClass type) {
        return type.getPackageName().startsWith("org.apache.flink");
    }
}
