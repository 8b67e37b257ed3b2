// Types of elements, as NumPy spells them (FORMAT.md, 12.1.2 and 12.1.3).

import { parsePython } from './python.js';

const DEEPEST = 16;
const MOST_BYTES = 2 ** 31 - 1;
const SIMPLE = /^[<|]([biufcSU])([1-9][0-9]{0,8})$/;
const TIME = /^<([Mm])8(?:\[((?:[1-9][0-9]{0,8})?(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as))\])?$/;
const GAP = /^\|V([0-9]{1,9})$/;
const SIZES = { b: [1], i: [1, 2, 4, 8], u: [1, 2, 4, 8], f: [2, 4, 8], c: [8, 16] };

/**
 * A type: `kind`, NumPy's letter; `size` in bytes; `unit` of times; `fields` of structures, each with `name`, `offset`, `type`
 * and, if it is an array itself, `shape`.
 */
export class DType {
  constructor(kind, size, unit, fields) {
    this.kind = kind;
    this.size = size;
    this.unit = unit;
    this.fields = fields;
  }

  /** @param text for instance `<f8` or `[('a', '<f4'), ('b', '<i2', (3,))]` */
  static parse(text) {
    return text.startsWith('[') ? DType.of(parsePython(text)) : simple(text);
  }

  /** @param descr as in the header of an .npy file, without tuples */
  static of(descr, depth = 0) {
    if (typeof descr === 'string') {
      return simple(descr);
    }
    if (!Array.isArray(descr) || descr.length === 0 || depth >= DEEPEST) {
      throw new TypeError(`a type is neither a text nor a list of fields, or deeper than ${DEEPEST}`);
    }
    const fields = [];
    let size = 0;
    for (const part of descr) {
      const { bytes, field } = fieldOf(part, size, depth);
      if (field && fields.some((other) => other.name === field.name)) {
        throw new TypeError(`the field ${JSON.stringify(field.name)} is there twice`);
      }
      if (field) {
        fields.push(field);
      }
      size += bytes;
      if (size > MOST_BYTES) {
        throw new TypeError(`a type has more than ${MOST_BYTES} bytes`);
      }
    }
    return new DType('V', size, undefined, fields);
  }

  toString() {
    const { kind, size, unit } = this;
    switch (kind) {
      case 'M':
      case 'm':
        return unit ? `<${kind}8[${unit}]` : `<${kind}8`;
      case 'U':
        return `<U${size / 4}`;
      case 'V':
        return this.#spelledFields();
    }
    return `${kind === 'S' || size === 1 ? '|' : '<'}${kind}${size}`;
  }

  #spelledFields() {
    const spelled = [];
    let end = 0;
    const gap = (to) => {
      if (to > end) {
        spelled.push(`('', '|V${to - end}')`);
      }
    };
    for (const { name, offset, type, shape } of this.fields) {
      gap(offset);
      end = offset + type.size * (shape ?? []).reduce((product, length) => product * length, 1);
      const text = type.kind === 'V' ? String(type) : quoted(String(type));
      spelled.push(`(${quoted(name)}, ${text}${shape ? `, ${spelledShape(shape)}` : ''})`);
    }
    gap(this.size);
    return `[${spelled.join(', ')}]`;
  }
}

/** A field and its bytes; no field if it is a gap. */
function fieldOf(part, offset, depth) {
  if (!Array.isArray(part) || part.length < 2 || part.length > 3 || typeof part[0] !== 'string') {
    throw new TypeError('a field is no name, type and perhaps shape');
  }
  const [name, descr, shape] = part;
  const gap = name === '' && shape === undefined && typeof descr === 'string' && GAP.exec(descr);
  if (gap) {
    return { bytes: Number(gap[1]) };
  }
  if (name === '') {
    throw new TypeError('a field has no name');
  }
  const type = DType.of(descr, depth + 1);
  const bytes = shape === undefined ? type.size : checkShape(shape).reduce((product, length) => product * length, type.size);
  if (bytes > MOST_BYTES) {
    throw new TypeError(`a field has more than ${MOST_BYTES} bytes`);
  }
  return { bytes, field: { name, offset, type, ...(shape && { shape }) } };
}

function simple(text) {
  const time = TIME.exec(text);
  if (time) {
    return new DType(time[1], 8, time[2]);
  }
  const match = SIMPLE.exec(text);
  if (match) {
    const [, kind, number] = match;
    const dtype = new DType(kind, Number(number) * (kind === 'U' ? 4 : 1));
    if ((SIZES[kind]?.includes(dtype.size) ?? dtype.size <= MOST_BYTES) && String(dtype) === text) {
      return dtype;
    }
  }
  throw new TypeError(`the type ${JSON.stringify(text)} is none that is allowed: numbers are little endian, and have a fixed size`);
}

const MOST_DIMENSIONS = 32;

/** Throws if it is no list of lengths. */
export function checkShape(shape) {
  if (!Array.isArray(shape) || shape.length > MOST_DIMENSIONS) {
    throw new TypeError(`a shape is no list of at most ${MOST_DIMENSIONS} lengths`);
  }
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new TypeError(`a length is ${length}`);
    }
  }
  return shape;
}

/** A tuple of Python's. */
export const spelledShape = (shape) => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`);

/** A text of Python's, as its repr has it. */
export function quoted(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\n\r\t]/g, (c) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c]);
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}
