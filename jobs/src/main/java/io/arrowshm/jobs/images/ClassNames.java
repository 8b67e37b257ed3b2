package io.arrowshm.jobs.images;

import java.util.List;

/** What Fashion-MNIST calls its classes, by label. */
final class ClassNames {
    static final List<String> ALL = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private ClassNames() {}
}
