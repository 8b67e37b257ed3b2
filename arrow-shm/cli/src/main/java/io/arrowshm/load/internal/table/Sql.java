package io.arrowshm.load.internal.table;

import io.arrowshm.load.internal.UnsupportedContentException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** DuckDB in this process, which reads and writes tables of other formats. Stateless. */
final class Sql {
    private Sql() {}

    /** An empty database, which fetches nothing from anywhere. */
    static Connection open() {
        try {
            Properties properties = new Properties();
            properties.setProperty("jdbc_stream_results", "true");
            Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET autoinstall_known_extensions = false");
                statement.execute("SET autoload_known_extensions = false");
            }
            return connection;
        } catch (SQLException e) {
            if (e.getMessage() != null && e.getMessage().startsWith("No suitable driver")) {
                throw new UnsupportedContentException("it needs org.duckdb:duckdb_jdbc on the class path");
            }
            throw new UnsupportedContentException(String.valueOf(e.getMessage()));
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
