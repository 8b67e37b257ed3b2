package io.arrowshm.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The addresses a process of this host listens on, from /proc (proc_net(5): addresses as words in host order). */
final class ListeningSockets {
    private static final String LISTEN = "0A";

    private ListeningSockets() {}

    static List<InetAddress> of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                } catch (NoSuchFileException closedMeanwhile) {
                    // not listening any more
                }
            }
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            for (String line : Files.readAllLines(process.resolve(table))) {
                String[] fields = line.trim().split("\\s+", -1);
                if (fields[3].equals(LISTEN) && inodes.contains(fields[9])) {
                    addresses.add(address(fields[1].split(":", -1)[0]));
                }
            }
        }
        return addresses;
    }

    private static InetAddress address(String hex) throws IOException {
        ByteBuffer littleEndianWords =
                ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer address = ByteBuffer.allocate(littleEndianWords.capacity());
        while (littleEndianWords.hasRemaining()) {
            address.putInt(littleEndianWords.getInt());
        }
        return InetAddress.getByAddress(address.array());
    }
}
