// .npy files, with or without a trailer (FORMAT.md, 12.1.3).

import { NdArray, contiguous } from './array.js';
import { DType, checkShape, spelledShape } from './dtype.js';
import { Fields, parse } from './json.js';
import { parsePython } from './python.js';

export const NPY_MAGIC = '\x93NUMPY';
const TRAILER_MAGIC = 'ASHMNPY1';
const MOST_TRAILER_BYTES = 256 << 10;
const ALIGNMENT = 64;

/** @param file Buffer */
export function parseNpy(file) {
  const { text, start } = header(file);
  const fields = new Fields('the header', parsePython(text));
  const descr = fields.any('descr');
  const isFortran = fields.truth('fortran_order');
  const shape = checkShape(fields.list('shape'));
  fields.end();
  const type = DType.of(descr);
  const { strides, length } = contiguous(shape, type.size, isFortran);
  if (length > file.length - start) {
    throw new RangeError(`there are ${file.length - start} bytes of data, and should be ${length}`);
  }
  const trailer = parseTrailer(file.subarray(start + length), length, { descr, shape, strides });
  return new NdArray(type, shape, strides, trailer.dimensions, trailer.attributes, file.subarray(start, start + length));
}

/** The text of a header, and where the data begins. */
function header(file) {
  const version = file[6];
  if (file[7] !== 0 || !(version >= 1 && version <= 3)) {
    throw new TypeError(`it is of version ${version}.${file[7]}, none of 1.0, 2.0 and 3.0`);
  }
  const begin = version === 1 ? 10 : 12;
  const start = begin + (version === 1 ? file.readUInt16LE(8) : file.readUInt32LE(8));
  if (start > file.length) {
    throw new RangeError('it ends in its header');
  }
  const bytes = file.subarray(begin, start);
  return { text: version === 3 ? new TextDecoder('utf-8', { fatal: true }).decode(bytes) : bytes.toString('latin1'), start };
}

/** Names and attributes from what stands behind the data, which is `length` bytes long. */
function parseTrailer(behind, length, expected) {
  const attributes = Object.create(null);
  if (behind.length === 0) {
    return { dimensions: expected.shape.map(() => ''), attributes };
  }
  const padding = (8 - (length % 8)) % 8;
  const end = behind.length - 16;
  const isTrailer =
    end >= padding &&
    behind.toString('latin1', end + 8) === TRAILER_MAGIC &&
    behind.readBigUInt64LE(end) === BigInt(end - padding) &&
    end - padding <= MOST_TRAILER_BYTES &&
    behind.subarray(0, padding).every((byte) => byte === 0);
  if (!isTrailer) {
    throw new TypeError('what stands behind the data is no trailer');
  }
  const fields = new Fields('the trailer', parse(behind.subarray(padding, end)));
  fields.whole('version', 1, 1);
  for (const [name, value] of Object.entries(expected)) {
    if (JSON.stringify(fields.any(name)) !== JSON.stringify(value)) {
      throw new TypeError(`the trailer has another ${name} than the header`);
    }
  }
  const dimensions = fields.list('dimensions');
  if (dimensions.length !== expected.shape.length || dimensions.some((name) => typeof name !== 'string')) {
    throw new TypeError(`the trailer does not name all ${expected.shape.length} dimensions`);
  }
  for (const [name, value] of Object.entries(fields.attributes('attributes'))) {
    if (typeof value !== 'string') {
      throw new TypeError(`the attribute ${JSON.stringify(name)} is no text`);
    }
    attributes[name] = value;
  }
  fields.end();
  return { dimensions, attributes };
}

/** All of an .npy file that stands before the data, which then begins at a multiple of 64. */
export function npyHeader(descr, isFortran, shape) {
  const text = Buffer.from(`{'descr': ${descr}, 'fortran_order': ${isFortran ? 'True' : 'False'}, 'shape': ${spelledShape(shape)}, }`);
  const isFirst = text.length + ALIGNMENT <= 0xffff && text.every((byte) => byte < 0x80);
  const begin = isFirst ? 10 : 12;
  const file = Buffer.alloc(Math.ceil((begin + text.length + 1) / ALIGNMENT) * ALIGNMENT, ' ');
  file.write(NPY_MAGIC, 'latin1');
  file.writeUInt16LE(isFirst ? 1 : 3, 6);
  if (isFirst) {
    file.writeUInt16LE(file.length - begin, 8);
  } else {
    file.writeUInt32LE(file.length - begin, 8);
  }
  text.copy(file, begin);
  file.write('\n', file.length - 1);
  return file;
}
