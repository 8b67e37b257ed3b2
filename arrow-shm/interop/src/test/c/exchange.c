/* exchange POOL is a reader and writer of a pool on command: a line on its input, an answer a line on its output. */
#include "arrow_shm.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_WORD 250
#define MOST_DESCRIPTION 1000

static arrow_shm_pool *pool;

static void need(arrow_shm_code code) {
    if (code != ARROW_SHM_CODE_OK) {
        fprintf(stderr, "%s\n", arrow_shm_message());
        exit(1);
    }
}

/* Copies the elements below one index of each axis before, wherever they lie, one behind the other; where they end. */
static uint8_t *copied(uint8_t *to, const arrow_shm_array *array, const uint8_t *from, size_t axis) {
    if (axis == array->dimensions) {
        memcpy(to, from, array->item_bytes);
        return to + array->item_bytes;
    }
    for (uint64_t i = 0; i < array->shape[axis]; i++) {
        to = copied(to, array, from + i * array->strides[axis], axis + 1);
    }
    return to;
}

static void describe(char *description, const arrow_shm_array *array) {
    int length = snprintf(description, MOST_DESCRIPTION, "%s [", array->dtype);
    for (size_t axis = 0; axis < array->dimensions && length < MOST_DESCRIPTION; axis++) {
        const char *between = axis == 0 ? "" : ", ";
        length += snprintf(
            description + length, MOST_DESCRIPTION - length, "%s%llu", between, (unsigned long long)array->shape[axis]);
    }
    if (length < MOST_DESCRIPTION) {
        snprintf(description + length, MOST_DESCRIPTION - length, "]");
    }
}

static arrow_shm_segment *array_again(const arrow_shm_array *array, char *description) {
    arrow_shm_writer *writer;
    uint8_t *memory;
    need(arrow_shm_array_allocate(pool, array->dtype, array->dimensions, array->shape, &writer, &memory));
    copied(memory, array, array->elements, 0);
    describe(description, array);
    arrow_shm_segment *written;
    need(arrow_shm_seal(writer, &written));
    return written;
}

/* C reads no tables by itself: they go on as they are. */
static arrow_shm_segment *table_again(const arrow_shm_segment *segment, char *description) {
    const uint8_t *bytes;
    uint64_t length;
    need(arrow_shm_segment_bytes(segment, &bytes, &length));
    arrow_shm_writer *writer;
    uint8_t *memory;
    need(arrow_shm_allocate(pool, length, &writer, &memory));
    memcpy(memory, bytes, length);
    snprintf(description, MOST_DESCRIPTION, "a table");
    arrow_shm_segment *written;
    need(arrow_shm_seal(writer, &written));
    return written;
}

static arrow_shm_segment *again(const arrow_shm_segment *segment, char *description) {
    const uint8_t *bytes;
    uint64_t length;
    need(arrow_shm_segment_bytes(segment, &bytes, &length));
    if (length > 6 && memcmp(bytes, "ARROW1", 6) == 0) {
        return table_again(segment, description);
    }
    arrow_shm_array *array;
    need(arrow_shm_segment_array(segment, &array));
    arrow_shm_segment *written = array_again(array, description);
    arrow_shm_array_free(array);
    return written;
}

/* Publishes all that it reads as another dataset. */
static void rewrite(const char *from, const char *to) {
    arrow_shm_dataset *dataset;
    arrow_shm_texts *paths;
    need(arrow_shm_dataset_open(pool, from, &dataset));
    need(arrow_shm_dataset_paths(dataset, &paths));
    size_t count = arrow_shm_texts_count(paths);
    arrow_shm_part *parts = calloc(count, sizeof *parts);
    char(*descriptions)[MOST_DESCRIPTION] = calloc(count, sizeof *descriptions);
    for (size_t i = 0; i < count; i++) {
        arrow_shm_segment *segment;
        need(arrow_shm_dataset_segment(dataset, arrow_shm_texts_at(paths, i), &segment));
        parts[i].path = arrow_shm_texts_at(paths, i);
        parts[i].segment = again(segment, descriptions[i]);
        parts[i].description = descriptions[i];
        arrow_shm_segment_free(segment);
    }
    need(arrow_shm_publish(pool, to, parts, count, arrow_shm_dataset_attributes(dataset), true, false));
    for (size_t i = 0; i < count; i++) {
        arrow_shm_segment_free((arrow_shm_segment *)parts[i].segment);
    }
    free(descriptions);
    free(parts);
    arrow_shm_texts_free(paths);
    arrow_shm_dataset_free(dataset);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "exchange POOL\n");
        return 2;
    }
    need(arrow_shm_pool_open(arguments[1], NULL, &pool));
    puts("open");
    fflush(stdout);
    char line[3 * MOST_WORD], from[MOST_WORD], to[MOST_WORD];
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "rewrite %249s %249s", from, to) == 2) {
            rewrite(from, to);
            puts("done");
        } else {
            puts("error: no such command");
        }
        fflush(stdout);
    }
    need(arrow_shm_pool_close(pool));
    return 0;
}
