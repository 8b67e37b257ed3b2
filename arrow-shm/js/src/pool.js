import fs from 'node:fs';
import { Dataset, readSegment } from './dataset.js';
import { crc32c } from './crc32c.js';
import { Directory } from './directory.js';
import { ShmError, corrupt } from './errors.js';
import { MOST_MANIFEST_BYTES, parseDocument, parseManifest } from './manifest.js';
import { datasetOf, fileName, idIn, isPoolName } from './names.js';
import { publish } from './publish.js';
import { Changes, watch } from './watch.js';

const MOST_DESCRIPTION_BYTES = 64 << 10;
const MOST_SLOTS = 2 ** 24;
const RECORD_BYTES = 64;
// How often in a row a dataset may be overwritten while it is read.
const MOST_TRIES = 1000;

const defaultDirectory = () => process.env.ARROW_SHM_DIR || '/dev/shm';

/** Names of the pools of this user. What cannot be opened hides no other. */
export function pools({ directory = defaultDirectory() } = {}) {
  const parent = Directory.parent(directory);
  try {
    return parent.names().filter((name) => isPool(parent, name)).sort();
  } finally {
    parent.close();
  }
}

function isPool(parent, name) {
  try {
    const target = isPoolName(name) ? parent.link(name) : '';
    if (idIn(target, name) === undefined) {
      return false;
    }
    parent.directory(target).close();
    return true;
  } catch (e) {
    if (e instanceof ShmError) {
      return false;
    }
    throw e;
  }
}

/** Opens a pool of this user, from which datasets are read. This process does not take part in it then. */
export function open(name, { directory = defaultDirectory() } = {}) {
  if (typeof name !== 'string' || !isPoolName(name)) {
    throw new ShmError('ARGUMENT', `no pool can be called ${JSON.stringify(name)}: a name has 1 to 100 of A-Z a-z 0-9 . _ - and does not begin with '.'`);
  }
  const parent = Directory.parent(directory);
  try {
    const target = linkOf(parent, name, directory);
    const id = idIn(target, name);
    if (id === undefined) {
      throw new ShmError('ARGUMENT', `${directory}/${name} is no pool: the link leads to ${JSON.stringify(target)}, not to .${name}-<16 hexadecimal digits>`);
    }
    try {
      return new Pool(name, parent.directory(target), id);
    } catch (e) {
      throw refused(parent, name, target, e);
    }
  } finally {
    parent.close();
  }
}

function linkOf(parent, name, directory) {
  try {
    return parent.link(name);
  } catch (e) {
    throw e.code === 'ABSENT' ? new ShmError('ABSENT', `there is no pool ${JSON.stringify(name)} in ${directory}`, { cause: e }) : e;
  }
}

/**
 * Why a pool cannot be opened that a link leads to: whatever is missing in it is damage, unless the link does not lead there any
 * more, since the pool was removed meanwhile (1.6).
 */
function refused(parent, name, target, e) {
  if (e.code !== 'ABSENT' && e.code !== 'CORRUPT') {
    return e;
  }
  if (!leadsTo(parent, name, target)) {
    return new ShmError('ABSENT', `the pool ${name} was removed while it was opened`);
  }
  return e.code === 'ABSENT' ? corrupt(`the pool ${name}`, e.message) : e;
}

function leadsTo(parent, name, target) {
  try {
    return parent.link(name) === target;
  } catch (e) {
    if (e instanceof ShmError) {
      return false;
    }
    throw e;
  }
}

/** An open pool. It is opened by open(). */
export class Pool {
  #root;
  #slabs;
  #names;
  #incoming;
  #slots;
  #generations;
  #places;
  #opened = [];
  // What is being done just now: closing waits for it, or its descriptors would be others'.
  #users = 0;
  #isClosed = false;

