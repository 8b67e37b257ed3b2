package io.arrowshm.flink.source.enumerator;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.DatasetInfo.SegmentInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.source.split.DatasetSplit;
import io.arrowshm.flink.source.split.NamedSegment;
import io.arrowshm.flink.source.split.RowIndex;
import io.arrowshm.flink.stream.ProcessPools;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds datasets, cuts them into splits, and deletes them. Holds none of them afterwards. Any thread. */
final class Discovery {
    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    private final Selection selection;

    Discovery(Selection selection) {
        this.selection = selection;
    }

    /**
     * What is there now.
     *
     * @param all publications, also those that were known
     * @param splits of those that were not known, in the order of the datasets' names
     */
    record Found(Set<Publication> all, Map<Publication, List<DatasetSplit>> splits) {}

    /**
     * Looks at the pool.
     *
     * @param known publications that are not cut into splits again
     * @param parallelism of the source
     * @throws SharedMemoryException ABSENT if there is no dataset of the one name that is to be read, or no segment of the
     *     path in a dataset; CORRUPT
     */
    Found find(Set<Publication> known, int parallelism) {
        SharedMemoryPool pool = ProcessPools.get(selection.poolOptions());
        Datasets datasets = Datasets.of(pool);
        Set<Publication> all = new LinkedHashSet<>();
        Map<Publication, List<DatasetSplit>> splits = new LinkedHashMap<>();
        if (selection.below()) {
            for (DatasetInfo info : datasets.list(selection.name())) {
                Publication listed = Publication.of(info);
                if (known.contains(listed)) {
                    all.add(listed);
                } else {
                    openListed(datasets, info.name()).ifPresent(dataset -> cut(pool, dataset, parallelism, splits));
                }
            }
        } else {
            cut(pool, datasets.open(selection.name()), parallelism, splits);
        }
        all.addAll(splits.keySet());
        return new Found(all, splits);
    }

    /** Deletes a dataset, unless there is another one of its name by now. Failing is for later attempts. */
    void delete(Publication publication) {
        try (Dataset dataset =
                Datasets.of(ProcessPools.get(selection.poolOptions())).open(publication.dataset())) {
            if (Publication.of(dataset.info()).equals(publication)) {
                dataset.remove();
            }
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.ABSENT) {
                LOG.warn("The dataset {} is read but cannot be deleted yet: {}", publication.dataset(), e.getMessage());
            }
        }
    }

    /** Empty if it was removed since it was listed. */
    private static Optional<Dataset> openListed(Datasets datasets, String name) {
        try {
            return Optional.of(datasets.open(name));
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.ABSENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void cut(
            SharedMemoryPool pool, Dataset dataset, int parallelism, Map<Publication, List<DatasetSplit>> splits) {
        try (dataset) {
            splits.put(Publication.of(dataset.info()), cut(pool, dataset, parallelism));
        }
    }

    private List<DatasetSplit> cut(SharedMemoryPool pool, Dataset dataset, int parallelism) {
        List<String> paths = dataset.info().segments().stream()
                .map(SegmentInfo::path)
                .filter(selection::selects)
                .sorted(Comparator.naturalOrder())
                .toList();
        if (paths.isEmpty() && !selection.path().isEmpty()) {
            throw new SharedMemoryException(
                    Kind.ABSENT,
                    "there is no segment or group " + selection.path() + " in the dataset " + dataset.name()
                            + "; correct the path, or remove the dataset");
        }
        List<DatasetSplit> splits = new ArrayList<>();
        for (String path : paths) {
            cut(
                    NamedSegment.of(pool, dataset.name(), path, dataset.segment(path)),
                    dataset.segment(path),
                    parallelism,
                    splits);
        }
        return splits;
    }

    private void cut(NamedSegment named, Segment segment, int parallelism, List<DatasetSplit> splits) {
        long rows = selection.wholeSegments() ? 1 : RowIndex.of(segment).rows();
        if (rows == 0) {
            return;
        }
        long parts = Math.min(rows, selection.policy().splits(named.dataset(), named.path(), rows, parallelism));
        if (parts < 1) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "the split policy cuts the segment " + named.path() + " of the dataset " + named.dataset()
                            + " into " + parts + " splits, allowed are 1 and above");
        }
        long from = 0;
        for (long part = 0; part < parts; part++) {
            long to = from + rows / parts + (part < rows % parts ? 1 : 0);
            splits.add(new DatasetSplit(named, from, to));
            from = to;
        }
    }
}
