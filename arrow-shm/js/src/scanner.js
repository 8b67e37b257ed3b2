/** Goes through a text token by token; for parsers. */
export class Scanner {
  static #BLANKS = /[ \t\n\r]*/y;

  #text;
  #at = 0;

  constructor(text) {
    this.#text = text;
  }

  /** The next token of a kind and its groups, or null. The pattern is sticky. */
  match(pattern) {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) {
      this.#at = pattern.lastIndex;
    }
    return match;
  }

  skipBlanks() {
    this.match(Scanner.#BLANKS);
  }

  /** Whether a word is there, which is passed then, and in any case the blanks before it. */
  skip(word) {
    this.skipBlanks();
    const is = this.isAt(word);
    if (is) {
      this.#at += word.length;
    }
    return is;
  }

  isAt(word) {
    return this.#text.startsWith(word, this.#at);
  }

  /** Whether nothing is left but blanks. */
  isAtEnd() {
    this.skipBlanks();
    return this.#at === this.#text.length;
  }

  /** What comes next, to be shown to people. */
  shown() {
    return JSON.stringify(this.#text.slice(this.#at, this.#at + 20));
  }
}