  constructor(name, root, id) {
    this.name = name;
    this.#root = this.#keep(root);
    try {
      this.#readDescription(id);
      this.#slabs = this.#keep(root.directory('slabs'));
      this.#names = this.#keep(root.directory('names'));
      this.#incoming = this.#keep(root.directory('incoming'));
      this.#checkFiles();
    } catch (e) {
      this.#release();
      throw e;
    }
  }

  #keep(opened) {
    this.#opened.push(opened);
    return opened;
  }

  #readDescription(id) {
    const what = `${this.#root.path}/pool.json`;
    parseDocument(what, this.#root.read('pool.json', MOST_DESCRIPTION_BYTES), (fields) => {
      if (fields.bits('poolId') !== id) {
        throw new TypeError(`it is of another pool than ${id}, in whose directory it lies`);
      }
      fields.text('bootId');
      this.sizeBytes = fields.whole('sizeBytes', 1, Number.MAX_SAFE_INTEGER);
      this.#slots = fields.whole('slots', 1, MOST_SLOTS);
      fields.truth('checksums');
      fields.end();
    });
  }

  /** Looks at all that belongs to a pool (1.2), and keeps what is read. */
  #checkFiles() {
    const slots = this.#slots;
    const sized = (directory, name, bytes) => {
      const file = directory.regular(name);
      this.#keep({ close: () => fs.closeSync(file.fd) });
      if (bytes !== undefined && file.size !== bytes) {
        throw corrupt(file.path, `it has ${file.size} bytes, and should have ${bytes}`);
      }
      return file;
    };
    sized(this.#root, 'hints', 8 * Math.ceil(slots / 64));
    sized(this.#root, 'leases', 8);
    sized(this.#root, 'participants', 128 * 256);
    sized(this.#root, 'epochs', 2048 * 256);
    sized(this.#root, 'channels', 4096 * 192);
    sized(this.#names, 'lock', 64);
    this.#generations = sized(this.#root, 'generations', 8 * slots);
    this.#places = sized(this.#slabs, 'table', 64 + 8 * slots);
    const registry = sized(this.#root, 'registry.cm3');
    checkRecords(sized(this.#root, 'records', 8 * (slots + 1)), slots, registry.size);
  }

  /** Closes it. Datasets that were read are copies: they stay. */
  close() {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#releaseIfUnused();
    }
  }

  #releaseIfUnused() {
    if (this.#isClosed && this.#users === 0) {
      this.#release();
    }
  }

  #release() {
    this.#opened.splice(0).forEach((opened) => opened.close());
  }

  #enter() {
    if (this.#isClosed) {
      throw new ShmError('CLOSED', `the pool ${this.name} was closed`);
    }
    this.#users++;
  }

  #leave() {
    this.#users--;
    this.#releaseIfUnused();
  }

  #using(action) {
    this.#enter();
    try {
      return action();
    } finally {
      this.#leave();
    }
  }

  async #usingUntil(action) {
    this.#enter();
    try {
      return await action();
    } finally {
      this.#leave();
    }
  }

  /** Names of all datasets. */
  datasets() {
    return this.#using(() => this.#names.names().map(datasetOf).filter((name) => name !== undefined).sort());
  }

  /** What stands about a dataset, without reading its segments. */
  info(dataset) {
    return this.#using(() => this.#info(dataset));
  }

  #info(dataset) {
    const file = fileName(dataset);
    try {
      return parseManifest(dataset, `${this.#names.path}/${file}`, this.#names.read(file, MOST_MANIFEST_BYTES), this.#slots);
    } catch (e) {
      throw e.code === 'ABSENT' ? new ShmError('ABSENT', `there is no dataset ${JSON.stringify(dataset)} in the pool ${this.name}`) : e;
    }
  }

  /** Whether a slot has a generation; 8 bytes are read at once. */
  #has(slot, generation) {
    return this.#number(this.#generations, 8 * slot).readBigUInt64LE() === BigInt(generation);
  }

  #number(file, position) {
    const bytes = Buffer.alloc(8);
    fs.readSync(file.fd, bytes, 0, 8, position);
    return bytes;
  }

  /** Copies a dataset: all of it, and of one publication. */
  read(dataset) {
    return this.#usingUntil(() => this.#read(dataset));
  }

  async #read(dataset) {
    let before;
    for (let i = 0; i < MOST_TRIES; i++) {
      const info = this.#info(dataset);
      if (info.id === before?.id && info.revision === before.revision) {
        throw corrupt(`the dataset ${JSON.stringify(dataset)}`, 'it names segments that are gone');
      }
      before = info;
      const copies = await this.#readAll(info.segments);
      if (copies) {
        return new Dataset(info, copies);
      }
    }
    throw new ShmError('ABSENT', `the dataset ${JSON.stringify(dataset)} is overwritten faster than it can be read: it was, ${MOST_TRIES} times`);
  }

  /** Copies of segments; undefined if one was not there any more. */
  async #readAll(segments) {
    const copies = [];
    for (const segment of segments) {
      const { slot, generation } = segment;
      const place = this.#number(this.#places, 64 + 8 * slot).readBigUInt64LE();
      const bytes = await readSegment(this.#slabs, place, segment.length);
      // Whoever changes a byte, or the place, has raised the generation before: so what was read is right if it still is equal.
      if (!bytes || !this.#has(slot, generation)) {
        return undefined;
      }
      copies.push(bytes);
    }
    return copies;
  }

  /**
   * Tells what datasets there are, and then what is published, overwritten, renamed and removed, until the signal is aborted or
   * the loop is left.
   */
  async *watch({ signal } = {}) {
    this.#enter();
    try {
      yield* watch(this, this.#names, signal);
    } finally {
      this.#leave();
    }
  }

  /** Reads a dataset as soon as it is there, in another publication than `after`, if that is given. */
  wait(dataset, { after, signal } = {}) {
    return this.#usingUntil(async () => {
      const changes = new Changes(this.#names);
      try {
        for (;;) {
          const read = await this.#readOther(dataset, after);
          if (read) {
            return read;
          }
          this.checkThere();
          await changes.next(signal);
        }
      } finally {
        changes.close();
      }
    });
  }

  async #readOther(dataset, after) {
    try {
      const { id, revision } = this.#info(dataset);
      return id === after?.id && revision === after.revision ? undefined : await this.#read(dataset);
    } catch (e) {
      if (e.code === 'ABSENT') {
        return undefined;
      }
      throw e;
    }
  }

  /** Throws if the pool was removed: pool.json is deleted before anything that is watched (1.4). */
  checkThere() {
    if (this.#root.identity('pool.json') === undefined) {
      throw new ShmError('ABSENT', `the pool ${this.name} was removed`);
    }
  }

  /** Asks those who take part in the pool to publish a dataset, and waits for the answer until the signal is aborted. */
  publish(dataset, segments, options = {}) {
    return this.#usingUntil(() => publish(this, this.#incoming, dataset, segments, options));
  }
}

/** Whether every record lies in the registry (3.1). */
function checkRecords(file, slots, registryBytes) {
  const bytes = Buffer.alloc(8 * (slots + 1));
  fs.readSync(file.fd, bytes, 0, bytes.length, 0);
  const offsets = bytes.subarray(0, 8 * slots);
  if (bytes.readBigUInt64LE(8 * slots) !== BigInt(crc32c(offsets))) {
    throw corrupt(file.path, 'its checksum is wrong');
  }
  for (let at = 0; at < offsets.length; at += 8) {
    const offset = Number(offsets.readBigInt64LE(at));
    if (offset < 0 || offset % 8 !== 0 || offset > registryBytes - RECORD_BYTES) {
      throw corrupt(file.path, `the record of slot ${at / 8} is said to lie at ${offset}, in a file of ${registryBytes} bytes`);
    }
  }
}
