// exchange.mjs POOL: a reader and writer of a pool on command, a line on its input, an answer a line on its output.

import readline from 'node:readline';
import { tableFromIPC, tableToIPC, Type, Vector } from 'apache-arrow';
import { open } from 'arrow-shm';

const PATIENCE_MS = 60_000;
const NAT = -(2n ** 63n);

const pool = open(process.argv[2]);
console.log('open');

for await (const line of readline.createInterface({ input: process.stdin })) {
  try {
    console.log(await answer(line.split(' ')));
  } catch (e) {
    console.log(`error ${e.code} ${e.message}`);
  }
}
process.exit();

async function answer([command, ...words]) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  switch (command) {
    case 'list':
      return pool.datasets().join(' ');
    case 'read':
      return read(words[0]);
    case 'rewrite':
      return rewrite(words[0], words[1], words.length > 2);
    case 'await':
      await pool.wait(words[0], { signal });
      return 'there';
    case 'watch':
      watch();
      return 'watching';
    case 'storm':
      return storm(Number(words[0]), words.slice(1));
  }
  throw new TypeError('no such command');
}

async function read(name) {
  const dataset = await pool.read(name);
  const segments = {};
  for (const path of dataset.paths) {
    const segment = dataset.segment(path);
    try {
      segments[path] = segment.isTable ? renderTable(await segment.table()) : renderArray(segment.array());
    } catch (e) {
      e.message = `${path}: ${e.message}`;
      throw e;
    }
  }
  return JSON.stringify({ attributes: dataset.attributes, segments }, (_, value) => (typeof value === 'bigint' ? whole(value) : value));
}

function renderArray(array) {
  const { dtype, shape } = array;
  if (dtype.startsWith('[')) {
    // The names of fields, in whatever structures they are.
    const fields = Object.fromEntries(fieldsOf(dtype).map((name) => [name, renderArray(array.field(name))]));
    return { dtype, shape, fields };
  }
  return { dtype, shape, values: [...array].map((value) => plain(dtype[1], value)) };
}

/** Names of the outer fields. */
function fieldsOf(dtype) {
  const names = [];
  let depth = 0;
  for (const [token, single, double] of dtype.matchAll(/[[(]|[\])]|'((?:[^'\\]|\\.)*)'|"([^"]*)"/g)) {
    depth += '[('.includes(token) ? 1 : '])'.includes(token) ? -1 : 0;
    if (token === '(' && depth === 2) {
      names.push(undefined);
    } else if (depth === 2 && names.at(-1) === undefined) {
      names[names.length - 1] = single ?? double;
    }
  }
  return names.filter((name) => name !== '');
}

