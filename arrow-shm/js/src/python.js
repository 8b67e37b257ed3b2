// Literals of Python, as they stand in the header of an .npy file.

import { Scanner } from './scanner.js';

const DEEPEST = 64;
const NUMBER = /(-?[0-9]+)L?/y;
const STRING = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/y;
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g;
const ESCAPED = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };

class Parser extends Scanner {
  #wrong() {
    return new SyntaxError(`it is no literal at ${this.shown()}`);
  }

  literal() {
    const value = this.#value(0);
    if (!this.isAtEnd()) {
      throw this.#wrong();
    }
    return value;
  }

  #value(depth) {
    if (depth > DEEPEST) {
      throw new SyntaxError(`it is deeper than ${DEEPEST}`);
    }
    if (this.skip('True')) {
      return true;
    }
    if (this.skip('False')) {
      return false;
    }
    if (this.skip('{')) {
      return this.#dict(depth);
    }
    if (this.skip('[')) {
      return this.#list(']', depth);
    }
    if (this.skip('(')) {
      return this.#list(')', depth);
    }
    const string = this.match(STRING);
    if (string) {
      return (string[1] ?? string[2]).replace(ESCAPE, unescaped);
    }
    const number = this.match(NUMBER);
    if (!number || !Number.isSafeInteger(Number(number[1]))) {
      throw this.#wrong();
    }
    return Number(number[1]);
  }

  /** A list or a tuple; one value in brackets without a ',' is that value. */
  #list(end, depth) {
    const list = [];
    while (!this.skip(end)) {
      list.push(this.#value(depth + 1));
      if (this.skip(',')) {
        continue;
      }
      if (!this.skip(end)) {
        throw this.#wrong();
      }
      return end === ')' && list.length === 1 ? list[0] : list;
    }
    return list;
  }

  #dict(depth) {
    const dict = Object.create(null);
    while (!this.skip('}')) {
      const key = this.#value(depth + 1);
      if (typeof key !== 'string' || key in dict || !this.skip(':')) {
        throw this.#wrong();
      }
      dict[key] = this.#value(depth + 1);
      if (!this.skip(',') && !this.isAt('}')) {
        throw this.#wrong();
      }
    }
    return dict;
  }
}

function unescaped(all, x, u, U, character) {
  const code = x ?? u ?? U;
  if (code !== undefined) {
    return String.fromCodePoint(parseInt(code, 16));
  }
  // What means nothing behind a backslash keeps it.
  return ESCAPED[character] ?? all;
}

/** Texts, safe whole numbers, truths, lists and tuples as arrays, dicts without a prototype. */
export const parsePython = (text) => new Parser(text).literal();
