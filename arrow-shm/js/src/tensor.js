// Arrow tensor messages (FORMAT.md, 12.1.2): apache-arrow has no reader of these.

import { NdArray, contiguous, spanned } from './array.js';
import { DType, checkShape } from './dtype.js';

export const TENSOR_MAGIC = '\xff\xff\xff\xff';
// Of Arrow's Message.fbs, Tensor.fbs and Schema.fbs.
const METADATA_V5 = 4;
const HEADER_TENSOR = 4;
const TYPE_INT = 2;
const TYPE_FLOAT = 3;
const DTYPE = 'arrow-shm.dtype';

/** @param segment Buffer; whatever leads beyond its end is a RangeError */
export function parseTensor(segment) {
  const length = segment.readInt32LE(4);
  if (length < 0 || length > segment.length - 8) {
    throw new RangeError('it ends in its metadata');
  }
  const body = segment.subarray(8 + length);
  const message = Table.root(segment.subarray(8, 8 + length));
  if (message.int16(0) !== METADATA_V5 || message.uint8(1) !== HEADER_TENSOR) {
    throw new TypeError('it is no message V5 of a tensor');
  }
  const bytes = message.int64(3);
  if (bytes < 0 || bytes > body.length) {
    throw new RangeError(`there are ${body.length} bytes of data, and should be ${bytes}`);
  }
  const tensor = message.table(2);
  const dimensions = tensor.tables(2);
  const shape = checkShape(dimensions.map((dimension) => dimension.int64(0)));
  const { type, attributes } = typed(tensor, message.tables(4));
  const given = tensor.int64s(3);
  const strides = given.length > 0 ? given : contiguous(shape, type.size, false).strides;
  if (strides.length !== shape.length) {
    throw new RangeError(`it has ${strides.length} strides and ${shape.length} dimensions`);
  }
  const { first, second } = tensor.pair(4);
  if (first < 0 || second < 0 || first + second > body.length || spanned(shape, strides, type.size) > second) {
    throw new RangeError('its elements lie beyond its data');
  }
  const names = dimensions.map((dimension) => dimension.text(1));
  return new NdArray(type, shape, strides, names, attributes, body.subarray(first, first + second));
}

/** The type of a tensor's elements, and the attributes that stand behind it in the metadata. */
function typed(tensor, metadata) {
  const type = DType.parse(elementType(tensor.uint8(0), tensor.table(1)));
  const texts = Object.create(null);
  for (const entry of metadata) {
    const name = entry.text(0);
    if (name in texts) {
      throw new TypeError(`the attribute ${JSON.stringify(name)} is there twice`);
    }
    texts[name] = entry.text(1);
  }
  const spelled = texts[DTYPE];
  if (spelled === undefined) {
    return { type, attributes: Object.create(null) };
  }
  delete texts[DTYPE];
  if (spelled !== String(type) && !(spelled === '|b1' && String(type) === '|u1')) {
    throw new TypeError(`its metadata says ${JSON.stringify(spelled)}, and its elements are ${type}`);
  }
  return { type: DType.parse(spelled), attributes: texts };
}

function elementType(kind, described) {
  if (kind === TYPE_INT) {
    const size = described.int32(0) / 8;
    return `${size === 1 ? '|' : '<'}${described.uint8(1) ? 'i' : 'u'}${size}`;
  }
  if (kind === TYPE_FLOAT) {
    return `<f${[2, 4, 8][described.int16(0)]}`;
  }
  throw new TypeError(`its elements are of a type (${kind}) that no tensor here has`);
}

/** A table of a flatbuffer; a field that is not there is 0 or empty. */
class Table {
  #bytes;
  #at;

  constructor(bytes, at) {
    this.#bytes = bytes;
    this.#at = at;
  }

  static root(bytes) {
    return new Table(bytes, bytes.readUInt32LE(0));
  }

  /** Where a field stands; 0 if it is not there. */
  #field(number) {
    if (this.#at === 0) {
      return 0;
    }
    const vtable = this.#at - this.#bytes.readInt32LE(this.#at);
    const entry = 4 + 2 * number;
    const offset = entry < this.#bytes.readUInt16LE(vtable) ? this.#bytes.readUInt16LE(vtable + entry) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }

  #value(number, read) {
    const at = this.#field(number);
    return at === 0 ? 0 : read(at);
  }

  #safe(at) {
    const value = Number(this.#bytes.readBigInt64LE(at));
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`its metadata has the number ${value}`);
    }
    return value;
  }

  uint8(number) {
    return this.#value(number, (at) => this.#bytes.readUInt8(at));
  }

  int16(number) {
    return this.#value(number, (at) => this.#bytes.readInt16LE(at));
  }

  int32(number) {
    return this.#value(number, (at) => this.#bytes.readInt32LE(at));
  }

  int64(number) {
    return this.#value(number, (at) => this.#safe(at));
  }

  /** A structure of two numbers. */
  pair(number) {
    const at = this.#field(number);
    return at === 0 ? { first: 0, second: 0 } : { first: this.#safe(at), second: this.#safe(at + 8) };
  }

  table(number) {
    return new Table(this.#bytes, this.#value(number, (at) => at + this.#bytes.readUInt32LE(at)));
  }

  /** Where a vector's elements begin, and how many there are; all of them are there. */
  #vector(number, bytes) {
    const field = this.#field(number);
    if (field === 0) {
      return { start: 0, count: 0 };
    }
    const at = field + this.#bytes.readUInt32LE(field);
    const count = this.#bytes.readUInt32LE(at);
    if (at + 4 + count * bytes > this.#bytes.length) {
      throw new RangeError('its metadata leads beyond its end');
    }
    return { start: at + 4, count };
  }

  text(number) {
    const { start, count } = this.#vector(number, 1);
    return this.#bytes.toString('utf8', start, start + count);
  }

  int64s(number) {
    const { start, count } = this.#vector(number, 8);
    return Array.from({ length: count }, (_, i) => this.#safe(start + 8 * i));
  }

  tables(number) {
    const { start, count } = this.#vector(number, 4);
    return Array.from({ length: count }, (_, i) => {
      const at = start + 4 * i;
      return new Table(this.#bytes, at + this.#bytes.readUInt32LE(at));
    });
  }
}
