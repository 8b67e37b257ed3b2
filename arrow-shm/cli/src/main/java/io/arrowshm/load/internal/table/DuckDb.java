package io.arrowshm.load.internal.table;

import io.arrowshm.load.internal.UnsupportedContentException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * DuckDB in this process, which reads and writes tables of other formats. It is opened when it is first needed, and anew
 * after {@link #close}. One thread.
 */
public final class DuckDb implements AutoCloseable {
    private @Nullable Connection open;

    /**
     * An empty database, which fetches nothing from anywhere.
     *
     * @throws UnsupportedContentException if it cannot be opened
     */
    Connection connection() {
        if (open == null) {
            open = open();
        }
        return open;
    }

    private static Connection open() {
        try {
            Properties properties = new Properties();
            properties.setProperty("jdbc_stream_results", "true");
            Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET autoinstall_known_extensions = false");
                statement.execute("SET autoload_known_extensions = false");
                // It counts what is done only then.
                statement.execute("SET enable_progress_bar = true");
                statement.execute("SET enable_progress_bar_print = false");
            }
            return connection;
        } catch (SQLException e) {
            if (e.getMessage() != null && e.getMessage().startsWith("No suitable driver")) {
                throw new UnsupportedContentException("it needs org.duckdb:duckdb_jdbc on the class path");
            }
            throw new UnsupportedContentException(String.valueOf(e.getMessage()));
        }
    }

    /** What went wrong, in one line. After some errors DuckDB answers nothing any more, so the next one is another. */
    UnsupportedContentException failure(SQLException e) {
        close();
        return new UnsupportedContentException(
                String.valueOf(e.getMessage()).lines().findFirst().orElse("SQL error"));
    }

    @Override
    public void close() {
        Connection closing = open;
        open = null;
        if (closing != null) {
            try {
                closing.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A text as SQL has it. */
    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** The name of a column as SQL has it. */
    static String name(String value) {
        return "\"" + value.replace("\"", "\"\"") + "\"";
    }

    /** A file as DuckDB takes it, in whose name nothing stands for something else. */
    static String file(Path file) {
        return text(file.toAbsolutePath().toString().replaceAll("([*?\\[])", "[$1]"));
    }
}
