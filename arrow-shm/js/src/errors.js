/** What goes wrong in a pool; `code` says what can be done about it, the message is one sentence. */
export class ShmError extends Error {
  /**
   * @param code 'ABSENT', 'PERMISSION', 'ARGUMENT', 'CORRUPT', 'VERSION', 'REFUSED', 'FULL', 'TYPE', 'CLOSED' or 'SYSTEM'
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'ShmError';
    this.code = code;
  }
}

export const corrupt = (what, wrong) => new ShmError('CORRUPT', `${what} is damaged: ${wrong}`);
