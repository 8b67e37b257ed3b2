/* All of the interface, once. Its arguments are a directory of pools and what is to be done. */
#include "arrow_shm.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(arrow_shm_code code, const char *what) {
    if (code != ARROW_SHM_CODE_OK) {
        fprintf(stderr, "%s: %s\n", what, arrow_shm_message());
        exit(1);
    }
}

static void expect(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "not so: %s\n", what);
        exit(1);
    }
}

int main(int count, char **arguments) {
    expect(count == 2, "one argument");
    arrow_shm_options options = {.directory = arguments[1], .size_bytes = 8 << 20, .slots = 256};
    arrow_shm_pool *pool;
    need(arrow_shm_pool_open("c", &options, &pool), "open");
    arrow_shm_texts *texts;
    need(arrow_shm_pools(arguments[1], &texts), "pools");
    expect(arrow_shm_texts_count(texts) == 1 && strcmp(arrow_shm_texts_at(texts, 0), "c") == 0, "one pool");
    expect(arrow_shm_texts_at(texts, 1) == NULL, "no other pool");
    arrow_shm_texts_free(texts);

    uint64_t shape[2] = {2, 3};
    arrow_shm_writer *writer;
    uint8_t *memory;
    need(arrow_shm_array_allocate(pool, "<f8", 2, shape, &writer, &memory), "allocate an array");
    for (int i = 0; i < 6; i++) {
        ((double *)memory)[i] = i + 0.5;
    }
    arrow_shm_segment *segment;
    need(arrow_shm_seal(writer, &segment), "seal");
    arrow_shm_part part = {
        .path = "group/numbers", .segment = segment, .description = "<f8 [2, 3]", .attributes = "{\"unit\": \"m\"}"};
    need(arrow_shm_publish(pool, "run/\xc3\xa4", &part, 1, "{\"n\": 42}", true, false), "publish");
    arrow_shm_segment_free(segment);
    arrow_shm_code again = arrow_shm_publish(pool, "run/\xc3\xa4", NULL, 0, NULL, true, false);
    expect(again == ARROW_SHM_CODE_EXISTS && strstr(arrow_shm_message(), "already") != NULL, "it is there already");

    arrow_shm_dataset *dataset;
    need(arrow_shm_dataset_open(pool, "run/\xc3\xa4", &dataset), "open a dataset");
    expect(strcmp(arrow_shm_dataset_attributes(dataset), "{\"n\":42}") == 0, "attributes");
    need(arrow_shm_dataset_paths(dataset, &texts), "paths");
    expect(strcmp(arrow_shm_texts_at(texts, 0), "group/numbers") == 0, "the path");
    arrow_shm_texts_free(texts);
    need(arrow_shm_dataset_segment(dataset, "group/numbers", &segment), "a segment");
    arrow_shm_segment *absent;
    expect(arrow_shm_dataset_segment(dataset, "other", &absent) == ARROW_SHM_CODE_ABSENT, "no other segment");
    arrow_shm_dataset_free(dataset);
    arrow_shm_array *array;
    need(arrow_shm_segment_array(segment, &array), "an array");
    const uint8_t *bytes;
    uint64_t length;
    need(arrow_shm_segment_bytes(segment, &bytes, &length), "bytes");
    expect(bytes < array->elements && array->elements < bytes + length, "the elements lie in the segment");
    arrow_shm_segment_free(segment);
    need(arrow_shm_dataset_delete(pool, "run/\xc3\xa4"), "delete");
    expect(array->dimensions == 2 && array->shape[1] == 3 && array->strides[0] == 24, "the shape");
    expect(strcmp(array->dtype, "<f8") == 0 && array->item_bytes == 8, "the type");
    expect(*(const double *)(array->elements + array->strides[0] + 2 * array->strides[1]) == 5.5, "the last number");
    arrow_shm_array_free(array);

    need(arrow_shm_allocate(pool, 100, &writer, &memory), "allocate");
    memset(memory, 0, 100);
    arrow_shm_writer_free(writer);
    expect(arrow_shm_allocate(pool, 1ull << 40, &writer, &memory) == ARROW_SHM_CODE_FULL, "there is no such room");
    expect(arrow_shm_allocate(NULL, 1, &writer, &memory) == ARROW_SHM_CODE_INVALID, "no pool");
    need(arrow_shm_datasets(pool, &texts), "datasets");
    expect(arrow_shm_texts_count(texts) == 0, "no dataset");
    arrow_shm_texts_free(texts);
    need(arrow_shm_pool_close(pool), "close");
    puts("done");
    return 0;
}
