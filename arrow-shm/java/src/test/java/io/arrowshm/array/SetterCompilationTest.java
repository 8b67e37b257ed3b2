package io.arrowshm.array;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the compiler makes of calls that a user may type: an index and a value are never taken for each other. */
class SetterCompilationTest {
    @TempDir
    private Path classes;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "array.at(1).set(2.0);",
                "array.at(1, 2).set(3);",
                "array.at(3, 2, 17).set(0.5f);",
                "array.at(3, 2, 17, 1).set(true);",
                "array.at(3, 2, 17, 1, 5).set(\"text\");",
                "array.at(1, 2).set(3.0, 4.0);",
                "array.at(new long[] {1, 2}).set(3L);",
                "double value = array.getDouble(3, 2, 17);",
                "array.fill(1.0); array.update(value -> value + 1);"
            })
    void whatIsRightCompiles(String statements) {
        assertThat(errors(statements)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "array.at(2.0).set(1);",
                "array.at(2.0, 1).set(1);",
                "array.at(1, 2.0).set(1);",
                "array.at(1, 2, 3, 4, 2.0).set(1);",
                "array.at(true).set(1);",
                "array.at(\"text\").set(1);",
                "array.at(1).set(2, 3, 4.0);",
                "array.set(1, 2.0);",
                "array.set(2.0, 1);",
                "array.setDouble(1, 2.0);",
                "array.asReadOnly().at(1).set(2.0);"
            })
    void whatIsSwappedOrCannotBeWrittenDoesNotCompile(String statements) {
        assertThat(errors(statements))
                .as(statements)
                .singleElement()
                .extracting(Diagnostic::getCode)
                .asString()
                .matches("compiler\\.err\\.(cant\\.apply\\.symbols?|cant\\.resolve\\.location\\.args)");
    }

    private List<Diagnostic<? extends JavaFileObject>> errors(String statements) {
        String source = "class Snippet { void run(io.arrowshm.array.MutableNdArray array) { " + statements + " } }";
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-classpath", System.getProperty("java.class.path"));
        boolean compiled = compiler.getTask(null, null, diagnostics, options, null, List.of(file))
                .call();
        List<Diagnostic<? extends JavaFileObject>> errors = diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .toList();
        assertThat(compiled).as("%s", errors).isEqualTo(errors.isEmpty());
        return errors;
    }
}
