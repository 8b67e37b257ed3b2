package io.arrowshm.testing;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The packages of the library: this list says which are public. */
final class LibraryPackages {
    static final String INTERNAL = "io.arrowshm.internal..";
    /** What is internal without the package of {@code Access}. */
    static final String BEHIND_ACCESS = "io.arrowshm.internal.*..";

    private static final Set<String> PUBLIC = Set.of(
            "io.arrowshm", "io.arrowshm.array", "io.arrowshm.dataset", "io.arrowshm.error", "io.arrowshm.inspect");

    private LibraryPackages() {}

    /** The public packages themselves, without those below them. */
    static String[] publicOnes() {
        return PUBLIC.toArray(String[]::new);
    }

    /** Classes that users see: they and all classes around them are public and lie in public packages. */
    static DescribedPredicate<JavaClass> isSeenByUsers() {
        return DescribedPredicate.describe("are seen by users", LibraryPackages::isSeen);
    }

    /**
     * No supertype, type parameter, and no public or protected field, constructor or method names an internal class, not
     * even as the argument of another type.
     */
    static ArchCondition<JavaClass> showNothingInternal() {
        return new ArchCondition<>("show nothing internal") {
            @Override
            public void check(JavaClass seen, ConditionEvents events) {
                Stream.concat(Stream.of(seen.getSuperclass()).flatMap(Optional::stream), seen.getInterfaces().stream())
                        .forEach(type -> check(type, seen.getDescription() + " extends", events));
                seen.getTypeParameters().forEach(type -> check(type, seen.getDescription() + " has", events));
                Stream.concat(seen.getFields().stream(), seen.getCodeUnits().stream())
                        .filter(LibraryPackages::isShown)
                        .forEach(member -> check(member, events));
            }

            private void check(JavaMember member, ConditionEvents events) {
                member.getAllInvolvedRawTypes()
                        .forEach(type -> check(type, member.getDescription() + " names", events));
            }

            private void check(JavaType type, String where, ConditionEvents events) {
                for (JavaClass involved : type.getAllInvolvedRawTypes()) {
                    if (involved.getBaseComponentType().getPackageName().startsWith("io.arrowshm.internal")) {
                        events.add(SimpleConditionEvent.violated(involved, where + " " + involved.getName()));
                    }
                }
            }
        };
    }

    private static boolean isShown(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static boolean isSeen(JavaClass type) {
        boolean isPublic = type.getModifiers().contains(JavaModifier.PUBLIC);
        return isPublic
                && PUBLIC.contains(type.getPackageName())
                && type.getEnclosingClass().map(LibraryPackages::isSeen).orElse(true);
    }
}
