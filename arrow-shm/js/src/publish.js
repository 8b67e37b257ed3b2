// Requests (FORMAT.md, 11.4 and 11.5).

import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { NdArray, contiguous, dtypeOfTyped } from './array.js';
import { DType, checkShape, quoted } from './dtype.js';
import { ShmError } from './errors.js';
import { attribute, stringify } from './json.js';
import { FORMAT_VERSION, checkCounts, parseDocument } from './manifest.js';
import { fileName } from './names.js';
import { npyHeader } from './npy.js';
import { Changes } from './watch.js';

const MOST_REQUEST_BYTES = 16 << 20;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

export async function publish(pool, incoming, dataset, segments, { overwrite = false, attributes = {}, groups = {}, signal }) {
  fileName(dataset);
  signal?.throwIfAborted();
  // Nobody else ever has these names: what is completed late deletes by name.
  const name = `js-${process.pid}-${randomBytes(8).toString('hex')}`;
  const files = [];
  const changes = new Changes(incoming);
  const write = (file, parts) => {
    files.push(file);
    incoming.write(file, parts);
  };
  try {
    const request = { formatVersion: FORMAT_VERSION, dataset, overwrite, attributes, groups, segments: [] };
    for (const [path, value] of Object.entries(segments)) {
      const file = `${name}.${request.segments.length}`;
      request.segments.push({ path, file, attributes: attributesOf(value) });
      write(file, contentOf(path, value));
    }
    const bytes = encoded(request);
    for (let tries = 1, pause = FIRST_PAUSE_MS; ; tries++, pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      write(`${name}-${tries}.request`, [bytes]);
      const answer = await answered(pool, incoming, `${name}-${tries}`, changes, signal);
      if (answer.full === undefined) {
        return answer;
      }
      try {
        await setTimeout(pause, undefined, { signal });
      } catch (e) {
        throw new ShmError('FULL', `the dataset was not published: ${answer.full}`, { cause: signal?.reason ?? e });
      }
    }
  } finally {
    changes.close();
    // What was taken is gone.
    files.forEach((file) => incoming.remove(file));
  }
}

/** Those of the segment in its dataset; an array has others, of its own. */
const attributesOf = (value) => (value instanceof NdArray ? {} : (value?.attributes ?? {}));

function encoded(request) {
  try {
    attribute(request.attributes);
    Object.values(request.groups).forEach((attributes) => attribute(attributes));
    request.segments.forEach(({ attributes }) => attribute(attributes));
    checkCounts(request);
    const bytes = Buffer.from(stringify(request));
    if (bytes.length > MOST_REQUEST_BYTES) {
      throw new TypeError(`the request has ${bytes.length} bytes, at most ${MOST_REQUEST_BYTES} are allowed: publish several datasets`);
    }
    return bytes;
  } catch (e) {
    throw e instanceof TypeError ? new ShmError('ARGUMENT', e.message) : e;
  }
}

/** The publication, once there is an answer; or why there is no room for it now. */
async function answered(pool, incoming, name, changes, signal) {
  for (;;) {
    const answer = readAnswer(incoming, name);
    if (answer) {
      return answer;
    }
    try {
      pool.checkThere();
      await changes.next(signal);
    } catch (e) {
      // The request is taken back; it may have been decided by then, and an answer that is there all the same is true.
      incoming.remove(`${name}.request`);
      const late = readAnswer(incoming, name);
      if (late) {
        return late;
      }
      throw e;
    }
  }
}

function readAnswer(incoming, name) {
  const file = `${name}.answer`;
  if (incoming.identity(file) === undefined) {
    return undefined;
  }
  let answer;
  try {
    answer = parseDocument(`${incoming.path}/${file}`, incoming.read(file, MOST_REQUEST_BYTES), (fields) =>
      fields.truth('done')
        ? { id: fields.whole('id', 1, Number.MAX_SAFE_INTEGER), revision: fields.whole('revision', 1, Number.MAX_SAFE_INTEGER) }
        : { [fields.truth('retry') ? 'full' : 'refused']: fields.text('reason') },
    );
  } finally {
    incoming.remove(file);
  }
  if (answer.refused !== undefined) {
    throw new ShmError('REFUSED', `the dataset was not published: ${answer.refused}`);
  }
  return answer;
}

/** The bytes of a file that becomes a segment, in parts. */
function contentOf(path, value) {
  if (ArrayBuffer.isView(value?.file)) {
    return [value.file];
  }
  const { data, shape, dtype = dtypeOfTyped(data), fortran = false } = ArrayBuffer.isView(value)
    ? { data: value, shape: [value.length] }
    : value instanceof NdArray
      ? { data: value.packed, shape: value.shape, dtype: value.dtype, fortran: value.isFortran }
      : (value ?? {});
  try {
    if (!ArrayBuffer.isView(data) || dtype === undefined) {
      throw new TypeError('give a typed array, { data, shape, dtype } or { file }');
    }
    const type = DType.parse(dtype);
    const { length } = contiguous(checkShape(shape), type.size, fortran);
    if (length !== data.byteLength) {
      throw new TypeError(`an array of ${dtype} with the shape [${shape}] has ${length} bytes, and ${data.byteLength} were given`);
    }
    const header = npyHeader(type.kind === 'V' ? dtype : quoted(dtype), fortran, shape);
    return [header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
  } catch (e) {
    if (e instanceof TypeError || e instanceof RangeError || e instanceof SyntaxError) {
      throw new ShmError('ARGUMENT', `the segment ${JSON.stringify(path)}: ${e.message}`);
    }
    throw e;
  }
}
