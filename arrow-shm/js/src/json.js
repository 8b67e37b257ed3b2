// JSON as the format wants it (FORMAT.md, 10.3): nothing is null, no field is there twice, and whole numbers of 64 bits keep
// all their digits. JSON.parse does none of that.

import { Scanner } from './scanner.js';

const DEEPEST = 64;
const DEEPEST_ATTRIBUTE = 16;
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** A number with a fraction or an exponent: no whole one, also if it is 1.0. */
class Double {
  constructor(value) {
    this.value = value;
  }
}

const STRING = /"[^"\\\u0000-\u001f]*(?:\\.[^"\\\u0000-\u001f]*)*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const TRUTH = /true|false/y;

class Parser extends Scanner {
  #left;

  /** @param most values, which take far more memory than the text */
  constructor(text, most) {
    super(text);
    this.#left = most;
  }

  #wrong() {
    return new SyntaxError(`it is no JSON, or has a null, at ${this.shown()}`);
  }

  document() {
    const value = this.#value(0);
    if (!this.isAtEnd()) {
      throw this.#wrong();
    }
    return value;
  }

  #value(depth) {
    if (--this.#left < 0) {
      throw new SyntaxError('it has too many values');
    }
    if (depth > DEEPEST) {
      throw new SyntaxError(`it is deeper than ${DEEPEST}`);
    }
    if (this.skip('{')) {
      return this.#object(depth);
    }
    if (this.skip('[')) {
      return this.#list(depth);
    }
    const truth = this.match(TRUTH);
    return truth ? truth[0] === 'true' : (this.#string() ?? this.#number());
  }

  #string() {
    const token = this.match(STRING);
    return token ? JSON.parse(token[0]) : undefined;
  }

  #number() {
    const token = this.match(NUMBER);
    if (!token) {
      throw this.#wrong();
    }
    if (token[1] || token[2]) {
      const double = Number(token[0]);
      if (!Number.isFinite(double)) {
        throw new SyntaxError(`${token[0]} is not finite`);
      }
      return new Double(double);
    }
    const whole = BigInt(token[0]);
    if (whole < LEAST || whole > MOST) {
      throw new SyntaxError(`${token[0]} is no number of 64 bits with a sign`);
    }
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }

  #object(depth) {
    const object = Object.create(null);
    for (let first = true; !this.skip('}'); first = false) {
      if (!first && !this.skip(',')) {
        throw this.#wrong();
      }
      this.skipBlanks();
      const name = this.#string();
      if (name === undefined || !this.skip(':')) {
        throw this.#wrong();
      }
      if (name in object) {
        throw new SyntaxError(`the field ${JSON.stringify(name)} is there twice`);
      }
      object[name] = this.#value(depth + 1);
    }
    return object;
  }

  #list(depth) {
    const list = [];
    while (!this.skip(']')) {
      if (list.length > 0 && !this.skip(',')) {
        throw this.#wrong();
      }
      list.push(this.#value(depth + 1));
    }
    return list;
  }
}

/**
 * Texts, truths, lists, objects without a prototype, numbers, bigints beyond these, and Doubles.
 *
 * @param bytes UTF-8
 * @param most values at any depth
 */
export function parse(bytes, most = Infinity) {
  return new Parser(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), most).document();
}

/** JSON of texts, truths, numbers, bigints, lists and objects of such values; whole numbers are written as such. */
export function stringify(value) {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) {
        throw new TypeError('a text has half of a surrogate pair');
      }
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'bigint':
      if (value < LEAST || value > MOST) {
        throw new TypeError(`${value} is no number of 64 bits with a sign`);
      }
      return String(value);
    case 'number':
      return spelled(value);
    case 'object':
      if (Array.isArray(value)) {
        return `[${value.map(stringify).join(',')}]`;
      }
      if (value !== null) {
        return `{${Object.entries(value).map(([name, field]) => `${stringify(name)}:${stringify(field)}`).join(',')}}`;
      }
  }
  throw new TypeError(`${value} is no text, truth, number, bigint, list or object`);
}

function spelled(number) {
  if (!Number.isFinite(number)) {
    throw new TypeError(`${number} is not finite`);
  }
  if (Object.is(number, -0)) {
    return '-0.0';
  }
  if (!Number.isInteger(number)) {
    return String(number);
  }
  // All digits; what is too large for 64 bits is no whole number any more.
  return Math.abs(number) < 2 ** 63 ? String(BigInt(number)) : number.toExponential();
}

/**
 * The value of an attribute for users, if the format allows it: whole numbers and doubles are numbers alike, but for whole ones
 * that a double has not.
 */
export function attribute(value, depth = 0) {
  if (depth > DEEPEST_ATTRIBUTE) {
    throw new TypeError(`an attribute is deeper than ${DEEPEST_ATTRIBUTE}`);
  }
  if (value instanceof Double) {
    return value.value;
  }
  if (Array.isArray(value)) {
    return value.map((element) => attribute(element, depth + 1));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const object = Object.create(null);
  for (const [name, field] of Object.entries(value)) {
    if (name === '') {
      throw new TypeError('an attribute has no name');
    }
    object[name] = attribute(field, depth + 1);
  }
  return object;
}

/** Takes the fields of an object, each of a kind. */
export class Fields {
  #what;
  #object;

  constructor(what, value) {
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw new TypeError(`${what} is no object`);
    }
    this.#what = what;
    this.#object = value;
  }

  #take(name, kind, is) {
    const value = this.#object[name];
    if (!(name in this.#object) || !is(value)) {
      throw new TypeError(`the field ${JSON.stringify(name)} of ${this.#what} is not there, or not ${kind}`);
    }
    delete this.#object[name];
    return value;
  }

  names() {
    return Object.keys(this.#object);
  }

  text(name) {
    return this.#take(name, 'a text', (value) => typeof value === 'string');
  }

  truth(name) {
    return this.#take(name, 'true or false', (value) => typeof value === 'boolean');
  }

  list(name) {
    return this.#take(name, 'a list', Array.isArray);
  }

  any(name) {
    return this.#take(name, 'a value', () => true);
  }

  whole(name, least, most) {
    const kind = `a whole number from ${least} to ${most}`;
    return this.#take(name, kind, (value) => Number.isInteger(value) && value >= least && value <= most);
  }

  /** 16 hexadecimal digits. */
  bits(name) {
    return this.#take(name, '16 of the digits 0-9 a-f', (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value));
  }

  attributes(name) {
    return attribute(this.#take(name, 'an object', (value) => typeof value === 'object' && !Array.isArray(value)));
  }

  end() {
    for (const name in this.#object) {
      throw new TypeError(`${this.#what} has a field ${JSON.stringify(name)}, which this version does not know`);
    }
  }
}
