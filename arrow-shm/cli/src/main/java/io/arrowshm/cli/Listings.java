package io.arrowshm.cli;

import io.arrowshm.console.Amounts;
import io.arrowshm.console.Json;
import io.arrowshm.console.Table;
import io.arrowshm.inspect.DatasetSnapshot;
import io.arrowshm.inspect.RefusedFile;
import io.arrowshm.inspect.SegmentSnapshot;
import io.arrowshm.inspect.SegmentState;
import io.arrowshm.inspect.Totals;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of {@code ls}. Stateless. */
final class Listings {
    private Listings() {}

    static String pools(List<ListCommand.Pool> pools) {
        Table table = new Table()
                .words("pool")
                .numbers("size", "free", "datasets", "segments", "participants")
                .optionalWords("problem");
        for (ListCommand.Pool pool : pools) {
            Totals totals = pool.totals();
            if (totals == null) {
                table.row(pool.name(), "", "", "", "", "", pool.error());
            } else {
                table.row(
                        pool.name(),
                        Amounts.size(totals.sizeBytes()),
                        Amounts.size(totals.sizeBytes() - totals.usedBytes()),
                        pool.datasets(),
                        totals.segments(),
                        totals.participantsAlive(),
                        "");
            }
        }
        return table.toString();
    }

    static Table datasets(List<DatasetSnapshot> datasets, boolean attributes) {
        Table table = new Table()
                .words("dataset")
                .numbers("segments", "bytes")
                .words("published", "kept")
                .optionalWords("attributes", "problem");
        for (DatasetSnapshot dataset : datasets) {
            if (dataset.error() != null) {
                table.row(dataset.name(), "", "", "", "", "", dataset.error());
            } else {
                table.row(
                        dataset.name(),
                        dataset.segments().size(),
                        Amounts.size(dataset.lengthBytes()),
                        Amounts.time(dataset.publishedAtMs()),
                        dataset.persistent() ? "persistent" : "while process " + dataset.creatorProcessId() + " lives",
                        attributes ? attributes(dataset.attributes()) : "",
                        "");
            }
        }
        return table;
    }

    static Table segments(List<SegmentSnapshot> segments) {
        Table table = new Table()
                .numbers("slot", "generation")
                .words("state")
                .numbers("length", "block", "held by", "in flight")
                .optionalWords("also");
        for (SegmentSnapshot segment : segments) {
            table.row(
                    segment.slot(),
                    segment.generation(),
                    segment.state().name().toLowerCase(Locale.ROOT),
                    // Nobody knows yet how long it will be.
                    segment.state() == SegmentState.BUILDING ? "" : Amounts.size(segment.lengthBytes()),
                    Amounts.size(segment.blockBytes()),
                    segment.holders().size(),
                    segment.inFlight(),
                    marks(segment));
        }
        return table;
    }

    /** Files that could not be adopted, and for how long that is known. */
    static Table refused(List<RefusedFile> refused) {
        Table table = new Table().words("not adopted").numbers("ago").words("reason");
        long now = System.currentTimeMillis();
        for (RefusedFile file : refused) {
            table.row(file.name(), Amounts.duration(now - file.refusedAtMs()), file.reason());
        }
        return table;
    }

    /** What else claims a segment, in words. */
    static String marks(SegmentSnapshot segment) {
        return Stream.of(segment.named() ? "named" : "", segment.lent() ? "lent" : "", segment.leased() ? "leased" : "")
                .filter(mark -> !mark.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** As JSON; nothing if there are none. */
    static String attributes(Map<String, Object> attributes) {
        return attributes.isEmpty() ? "" : Json.line(attributes);
    }
}
