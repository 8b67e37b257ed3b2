package io.arrowshm.cli;

import io.arrowshm.console.Allowed;
import io.arrowshm.console.Amounts;
import io.arrowshm.console.Table;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.inspect.ParticipantSnapshot;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.inspect.SegmentSnapshot;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code who}: which process holds what. */
@Command(
        name = "who",
        sortOptions = false,
        header = "Tells which processes hold which segments of a pool.",
        description =
                "Tells which processes hold each segment and which has sent it, and how much each process holds. A process that"
                        + " was killed is shown as not alive until what it held has been taken back. If it had forked, it lives"
                        + " on in its children, which are named: until they end they keep its place and what it held.")
final class WhoCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Option(
            names = "--segment",
            paramLabel = "SLOT",
            description = "Print only the segment in this slot and its holders.")
    private @Nullable Integer slot;

    @Option(names = "--pid", paramLabel = "PID", description = "Print only this process and what it holds.")
    private @Nullable Long processId;

    /** Both directions. */
    record Who(String name, String directory, List<Held> segments, List<Holder> participants) {}

    /** A segment, and who holds it. */
    record Held(SegmentSnapshot segment, List<ParticipantSnapshot> holders) {}

    /** A participant, and the slots of what it holds. */
    record Holder(ParticipantSnapshot participant, List<Integer> slots) {}

    @Override
    public void run() {
        try (PoolInspector inspector = PoolInspector.open(common.pool(pool))) {
            PoolSnapshot snapshot = inspector.snapshot();
            requireSlot(snapshot);
            Who who = new Who(pool, snapshot.directory(), segments(snapshot), participants(snapshot));
            common.answer(who, () -> segmentTable(who.segments()) + "\n\n" + participantTable(who.participants()));
        }
    }

    private void requireSlot(PoolSnapshot snapshot) {
        Integer wanted = slot;
        if (wanted == null) {
            return;
        }
        Allowed.between(spec, "--segment", wanted, 0, snapshot.slots() - 1L);
        if (snapshot.segments().stream().noneMatch(segment -> segment.slot() == wanted)) {
            throw new UserErrorException("there is no segment in slot " + wanted + " of the pool " + pool);
        }
    }

    private List<Held> segments(PoolSnapshot snapshot) {
        Map<Integer, ParticipantSnapshot> participants = snapshot.participants().stream()
                .collect(Collectors.toMap(ParticipantSnapshot::index, Function.identity()));
        return snapshot.segments().stream()
                .filter(segment -> slot == null || segment.slot() == slot)
                .map(segment -> new Held(
                        segment,
                        segment.holders().stream()
                                // One that has just joined and taken a hold is not known yet.
                                .filter(participants::containsKey)
                                .map(participants::get)
                                .toList()))
                .filter(held -> processId == null
                        || held.holders().stream().anyMatch(holder -> holder.processId() == processId))
                .toList();
    }

    private List<Holder> participants(PoolSnapshot snapshot) {
        return snapshot.participants().stream()
                .map(participant -> new Holder(participant, slots(snapshot, participant.index())))
                .filter(holder -> processId == null || holder.participant().processId() == processId)
                .filter(holder -> slot == null || holder.slots().contains(slot))
                .toList();
    }

    private static List<Integer> slots(PoolSnapshot snapshot, int participant) {
        return snapshot.segments().stream()
                .filter(segment -> segment.holders().contains(participant))
                .map(SegmentSnapshot::slot)
                .toList();
    }

    private static String segmentTable(List<Held> segments) {
        Table table = new Table()
                .numbers("slot")
                .words("state")
                .numbers("block")
                .words("held by")
                .numbers("in flight")
                .optionalWords("sent by", "also");
        for (Held held : segments) {
            SegmentSnapshot segment = held.segment();
            table.row(
                    segment.slot(),
                    segment.state().name().toLowerCase(Locale.ROOT),
                    Amounts.size(segment.blockBytes()),
                    held.holders().stream()
                            .map(holder -> holder.processId() + (holder.alive() ? "" : " (dead)"))
                            .collect(Collectors.joining(", ")),
                    segment.inFlight(),
                    segment.epochName() == null ? "" : segment.epochName(),
                    Listings.marks(segment));
        }
        return table.toString();
    }

    private static String alive(ParticipantSnapshot participant) {
        if (participant.keptBy().isEmpty()) {
            return participant.alive() ? "yes" : "no";
        }
        return participant.keptBy().stream().map(String::valueOf).collect(Collectors.joining(", ", "in ", ""));
    }

    private static String participantTable(List<Holder> participants) {
        Table table = new Table()
                .numbers("pid")
                .words("alive", "since")
                .numbers("segments", "bytes")
                .words("command");
        for (Holder holder : participants) {
            ParticipantSnapshot participant = holder.participant();
            table.row(
                    participant.processId(),
                    alive(participant),
                    Amounts.time(participant.joinedAtMs()),
                    participant.segments(),
                    Amounts.size(participant.bytes()),
                    participant.command());
        }
        return table.toString();
    }
}
