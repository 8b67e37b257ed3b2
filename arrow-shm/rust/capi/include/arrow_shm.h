// Arrays and tables in shared memory, for C.
//
// Each function that can fail returns a code, 0 if it did what it says; arrow_shm_message() says then, in a sentence, what
// was wrong. Texts are UTF-8 and end with a zero byte. Handles are used by one thread at a time, each, but pools; they are
// freed by their own function, which takes NULL, too, and what they give out is good until then. After fork() a child may
// only free handles: what it then wants of the pool it opens anew.

#ifndef ARROW_SHM_H
#define ARROW_SHM_H

/* Made by cbindgen from src/lib.rs, which says what stands here. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// What a function has come to.
typedef enum arrow_shm_code {
  ARROW_SHM_CODE_OK = 0,
  // There is no such pool, dataset, path or file.
  ARROW_SHM_CODE_ABSENT,
  // There is a dataset of that name already.
  ARROW_SHM_CODE_EXISTS,
  // Somebody else works with it.
  ARROW_SHM_CODE_IN_USE,
  // The pool, its slots or the file system have no room left.
  ARROW_SHM_CODE_FULL,
  // What a file says cannot be.
  ARROW_SHM_CODE_DAMAGED,
  // Somebody else could have prepared it, so nothing of it was read.
  ARROW_SHM_CODE_UNTRUSTED,
  // Another version of the format.
  ARROW_SHM_CODE_VERSION,
  // What a reference stood for is gone.
  ARROW_SHM_CODE_STALE,
  // The pool was closed, or this process was forked since it was opened.
  ARROW_SHM_CODE_CLOSED,
  // The caller asked for something that cannot be.
  ARROW_SHM_CODE_INVALID,
  // A lock was not to be had in time.
  ARROW_SHM_CODE_TIMEOUT,
  // The operating system refused.
  ARROW_SHM_CODE_SYSTEM,
  // This library has a fault: please report the message.
  ARROW_SHM_CODE_FAULT,
} arrow_shm_code;

// What an array points into.
typedef struct arrow_shm_array_held arrow_shm_array_held;

// A dataset as it was when it was opened, with holds on all of its segments.
typedef struct arrow_shm_dataset arrow_shm_dataset;

// A pool that this process has joined. Threads may use it at the same time.
typedef struct arrow_shm_pool arrow_shm_pool;

// A segment that this process holds: its memory stays where it is, and as it is.
typedef struct arrow_shm_segment arrow_shm_segment;

// A list of texts.
typedef struct arrow_shm_texts arrow_shm_texts;

// A segment that is being written. Freed, it was never there.
typedef struct arrow_shm_writer arrow_shm_writer;

// Where a pool is, and how it is made if there is none.
typedef struct arrow_shm_options {
  // In which pools are; NULL for `$ARROW_SHM_DIR` or `/dev/shm`.
  const char *directory;
  // Bytes that all segments of a new pool may take; 0 for a quarter of what is free, and at most 4 GiB.
  uint64_t size_bytes;
  // How many segments a new pool may have; 0 for 65,536.
  uint32_t slots;
  // Whether sealed segments of a new pool have a checksum.
  bool checksums;
  // Whether a pool that is not there is an error, and is not made.
  bool must_exist;
} arrow_shm_options;

// An array in a segment, which it holds: element (i, j, ...) is at elements + i * strides[0] + j * strides[1] + ...
typedef struct arrow_shm_array {
  const uint8_t *elements;
  // As NumPy spells it, such as `<f8`.
  const char *dtype;
  // Bytes of an element.
  uint64_t item_bytes;
  size_t dimensions;
  const uint64_t *shape;
  // In bytes.
  const uint64_t *strides;
  // What the fields above point into.
  const struct arrow_shm_array_held *held;
} arrow_shm_array;

// A segment that is to be published.
typedef struct arrow_shm_part {
  // In the dataset, such as `camera/frames`.
  const char *path;
  const struct arrow_shm_segment *segment;
  // For people: an array's type and shape, a table's rows and columns. NULL for none.
  const char *description;
  // An object of JSON; NULL for none.
  const char *attributes;
} arrow_shm_part;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// What was wrong when a function last failed in this thread. Good until one fails again.
const char *arrow_shm_message(void);

size_t arrow_shm_texts_count(const struct arrow_shm_texts *list);

// NULL if there are not so many.
const char *arrow_shm_texts_at(const struct arrow_shm_texts *list, size_t index);

void arrow_shm_texts_free(struct arrow_shm_texts *list);

// Names of the pools of this user in a directory; NULL for `$ARROW_SHM_DIR` or `/dev/shm`.
enum arrow_shm_code arrow_shm_pools(const char *directory, struct arrow_shm_texts **list);

// Opens a pool, and makes it if there is none. Options may be NULL.
enum arrow_shm_code arrow_shm_pool_open(const char *name,
                                        const struct arrow_shm_options *chosen,
                                        struct arrow_shm_pool **pool);

// Closes a pool, which ends its datasets that are not persistent. Segments that are open stay readable.
enum arrow_shm_code arrow_shm_pool_close(struct arrow_shm_pool *pool);

// Removes a pool that nobody has open; whether there was one. Options may be NULL.
enum arrow_shm_code arrow_shm_pool_remove(const char *name, const struct arrow_shm_options *chosen, bool *removed);

// Memory for a segment of so many bytes: an Arrow IPC file, an Arrow tensor message or an .npy file is to be written
// there. It is the caller's alone until it is sealed.
enum arrow_shm_code arrow_shm_allocate(const struct arrow_shm_pool *pool,
                                       uint64_t bytes,
                                       struct arrow_shm_writer **writer,
                                       uint8_t **memory);

// Memory for an array of a type as NumPy spells it, such as `<f8`, in C's order: `memory` is where its elements are to be
// written.
enum arrow_shm_code arrow_shm_array_allocate(const struct arrow_shm_pool *pool,
                                             const char *dtype,
                                             size_t dimensions,
                                             const uint64_t *shape,
                                             struct arrow_shm_writer **writer,
                                             uint8_t **memory);

// Makes what was written immutable, and readable by everybody who holds it. The writer is freed, also if this fails.
enum arrow_shm_code arrow_shm_seal(struct arrow_shm_writer *writer, struct arrow_shm_segment **segment);

void arrow_shm_writer_free(struct arrow_shm_writer *writer);

// Where the bytes of a sealed segment are, and how many.
enum arrow_shm_code arrow_shm_segment_bytes(const struct arrow_shm_segment *segment,
                                            const uint8_t **memory,
                                            uint64_t *bytes);

void arrow_shm_segment_free(struct arrow_shm_segment *segment);

// Where the elements of a sealed array lie, after a look at all that says so.
enum arrow_shm_code arrow_shm_segment_array(const struct arrow_shm_segment *segment, struct arrow_shm_array **array);

void arrow_shm_array_free(struct arrow_shm_array *array);

// Names of all datasets.
enum arrow_shm_code arrow_shm_datasets(const struct arrow_shm_pool *pool, struct arrow_shm_texts **list);

// Publishes segments under a name. Attributes are an object of JSON, or NULL. What is not persistent ends with this
// process's opening of the pool; there is no other dataset of the name, unless it may be replaced.
enum arrow_shm_code arrow_shm_publish(const struct arrow_shm_pool *pool,
                                      const char *dataset,
                                      const struct arrow_shm_part *parts,
                                      size_t count,
                                      const char *of_dataset,
                                      bool persistent,
                                      bool overwrite);

// Opens a dataset, with all of its segments held.
enum arrow_shm_code arrow_shm_dataset_open(const struct arrow_shm_pool *pool,
                                           const char *name,
                                           struct arrow_shm_dataset **dataset);

// Its attributes, as an object of JSON.
const char *arrow_shm_dataset_attributes(const struct arrow_shm_dataset *dataset);

// Paths of all segments.
enum arrow_shm_code arrow_shm_dataset_paths(const struct arrow_shm_dataset *dataset, struct arrow_shm_texts **list);

// A segment of a dataset, which lives on its own.
enum arrow_shm_code arrow_shm_dataset_segment(const struct arrow_shm_dataset *dataset,
                                              const char *path,
                                              struct arrow_shm_segment **segment);

void arrow_shm_dataset_free(struct arrow_shm_dataset *dataset);

// Deletes a dataset. Its segments stay for as long as anybody holds them.
enum arrow_shm_code arrow_shm_dataset_delete(const struct arrow_shm_pool *pool, const char *name);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ARROW_SHM_H */
