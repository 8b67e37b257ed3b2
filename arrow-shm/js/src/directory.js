import fs from 'node:fs';
import { ShmError, corrupt } from './errors.js';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, S_IFMT, S_IFDIR, S_IFREG } = fs.constants;

/** An open directory, from which all that lies in it is reached: a path from outside may lead elsewhere by now (1.6). */
export class Directory {
  #fd;

  constructor(fd, path) {
    this.#fd = fd;
    this.path = path;
  }

  /** The directory of all pools, which may be everybody's. */
  static parent(path) {
    return new Directory(openSync(path, path, O_RDONLY | O_DIRECTORY), path);
  }

  close() {
    fs.closeSync(this.#fd);
  }

  /** A path that leads to what is open, wherever it lies by now; Node has no openat. */
  get byDescriptor() {
    return `/proc/self/fd/${this.#fd}`;
  }

  #at(name) {
    return `${this.byDescriptor}/${name}`;
  }

  #open(name, flags, mode) {
    return openSync(this.#at(name), `${this.path}/${name}`, flags | O_NOFOLLOW | O_NONBLOCK, mode);
  }

  #checked(name, flags, kind) {
    const path = `${this.path}/${name}`;
    const fd = this.#open(name, flags);
    try {
      return { fd, path, size: check(fs.fstatSync(fd), kind, path) };
    } catch (e) {
      fs.closeSync(fd);
      throw e;
    }
  }

  /** One in it, of this user and which nobody else can write. */
  directory(name) {
    const { fd, path } = this.#checked(name, O_RDONLY | O_DIRECTORY, S_IFDIR);
    return new Directory(fd, path);
  }

  /** A file in it, of this user and which nobody else can write: `fd`, `path`, `size`. */
  regular(name) {
    return this.#checked(name, O_RDONLY, S_IFREG);
  }

  /** What is in a small file. */
  read(name, most) {
    const { fd, path, size } = this.regular(name);
    try {
      const buffer = Buffer.alloc(Math.min(size, most) + 1);
      let length = 0;
      for (let read = 1; read > 0 && length < buffer.length; length += read) {
        read = fs.readSync(fd, buffer, length, buffer.length - length, length);
      }
      if (length > most) {
        throw corrupt(path, `it has more than ${most} bytes`);
      }
      return buffer.subarray(0, length);
    } finally {
      fs.closeSync(fd);
    }
  }

  names() {
    return attempt(this.path, () => fs.readdirSync(this.byDescriptor));
  }

  /** Whether something of that name is there, and which: undefined, or what differs from one file to the next. */
  identity(name) {
    const status = fs.lstatSync(this.#at(name), { bigint: true, throwIfNoEntry: false });
    return status && `${status.ino} ${status.ctimeNs}`;
  }

  /** Writes a new file aside and renames it when it is complete. */
  write(name, parts) {
    const fd = this.#open(`.${name}`, O_WRONLY | O_CREAT | O_EXCL, 0o600);
    try {
      attempt(`${this.path}/${name}`, () => {
        for (const part of parts) {
          for (let written = 0; written < part.byteLength; ) {
            written += fs.writeSync(fd, part, written, Math.min(part.byteLength - written, 1 << 30));
          }
        }
        fs.renameSync(this.#at(`.${name}`), this.#at(name));
      });
    } catch (e) {
      this.remove(`.${name}`);
      throw e;
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Deletes a file, if it is there. */
  remove(name) {
    attempt(`${this.path}/${name}`, () => fs.rmSync(this.#at(name), { force: true }));
  }

  /** Where a symbolic link of this user leads to. */
  link(name) {
    const path = `${this.path}/${name}`;
    return attempt(path, () => {
      const status = fs.lstatSync(this.#at(name));
      if (!status.isSymbolicLink()) {
        throw new ShmError('ARGUMENT', `${path} is no pool: it is no symbolic link`);
      }
      checkOwner(status, path);
      return fs.readlinkSync(this.#at(name));
    });
  }
}

function openSync(at, path, flags, mode) {
  return attempt(path, () => fs.openSync(at, flags, mode));
}

/** Makes one error of this package of those of the file system. */
function attempt(path, action) {
  try {
    return action();
  } catch (e) {
    switch (e.code) {
      case 'ENOENT':
        throw new ShmError('ABSENT', `${path} is not there`, { cause: e });
      case 'EACCES':
      case 'EPERM':
        throw new ShmError('PERMISSION', `${path} may not be opened: ${e.message}`, { cause: e });
      case 'ELOOP':
      case 'ENOTDIR':
      case 'ENXIO':
      case 'EISDIR':
        throw corrupt(path, 'it is a link, or no file or directory where one has to be');
    }
    throw e instanceof ShmError ? e : new ShmError('SYSTEM', `${path}: ${e.message}`, { cause: e });
  }
}

function check(status, kind, path) {
  if ((status.mode & S_IFMT) !== kind) {
    throw corrupt(path, 'it is something else than a file or directory');
  }
  checkOwner(status, path);
  if ((status.mode & 0o022) !== 0) {
    throw new ShmError('PERMISSION', `others can write ${path} (mode 0${(status.mode & 0o7777).toString(8)}): nothing in it is trusted`);
  }
  return status.size;
}

function checkOwner(status, path) {
  if (status.uid !== process.geteuid()) {
    const message = `${path} belongs to user ${status.uid}, and this process is user ${process.geteuid()}: run as the pool's user`;
    throw new ShmError('PERMISSION', message);
  }
}
