import { constants } from 'node:buffer';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { ShmError, corrupt } from './errors.js';
import { NPY_MAGIC, parseNpy } from './npy.js';
import { TENSOR_MAGIC, parseTensor } from './tensor.js';

const SIZE_CLASSES = 216n;
const MOST_READ_BYTES = 1 << 30;

const readFrom = promisify(fs.read);

/**
 * Copies a segment's bytes from its place (8.1), never through a mapping (9.3). Undefined if its slab is gone, or shorter: then
 * others lie there by now.
 */
export async function readSegment(slabs, place, length) {
  const sizeClass = (place >> 16n) & 0xffn;
  const slab = place >> 24n;
  if (slab === 0n || sizeClass >= SIZE_CLASSES) {
    return undefined;
  }
  const blockBytes = (4n + (sizeClass % 4n)) << (6n + sizeClass / 4n);
  const start = (place & 0xffffn) * blockBytes;
  const file = openSlab(slabs, slab);
  if (!file) {
    return undefined;
  }
  try {
    if (BigInt(length) > blockBytes || start + BigInt(length) > BigInt(file.size)) {
      return undefined;
    }
    return await readAll(file, Number(start), length);
  } finally {
    fs.closeSync(file.fd);
  }
}

function openSlab(slabs, slab) {
  try {
    return slabs.regular(String(slab));
  } catch (e) {
    if (e.code === 'ABSENT') {
      return undefined;
    }
    throw e;
  }
}

async function readAll({ fd, path }, start, length) {
  if (length > constants.MAX_LENGTH) {
    throw new ShmError('TYPE', `a segment has ${length} bytes, and a buffer of this Node at most ${constants.MAX_LENGTH}`);
  }
  // Memory of its own, from the beginning: the data of arrays is aligned there as in the segment.
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let read = 0; read < length; ) {
    const { bytesRead } = await readFrom(fd, bytes, read, Math.min(length - read, MOST_READ_BYTES), start + read);
    if (bytesRead === 0) {
      return undefined;
    }
    read += bytesRead;
  }
  return bytes;
}

/** A copy of what was published under a name, at one time. */
export class Dataset {
  #segments = new Map();

  constructor(info, copies) {
    const { segments, ...rest } = info;
    Object.assign(this, rest);
    segments.forEach((segment, i) => this.#segments.set(segment.path, new Segment(segment, copies[i])));
  }

  /** Of all segments. */
  get paths() {
    return [...this.#segments.keys()].sort();
  }

  segment(path) {
    const segment = this.#segments.get(path);
    if (!segment) {
      throw new ShmError('ABSENT', `there is no segment ${JSON.stringify(path)} in the dataset ${JSON.stringify(this.name)}, but ${JSON.stringify(this.paths)}`);
    }
    return segment;
  }

  array(path) {
    return this.segment(path).array();
  }

  table(path) {
    return this.segment(path).table();
  }
}

/** It is optional, so it may be missing, or lie where only the program finds it and not this package. */
async function apacheArrow() {
  try {
    return await import('apache-arrow');
  } catch (e) {
    if (e.code !== 'ERR_MODULE_NOT_FOUND') {
      throw e;
    }
    const message =
      "tables need apache-arrow, which is not found from where arrow-shm lies: npm install apache-arrow, and arrow-shm by npm install --install-links if it is a folder; or take segment(path).bytes";
    throw new ShmError('SYSTEM', message, { cause: e });
  }
}

/** An array or a table in a dataset; `bytes` are all of an Arrow IPC file, an Arrow tensor message or an .npy file. */
export class Segment {
  constructor({ path, description, attributes }, bytes) {
    this.path = path;
    this.description = description;
    this.attributes = attributes;
    this.bytes = bytes;
  }

  #begins(magic) {
    return this.bytes.toString('latin1', 0, magic.length) === magic;
  }

  get isTable() {
    return this.#begins('ARROW1\0\0');
  }

  array() {
    const what = `the segment ${JSON.stringify(this.path)}`;
    if (this.isTable) {
      throw new ShmError('TYPE', `${what} is a table, and no array: use table()`);
    }
    try {
      if (this.#begins(TENSOR_MAGIC)) {
        return parseTensor(this.bytes);
      }
      if (this.#begins(NPY_MAGIC)) {
        return parseNpy(this.bytes);
      }
    } catch (e) {
      if (e instanceof TypeError || e instanceof RangeError || e instanceof SyntaxError) {
        throw corrupt(what, e.message);
      }
      throw e;
    }
    throw corrupt(what, 'its first bytes are of no kind that is known');
  }

  /** A Table of apache-arrow, which has to be installed. */
  async table() {
    if (!this.isTable) {
      throw new ShmError('TYPE', `the segment ${JSON.stringify(this.path)} is an array, and no table: use array()`);
    }
    const { tableFromIPC } = await apacheArrow();
    return tableFromIPC(this.bytes);
  }
}
