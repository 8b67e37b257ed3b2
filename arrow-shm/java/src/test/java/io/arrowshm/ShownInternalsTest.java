package io.arrowshm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.arrowshm.internal.core.SegmentMemory;
import io.arrowshm.internal.core.Watch;
import io.arrowshm.testing.LibraryRules;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way in which a public class could show an internal one is found. Public, so that the classes in it are seen. */
public final class ShownInternalsTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                Result.class,
                Parameter.class,
                Argument.class,
                ShownField.class,
                ShownConstructor.class,
                Inherited.class,
                Bound.class
            })
    void isFound(Class<?> showing) {
        assertThatThrownBy(() -> LibraryRules.whatUsersSeeNamesNothingInternal.check(
                        new ClassFileImporter().importClasses(showing)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("io.arrowshm.internal.core.");
    }

    /** Shows an internal class as a result. */
    public interface Result {
        SegmentMemory memory();
    }

    /** Shows an array of an internal class as a parameter. */
    public interface Parameter {
        void take(SegmentMemory[] memory);
    }

    /** Shows an internal class as the argument of another type. */
    public interface Argument {
        void take(Supplier<? extends List<SegmentMemory>> memory);
    }

    /** Shows an internal class as a field. */
    public abstract static class ShownField {
        protected SegmentMemory memory;
    }

    /** Shows an internal class as the parameter of a constructor. */
    public abstract static class ShownConstructor {
        protected ShownConstructor(SegmentMemory memory) {}
    }

    /** Shows an internal class as a supertype. */
    public abstract static class Inherited implements Watch.Held {}

    /** Shows an internal class as the bound of a type parameter. */
    public interface Bound<T extends SegmentMemory> {}
}
