package io.arrowshm.benchmark.peers;

import java.nio.file.Path;

/**
 * Where the Python side of this module lies.
 *
 * @param programs and in it the folder of their requirements
 * @param environments made of these when they are first needed
 */
record PythonFolders(Path programs, Path environments) {
    /** Those of this module. */
    static PythonFolders of(Path module) {
        Path absolute = module.toAbsolutePath();
        return new PythonFolders(absolute.resolve("src/main/python"), absolute.resolve("target/python"));
    }

    /** @param name of the file, without ".txt" */
    Path requirements(String name) {
        return programs.resolve("requirements").resolve(name + ".txt");
    }
}
