package io.arrowshm.cluster;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;

/**
 * A class path with a jar in the place of each directory, since classes are archived from jars only.
 *
 * @param jars in their order; all of them exist
 * @param fingerprint differs if one of the jars is another one
 */
record ClassPathOfJars(List<Path> jars, String fingerprint) {
    private static final byte[] JAR_BEGINS_WITH = {'P', 'K'};

    /**
     * Packs what has not been packed into the cache yet. Several processes may do so at once.
     *
     * @param classPath as {@code java.class.path} has it; what does not exist or is neither directory nor jar has no classes
     *     and is left out, and so is the empty entry, which means the directory that a process is started in
     * @param cache an existing directory
     */
    static ClassPathOfJars of(String classPath, Path cache) throws IOException {
        List<Path> jars = new ArrayList<>();
        Fingerprint fingerprint = new Fingerprint();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path path = Path.of(entry).toAbsolutePath();
            if (!entry.isEmpty() && (Files.isDirectory(path) || isJar(path))) {
                Path jar = Files.isDirectory(path) ? packed(path, cache) : path;
                jars.add(jar);
                fingerprint.addFile(jar);
            }
        }
        return new ClassPathOfJars(List.copyOf(jars), fingerprint.toString());
    }

    @Override
    public String toString() {
        return String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
    }

    /** With anything else in a class path a JVM writes an archive that it then takes to be for another class path. */
    private static boolean isJar(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(JAR_BEGINS_WITH.length), JAR_BEGINS_WITH);
        }
    }

    private static Path packed(Path directory, Path cache) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        Fingerprint fingerprint = new Fingerprint();
        for (Path file : files) {
            fingerprint.addFile(file);
        }
        Path jar = cache.resolve(fingerprint + ".jar");
        if (!Files.exists(jar)) {
            Path aside = Files.createTempFile(cache, null, null);
            try {
                pack(directory, files, aside);
                Files.move(aside, jar, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
        }
        return jar;
    }

    private static void pack(Path directory, List<Path> files, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.setLevel(Deflater.NO_COMPRESSION);
            for (Path file : files) {
                entries.putNextEntry(new ZipEntry(directory.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
    }
}
