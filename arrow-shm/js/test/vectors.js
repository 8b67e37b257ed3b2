// The format's test vectors, and pools that are unpacked from them; no tests.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

const VECTORS = path.join(import.meta.dirname, '../../format/vectors');

export const NAME = 'vectors';

export const json = (file) => JSON.parse(fs.readFileSync(path.join(VECTORS, file), 'utf8'));

/** The files in an archive, by path. */
export function archive(file) {
  const zip = fs.readFileSync(path.join(VECTORS, file));
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const files = new Map();
  for (let at = zip.readUInt32LE(end + 16), left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameBytes, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    files.set(zip.toString('utf8', at + 46, at + 46 + nameBytes), zip.readUInt16LE(at + 10) ? zlib.inflateRawSync(data) : data);
    at += 46 + nameBytes + extra + comment;
  }
  return files;
}

export const POOLS = new Map(json('pools.json').map((pool) => [pool.name, pool]));
const FILES = archive('pools.zip');

export function filledIn(text, id) {
  const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return text.replaceAll('{bootId}', boot).replaceAll('{name}', NAME).replaceAll('{id}', id);
}

/** Unpacks a pool in a directory of its own, which is gone after the test: `directory`, `root`, `id`. */
export function unpack(t, name) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'arrow-shm-js-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const id = POOLS.get(name).poolId;
  const root = path.join(directory, `.${NAME}-${id}`);
  for (const each of ['', 'slabs', 'names', 'incoming']) {
    fs.mkdirSync(path.join(root, each), { mode: 0o700 });
  }
  for (const [file, bytes] of FILES) {
    if (file.startsWith(`${name}/`)) {
      const relative = file.slice(name.length + 1);
      const content = relative === 'pool.json' ? filledIn(bytes.toString(), id) : bytes;
      fs.writeFileSync(path.join(root, relative), content, { mode: 0o600 });
    }
  }
  fs.symlinkSync(path.basename(root), path.join(directory, NAME));
  return { directory, root, id };
}
