import fs from 'node:fs';
import { ShmError } from './errors.js';
import { datasetOf } from './names.js';

/** Tells that something has happened in a directory, from now on: whoever looks afterwards misses nothing (10.9). */
export class Changes {
  #watcher;
  #wake;
  #hasHappened = false;
  #error;

  constructor(directory) {
    try {
      this.#watcher = fs.watch(directory.byDescriptor);
    } catch (e) {
      const message = `${directory.path} cannot be watched (${e.message}): see /proc/sys/fs/inotify/max_user_instances`;
      throw new ShmError('SYSTEM', message, { cause: e });
    }
    const happened = (error) => {
      this.#error ??= error;
      this.#hasHappened = true;
      this.#wake?.();
    };
    this.#watcher.on('change', () => happened());
    this.#watcher.on('error', (e) => happened(new ShmError('SYSTEM', `${directory.path}: ${e.message}`, { cause: e })));
  }

  close() {
    this.#watcher.close();
  }

  /** Until something has happened since this was called last, or the signal is aborted. */
  async next(signal) {
    signal?.throwIfAborted();
    if (!this.#hasHappened) {
      await new Promise((resolve) => {
        this.#wake = resolve;
        signal?.addEventListener('abort', resolve);
      });
      signal?.removeEventListener('abort', this.#wake);
      signal?.throwIfAborted();
    }
    // All events that are there are taken before anybody looks. Node does not say when some were lost, for want of room: that
    // is before the last one was taken, so whoever looks at everything then misses nothing either.
    await new Promise(setImmediate);
    this.#hasHappened = false;
    if (this.#error) {
      throw this.#error;
    }
  }
}

export async function* watch(pool, names, signal) {
  const changes = new Changes(names);
  const known = new Map();
  try {
    for (;;) {
      pool.checkThere();
      yield* compare(pool, names, known);
      await changes.next(signal);
    }
  } finally {
    changes.close();
  }
}

/** What is there under all names, as far as it differs from what is known. */
function* compare(pool, names, known) {
  const there = new Set();
  for (const file of names.names()) {
    const dataset = datasetOf(file);
    const identity = dataset && names.identity(file);
    if (identity) {
      there.add(dataset);
      const before = known.get(dataset);
      const now = before?.identity === identity ? before : publication(pool, dataset, identity);
      if (now) {
        known.set(dataset, now);
        if (now.id !== before?.id || now.revision !== before.revision) {
          yield { dataset, id: now.id, revision: now.revision };
        }
      }
    }
  }
  for (const dataset of [...known.keys()].filter((name) => !there.has(name))) {
    known.delete(dataset);
    yield { dataset, removed: true };
  }
}

/** Undefined of what is gone by now or damaged: that is no publication. */
function publication(pool, dataset, identity) {
  try {
    const { id, revision } = pool.info(dataset);
    return { identity, id, revision };
  } catch (e) {
    if (e.code === 'ABSENT' || e.code === 'CORRUPT' || e.code === 'VERSION' || e.code === 'PERMISSION') {
      return undefined;
    }
    throw e;
  }
}
