// What datasets, their files, pools and files in incoming are called (FORMAT.md, 1.1, 10.1, 10.2, 11.1).

import { ShmError } from './errors.js';

const MOST_PARTS = 16;
const MOST_FILE_NAME_BYTES = 250;
const MOST_PATH_BYTES = 1000;
const SUFFIX = '.json';

/** Throws if a text can be neither the name of a dataset nor a path in one. */
export function checkParts(text) {
  const parts = text.split('/');
  if (parts.length > MOST_PARTS || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new TypeError(`${JSON.stringify(text)} has more than ${MOST_PARTS} parts, or one that is empty, '.' or '..'`);
  }
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text) || !text.isWellFormed()) {
    throw new TypeError(`${JSON.stringify(text)} has a control character, or half of a surrogate pair`);
  }
}

export function checkPath(path) {
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) {
    throw new TypeError(`a path has more than ${MOST_PATH_BYTES} bytes`);
  }
  checkParts(path);
}

/** That of a dataset's manifest. */
export function fileName(dataset) {
  try {
    checkParts(dataset);
  } catch (e) {
    throw new ShmError('ARGUMENT', `no dataset can be called so: ${e.message}`);
  }
  let file = '';
  for (const byte of Buffer.from(dataset)) {
    const character = String.fromCharCode(byte);
    if (character === '/') {
      file += '+';
    } else if (/[A-Za-z0-9._-]/.test(character) && !(character === '.' && file === '')) {
      file += character;
    } else {
      file += '%' + byte.toString(16).toUpperCase().padStart(2, '0');
    }
  }
  if (file.length > MOST_FILE_NAME_BYTES) {
    const message = `the dataset's name is too long: its file's name would have ${file.length} bytes, at most ${MOST_FILE_NAME_BYTES} are allowed`;
    throw new ShmError('ARGUMENT', message);
  }
  return file + SUFFIX;
}

/** The dataset of a file in names; undefined if it is none's. */
export function datasetOf(file) {
  if (!file.endsWith(SUFFIX)) {
    return undefined;
  }
  try {
    const name = decodeURIComponent(file.slice(0, -SUFFIX.length).replaceAll('+', '/'));
    // Whatever is spelled in another way is no dataset's.
    return fileName(name) === file ? name : undefined;
  } catch (e) {
    if (e instanceof URIError || e instanceof ShmError) {
      return undefined;
    }
    throw e;
  }
}

export const isPoolName = (name) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(name);

/** The pool id with which the name of a pool's directory ends; undefined if it is none of this pool. */
export function idIn(target, name) {
  const id = target.startsWith(`.${name}-`) ? target.slice(name.length + 2) : '';
  return /^[0-9a-f]{16}$/.test(id) ? id : undefined;
}
