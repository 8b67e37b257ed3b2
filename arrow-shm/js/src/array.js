import { ShmError } from './errors.js';

const TYPED = {
  '|i1': Int8Array, '<i2': Int16Array, '<i4': Int32Array, '<i8': BigInt64Array,
  '|u1': Uint8Array, '<u2': Uint16Array, '<u4': Uint32Array, '<u8': BigUint64Array,
  '|b1': Uint8Array, '<f2': Uint16Array, '<f4': Float32Array, '<f8': Float64Array, '<c8': Float32Array, '<c16': Float64Array,
};

/** The type of elements of a typed array, as NumPy spells it; undefined if it is none. */
export const dtypeOfTyped = (elements) =>
  Object.keys(TYPED).find((dtype) => dtype[1] !== 'b' && elements instanceof TYPED[dtype]);

/** An n-dimensional array of NumPy's types. */
export class NdArray {
  #type;
  #view;

  constructor(type, shape, strides, dimensions, attributes, bytes) {
    this.#type = type;
    this.dtype = String(type);
    this.shape = shape;
    this.strides = strides;
    this.dimensions = dimensions;
    this.attributes = attributes;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size() {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** The bytes of all elements, which must lie one behind the other, in C's or in Fortran's order. */
  get packed() {
    if (!this.#isDense()) {
      throw new ShmError('TYPE', `the array has the strides [${this.strides}] for the shape [${this.shape}]: its elements do not lie one behind the other`);
    }
    return this.bytes.subarray(0, this.size * this.#type.size);
  }

  /**
   * A typed array of the elements in the order in which they lie in memory, C's or Fortran's: the same memory, if that is
   * aligned. Elements of <f2 are their bits, complex ones pairs, times BigInts.
   */
  get data() {
    const Typed = TYPED[this.dtype] ?? ('Mm'.includes(this.#type.kind) ? BigInt64Array : undefined);
    if (!Typed) {
      throw new ShmError('TYPE', `there is no typed array for ${this.dtype}: use at(), packed, or field() of a structure`);
    }
    const { buffer, byteOffset, byteLength } = this.packed;
    if (byteOffset % Typed.BYTES_PER_ELEMENT === 0) {
      return new Typed(buffer, byteOffset, byteLength / Typed.BYTES_PER_ELEMENT);
    }
    return new Typed(buffer.slice(byteOffset, byteOffset + byteLength));
  }

  /** Whether the first index is the fastest, and not the last. */
  get isFortran() {
    return !this.#has(contiguous(this.shape, this.#type.size, false).strides) && this.#isDense();
  }

  #isDense() {
    return [false, true].some((isFortran) => this.#has(contiguous(this.shape, this.#type.size, isFortran).strides));
  }

  /** Strides that lead nowhere do not matter. */
  #has(strides) {
    return this.shape.every((length, axis) => length <= 1 || this.strides[axis] === strides[axis]);
  }

  /**
   * An element: boolean, number, bigint (of 64 bits, and times; the smallest one is NaT), [real, imaginary], string, Uint8Array
   * of |S and of structures.
   */
  at(...index) {
    if (index.length !== this.shape.length) {
      throw new RangeError(`${index.length} indices into an array of ${this.shape.length} dimensions`);
    }
    let offset = 0;
    index.forEach((at, axis) => {
      if (!Number.isInteger(at) || at < 0 || at >= this.shape[axis]) {
        throw new RangeError(`index ${at} out of range of the length ${this.shape[axis]}`);
      }
      offset += at * this.strides[axis];
    });
    return this.#element(offset);
  }

  /** The elements in the order of their indices, the last one fastest. */
  *[Symbol.iterator]() {
    const index = this.shape.map(() => 0);
    for (let i = this.size; i > 0; i--) {
      yield this.at(...index);
      for (let axis = index.length - 1; axis >= 0; axis--) {
        if (++index[axis] < this.shape[axis]) {
          break;
        }
        index[axis] = 0;
      }
    }
  }

  /** The same field of every element of an array of structures. Dimensions of the field's own are behind the array's. */
  field(name) {
    const field = (this.#type.fields ?? []).find((each) => each.name === name);
    if (!field) {
      throw new ShmError('TYPE', `the elements, ${this.dtype}, have no field ${JSON.stringify(name)}`);
    }
    const shape = field.shape ?? [];
    return new NdArray(
      field.type,
      [...this.shape, ...shape],
      [...this.strides, ...contiguous(shape, field.type.size, false).strides],
      [...this.dimensions, ...shape.map(() => '')],
      this.attributes,
      this.size > 0 ? this.bytes.subarray(field.offset) : this.bytes.subarray(0, 0),
    );
  }

  #element(offset) {
    const { kind, size } = this.#type;
    switch (kind) {
      case 'b':
        return this.bytes[offset] !== 0;
      case 'i':
        return size === 8 ? this.#view.getBigInt64(offset, true) : this.#view[`getInt${8 * size}`](offset, true);
      case 'u':
        return size === 8 ? this.#view.getBigUint64(offset, true) : this.#view[`getUint${8 * size}`](offset, true);
      case 'M':
      case 'm':
        return this.#view.getBigInt64(offset, true);
      case 'f':
        return this.#real(offset, size);
      case 'c':
        return [this.#real(offset, size / 2), this.#real(offset + size / 2, size / 2)];
      case 'U':
        return this.#text(offset, size);
    }
    const bytes = this.bytes.subarray(offset, offset + size);
    return kind === 'S' ? withoutZeros(bytes) : bytes;
  }

  #real(offset, size) {
    switch (size) {
      case 2:
        return half(this.#view.getUint16(offset, true));
      case 4:
        return this.#view.getFloat32(offset, true);
    }
    return this.#view.getFloat64(offset, true);
  }

  #text(offset, size) {
    let text = '';
    for (let at = offset; at < offset + size; at += 4) {
      const code = this.#view.getUint32(at, true);
      text += String.fromCodePoint(code <= 0x10ffff ? code : 0xfffd);
    }
    return text.replace(/\0+$/, '');
  }
}

function withoutZeros(bytes) {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) {
    length--;
  }
  return bytes.subarray(0, length);
}

/** A real number of 16 bits. */
function half(bits) {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) {
    return fraction === 0 ? sign * Infinity : NaN;
  }
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (fraction | 0x400) * 2 ** (exponent - 25));
}

/** Strides of elements that lie one behind the other, and how many bytes these take. */
export function contiguous(shape, itemSize, isFortran) {
  const strides = new Array(shape.length);
  let stride = itemSize;
  for (let i = 0; i < shape.length; i++) {
    const axis = isFortran ? i : shape.length - 1 - i;
    strides[axis] = stride;
    stride *= Math.max(1, shape[axis]);
    if (!Number.isSafeInteger(stride)) {
      throw new RangeError(`the shape [${shape}] has more elements than fit into memory`);
    }
  }
  return { strides, length: shape.includes(0) ? 0 : stride };
}

/** How many bytes elements with these strides take. */
export function spanned(shape, strides, itemSize) {
  if (contiguous(shape, itemSize, false).length === 0) {
    return 0;
  }
  return strides.reduce((length, stride, axis) => {
    if (stride < 0) {
      throw new RangeError(`a stride is ${stride}`);
    }
    return length + (shape[axis] - 1) * stride;
  }, itemSize);
}