function whole(value) {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** A value of an array as the format's test vectors have it. */
function plain(kind, value) {
  if (typeof value === 'bigint') {
    return value === NAT && 'Mm'.includes(kind) ? 'NaT' : whole(value);
  }
  if (Array.isArray(value)) {
    return value.map(real);
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('hex');
  }
  return kind === 'f' ? real(value) : value;
}

function real(value) {
  const text = Object.is(value, -0) ? '-0' : String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
}

function renderTable(table) {
  const names = table.schema.fields.map((field) => field.name);
  const columns = names.map((_, i) => table.getChildAt(i).data.flatMap((data) => Array.from({ length: data.length }, (_, row) => cell(data, row))));
  return { rows: table.numRows, names, columns };
}

/** One value of a column, from its buffers: what the library makes of times is rounded to milliseconds. */
function cell(data, i) {
  const { type, children } = data;
  if (type.typeId === Type.Union) {
    const code = data.typeIds[i];
    const child = children[type.typeIds.indexOf(code)];
    return [code, cell(child, data.valueOffsets?.length ? data.valueOffsets[i] : i)];
  }
  if (type.typeId === Type.Null || !data.getValid(i)) {
    return null;
  }
  const at = data.offset + i;
  const list = (start, end) => Array.from({ length: Number(end) - Number(start) }, (_, k) => cell(children[0], Number(start) + k));
  const bytes = (start, end) => data.values.subarray(Number(start), Number(end));
  switch (type.typeId) {
    case Type.Bool:
      return ((data.values[at >> 3] >> (at & 7)) & 1) === 1;
    case Type.Float:
      return real(type.precision === 0 ? half(data.values[i]) : data.values[i]);
    case Type.Decimal:
      return decimal(data.values.subarray(i * (type.bitWidth / 32), (i + 1) * (type.bitWidth / 32)), type.scale);
    case Type.FixedSizeBinary:
      return Buffer.from(bytes(i * type.byteWidth, (i + 1) * type.byteWidth)).toString('hex');
    case Type.Binary:
    case Type.LargeBinary:
      return Buffer.from(bytes(data.valueOffsets[i], data.valueOffsets[i + 1])).toString('hex');
    case Type.Utf8:
    case Type.LargeUtf8:
      return Buffer.from(bytes(data.valueOffsets[i], data.valueOffsets[i + 1])).toString();
    case Type.BinaryView:
      return Buffer.from(new Vector([data]).get(i)).toString('hex');
    case Type.Utf8View:
      return new Vector([data]).get(i);
    case Type.List:
    case Type.LargeList:
    case Type.Map:
      return list(data.valueOffsets[i], data.valueOffsets[i + 1]);
    case Type.FixedSizeList:
      return list(i * type.listSize, (i + 1) * type.listSize);
    case Type.Struct:
      return children.map((child) => cell(child, i));
    case Type.Dictionary:
      return dictionaryCell(data.dictionary, data.values[i]);
    case Type.Interval:
      return [data.values[4 * i], data.values[4 * i + 1], whole((BigInt(data.values[4 * i + 3]) << 32n) | BigInt(data.values[4 * i + 2] >>> 0))];
  }
  const value = data.values[i];
  return typeof value === 'bigint' ? whole(value) : value;
}

function dictionaryCell(vector, index) {
  for (const data of vector.data) {
    if (index < data.length) {
      return cell(data, index);
    }
    index -= data.length;
  }
  throw new RangeError('an index leads beyond its dictionary');
}

function half(bits) {
  const sign = bits >> 15 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) {
    return fraction ? NaN : sign * Infinity;
  }
  return sign * (exponent ? (fraction + 1024) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}

function decimal(words, scale) {
  let unscaled = 0n;
  words.forEach((word, i) => (unscaled |= BigInt(word >>> 0) << BigInt(32 * i)));
  unscaled = BigInt.asIntN(32 * words.length, unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
}

/** Publishes all that it reads as another dataset, by its own writers. */
async function rewrite(from, to, overwrite) {
  const dataset = await pool.read(from);
  const segments = {};
  for (const path of dataset.paths) {
    const segment = dataset.segment(path);
    const { attributes } = segment;
    if (segment.isTable) {
      segments[path] = { file: tableToIPC(await segment.table(), 'file'), attributes };
    } else {
      const { packed: data, shape, dtype, isFortran: fortran } = segment.array();
      segments[path] = { data, shape, dtype, fortran, attributes };
    }
  }
  const { attributes, groups } = dataset;
  await pool.publish(to, segments, { overwrite, attributes, groups, signal: AbortSignal.timeout(PATIENCE_MS) });
  return 'done';
}

async function watch() {
  try {
    for await (const { dataset, removed } of pool.watch()) {
      console.log(`${removed ? 'removed' : 'published'} ${dataset}`);
    }
  } catch (e) {
    console.log(`end ${e.code === 'ABSENT'}`);
  }
}

/** Reads so many datasets, while others publish and delete them. */
async function storm(count, names) {
  for (let i = 0; count > 0; i++) {
    try {
      await check(await pool.read(names[i % names.length]));
      count--;
    } catch (e) {
      if (e.code !== 'ABSENT') {
        throw e;
      }
    }
  }
  return 'right';
}

/** All that is in a dataset follows from its seed. */
async function check(dataset) {
  const { seed } = dataset.attributes;
  if (dataset.paths.length !== 1 + (seed % 5)) {
    throw new Error(`${dataset.paths} of the seed ${seed}`);
  }
  for (const path of dataset.paths) {
    const numbers = tableFromIPC(dataset.segment(path).bytes).getChildAt(0).toArray();
    numbers.forEach((number, i) => {
      if (number !== BigInt(seed + i)) {
        throw new Error(`${number} at ${i} of ${path}, torn: the seed is ${seed}`);
      }
    });
  }
}
