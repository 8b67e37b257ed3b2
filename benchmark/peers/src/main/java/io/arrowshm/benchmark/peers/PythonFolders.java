package io.arrowshm.benchmark.peers;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.List;

/**
 * Where the Python side of this module lies.
 *
 * @param programs and in it the folder of their requirements
 * @param environments made of these when they are first needed
 * @param ourPackage the sources of this project's Python package, with the crate beside them
 */
record PythonFolders(Path programs, Path environments, Path ourPackage) {
    private static final String BUILT = "target";

    /** Those of this module. */
    static PythonFolders of(Path module) {
        Path absolute = module.toAbsolutePath();
        return new PythonFolders(
                absolute.resolve("src/main/python"),
                absolute.resolve("target/python"),
                absolute.resolve("../../arrow-shm/python").normalize());
    }

    /** When the package or the crate was last changed. */
    FileTime lastChange() throws IOException {
        FileTime last = FileTime.fromMillis(0);
        for (Path sources : List.of(ourPackage, ourPackage.resolveSibling("rust"))) {
            LatestChange latest = new LatestChange();
            Files.walkFileTree(sources, latest);
            last = Collections.max(List.of(last, latest.time));
        }
        return last;
    }

    private static final class LatestChange extends SimpleFileVisitor<Path> {
        private FileTime time = FileTime.fromMillis(0);

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return directory.endsWith(BUILT) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            time = Collections.max(List.of(time, attributes.lastModifiedTime()));
            return FileVisitResult.CONTINUE;
        }
    }

    /** @param name of the file, without ".txt" */
    Path requirements(String name) {
        return programs.resolve("requirements").resolve(name + ".txt");
    }
}
