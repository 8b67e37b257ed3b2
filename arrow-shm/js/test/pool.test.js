import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { open, pools, Segment, ShmError } from '../src/index.js';
import { parse, stringify } from '../src/json.js';
import { parseManifest } from '../src/manifest.js';
import { NAME, archive, json, unpack } from './vectors.js';

const PATIENCE_MS = 30_000;

/** A pool of the vectors: what unpack() says, and the open `pool`. */
function opened(t, name) {
  const unpacked = unpack(t, name);
  const pool = open(NAME, unpacked);
  t.after(() => pool.close());
  return { ...unpacked, pool };
}

const code = (expected) => (e) => {
  assert(e instanceof ShmError, e);
  assert.equal(e.code, expected, e.message);
  return true;
};

test('what is not there is absent', async (t) => {
  const { pool, directory } = opened(t, 'fresh');
  await assert.rejects(pool.read('none'), code('ABSENT'));
  assert.throws(() => pool.info('none'), code('ABSENT'));
  assert.throws(() => open('none', { directory }), { code: 'ABSENT', message: `there is no pool "none" in ${directory}` });
  assert.throws(() => pools({ directory: '/none' }), code('ABSENT'));
  assert.deepEqual(pools({ directory }), [NAME]);
});

test('a closed pool says so', async (t) => {
  const { pool } = opened(t, 'published');
  const dataset = await pool.read('run 7/größe');
  const reading = pool.read('run 7/größe');
  pool.close();
  pool.close();
  assert.throws(() => pool.datasets(), code('CLOSED'));
  await assert.rejects(pool.read('run 7/größe'), code('CLOSED'));
  assert.deepEqual((await reading).paths, dataset.paths);
});

test('a segment with another generation is not read', async (t) => {
  const { pool, root } = opened(t, 'published');
  const { slot } = pool.info('run 7/größe').segments[0];
  const generations = fs.openSync(path.join(root, 'generations'), 'r+');
  fs.writeSync(generations, Buffer.from([99]), 0, 1, 8 * slot);
  fs.closeSync(generations);
  await assert.rejects(pool.read('run 7/größe'), code('CORRUPT'));
});

test('elements are a typed array', async (t) => {
  const { pool } = opened(t, 'published');
  const dataset = await pool.read('run 7/größe');
  const array = dataset.array(dataset.paths[0]);
  assert(array.data instanceof Int32Array);
  assert.equal(array.data[1], array.at(1));
  assert.throws(() => array.at(2), RangeError);
  assert.throws(() => dataset.segment('none'), code('ABSENT'));
  await assert.rejects(dataset.table(dataset.paths[0]), code('TYPE'));
});

test('a table where there is no apache-arrow says what to install', async (t) => {
  const alone = fs.mkdtempSync(path.join(os.tmpdir(), 'arrow-shm-'));
  t.after(() => fs.rmSync(alone, { recursive: true }));
  const here = (name) => new URL(`../${name}`, import.meta.url);
  fs.cpSync(here('src'), path.join(alone, 'src'), { recursive: true });
  fs.copyFileSync(here('package.json'), path.join(alone, 'package.json'));
  const { Segment: OfItself } = await import(pathToFileURL(path.join(alone, 'src/index.js')));
  const table = new OfItself({ path: 'x' }, Buffer.from('ARROW1\0\0'));
  await assert.rejects(table.table(), { code: 'SYSTEM', message: /npm install apache-arrow/ });
});

test('watching tells what is there and what happens', async (t) => {
  const { pool, root } = opened(t, 'published');
  const file = (name) => path.join(root, 'names', name);
  const events = pool.watch({ signal: AbortSignal.timeout(PATIENCE_MS) });
  const seen = [];
  for (const _ of pool.datasets()) {
    seen.push((await events.next()).value.dataset);
  }
  assert.deepEqual(seen.sort(), pool.datasets());
  const { id, revision } = pool.info('nothing');
  fs.renameSync(file('nothing.json'), file('renamed.json'));
  assert.deepEqual((await events.next()).value, { dataset: 'renamed', id, revision });
  assert.deepEqual((await events.next()).value, { dataset: 'nothing', removed: true });
  fs.rmSync(file('renamed.json'));
  assert.deepEqual((await events.next()).value, { dataset: 'renamed', removed: true });
  fs.rmSync(path.join(root, 'pool.json'));
  fs.rmSync(file('lock'));
  await assert.rejects(events.next(), code('ABSENT'));
});

test('watching ends with the signal', async (t) => {
  const { pool } = opened(t, 'fresh');
  const controller = new AbortController();
  const next = pool.watch({ signal: controller.signal }).next();
  const why = new Error('enough');
  controller.abort(why);
  await assert.rejects(next, why);
});

test('a dataset is awaited', async (t) => {
  const { pool, root } = opened(t, 'published');
  const after = pool.info('nothing');
  await assert.rejects(pool.wait('nothing', { after, signal: AbortSignal.timeout(1) }), { name: 'TimeoutError' });
  const later = pool.wait('later', { signal: AbortSignal.timeout(PATIENCE_MS) });
  fs.renameSync(path.join(root, 'names/nothing.json'), path.join(root, 'names/later.json'));
  assert.equal((await later).id, after.id);
});

/** Does what a participant does with a request, but for publishing it: the request, with the bytes of its files. */
async function answer(root, reply) {
  const incoming = path.join(root, 'incoming');
  for await (const _ of fs.promises.watch(incoming, { signal: AbortSignal.timeout(PATIENCE_MS) })) {
    const request = fs.readdirSync(incoming).find((name) => /^[^.].*\.request$/.test(name));
    if (request) {
      const name = request.replace(/\.request$/, '');
      const parsed = JSON.parse(fs.readFileSync(path.join(incoming, request), 'utf8'));
      for (const segment of parsed.segments) {
        segment.bytes = fs.readFileSync(path.join(incoming, segment.file));
      }
      fs.writeFileSync(path.join(incoming, `.${name}.answer`), JSON.stringify(reply), { mode: 0o600 });
      fs.rmSync(path.join(incoming, request));
      fs.renameSync(path.join(incoming, `.${name}.answer`), path.join(incoming, `${name}.answer`));
      return parsed;
    }
  }
}

test('a request is answered or refused and leaves nothing', async (t) => {
  for (const [reply, expected] of [
    [{ formatVersion: 2, done: true, dataset: 'd', id: 7, revision: 2, files: [] }, undefined],
    [{ formatVersion: 2, done: false, reason: 'because', retry: false }, 'REFUSED'],
    [{ formatVersion: 2, done: false, reason: 'because' }, 'CORRUPT'],
    [{ formatVersion: 2, done: 1 }, 'CORRUPT'],
  ]) {
    const { pool, root } = opened(t, 'fresh');
    const request = answer(root, reply);
    const published = pool.publish(
      'd',
      { x: { data: Int16Array.of(1, 2), shape: [2, 1], attributes: { unit: 'm' } } },
      { attributes: { large: 2n ** 60n, whole: 1, double: 0.5 }, signal: AbortSignal.timeout(PATIENCE_MS) },
    );
    if (expected) {
      await assert.rejects(published, code(expected));
    } else {
      assert.deepEqual(await published, { id: 7, revision: 2 });
    }
    assert.deepEqual((await request).segments[0].attributes, { unit: 'm' });
    assert.deepEqual(fs.readdirSync(path.join(root, 'incoming')), []);
  }
});

test('what there is no room for is asked for again', async (t) => {
  const full = { formatVersion: 2, done: false, reason: 'full', retry: true };
  const { pool, root } = opened(t, 'fresh');
  const answers = (async () => {
    for (const reply of [full, full, { formatVersion: 2, done: true, dataset: 'd', id: 7, revision: 2, files: [] }]) {
      await answer(root, reply);
    }
  })();
  assert.deepEqual(await pool.publish('d', { x: Int16Array.of(1) }, { signal: AbortSignal.timeout(PATIENCE_MS) }), { id: 7, revision: 2 });
  await answers;
  assert.deepEqual(fs.readdirSync(path.join(root, 'incoming')), []);

  const end = new AbortController();
  const published = pool.publish('d', { x: Int16Array.of(1) }, { signal: end.signal });
  const refused = assert.rejects(published, code('FULL'));
  await answer(root, full);
  end.abort();
  await refused;
  assert.deepEqual(fs.readdirSync(path.join(root, 'incoming')), []);
});

test('more than a dataset may have is refused', async (t) => {
  const { pool, root } = opened(t, 'fresh');
  const groups = Object.fromEntries(Array.from({ length: (1 << 17) + 1 }, (_, i) => [`g${i}`, {}]));
  const attributes = { a: Array.from({ length: 1 << 18 }, () => 1) };
  const creator = { participant: 0, processId: 1, incarnation: '0123456789abcdef' };
  for (const wrong of [{ groups }, { attributes }]) {
    await assert.rejects(pool.publish('d', {}, wrong), code('ARGUMENT'));
    const content = { persistent: true, attributes: {}, groups: {}, segments: [], ...wrong };
    const bytes = Buffer.from(JSON.stringify({ formatVersion: 2, id: 1, revision: 1, publishedAtMs: 1, creator, content }));
    assert.throws(() => parseManifest('d', 'd', bytes, 1), { code: 'CORRUPT', message: /at most/ });
  }
  assert.deepEqual(fs.readdirSync(path.join(root, 'incoming')), []);
});

test('a request that nobody answers is taken back', async (t) => {
  const { pool, root } = opened(t, 'fresh');
  await assert.rejects(pool.publish('d', { x: Int16Array.of(1) }, { signal: AbortSignal.timeout(10) }), { name: 'TimeoutError' });
  assert.deepEqual(fs.readdirSync(path.join(root, 'incoming')), []);
});

test('an error before a request leaves nothing', async (t) => {
  const { pool, root } = opened(t, 'fresh');
  for (const [dataset, segments, options] of [
    ['a//b', {}],
    ['d', { x: [1, 2] }],
    ['d', { x: null }],
    ['d', { x: { data: Int8Array.of(1), shape: [2] } }],
    ['d', { x: { data: Int8Array.of(1), shape: [1], dtype: '>i1' } }],
    ['d', { x: Int8Array.of(1) }, { attributes: { a: null } }],
    ['d', { x: Int8Array.of(1) }, { attributes: { a: NaN } }],
    ['d', { x: Int8Array.of(1) }, { groups: { g: { '': 1 } } }],
  ]) {
    await assert.rejects(pool.publish(dataset, segments, options), code('ARGUMENT'));
  }
  assert.deepEqual(fs.readdirSync(path.join(root, 'incoming')), []);
});

test('what is written is read as the same array', async (t) => {
  const { root, pool } = opened(t, 'fresh');
  const files = archive('arrays.zip');
  const arrays = new Map();
  for (const { file, errors } of json('arrays.json')) {
    if (!errors && !file.startsWith('strided')) {
      arrays.set(file, new Segment({ path: file }, Buffer.from(files.get(file))).array());
    }
  }
  const answered = answer(root, { formatVersion: 2, done: true, dataset: 'd', id: 7, revision: 2, files: [] });
  await pool.publish('d', Object.fromEntries(arrays), { signal: AbortSignal.timeout(PATIENCE_MS) });
  for (const { path: file, bytes } of (await answered).segments) {
    const [before, after] = [arrays.get(file), new Segment({ path: file }, bytes).array()];
    assert.equal(after.dtype, before.dtype);
    assert.deepEqual(after.shape, before.shape);
    assert.equal(after.isFortran, before.isFortran);
    assert.deepEqual(after.packed, before.packed);
  }
});

test('numbers keep their digits', () => {
  const text = '{"whole":1,"large":9007199254740993,"least":-9223372036854775808,"double":0.5,"huge":1e+300,"minus":-0.0}';
  assert.equal(stringify({ whole: 1, large: 9007199254740993n, least: -(2n ** 63n), double: 0.5, huge: 1e300, minus: -0 }), text);
  assert.equal(parse(Buffer.from(text)).large, 9007199254740993n);
  assert.equal(stringify(2 ** 62), '4611686018427387904');
  assert.throws(() => stringify('\ud800'), TypeError);
});

/** Numbers from a seed, for damage (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

/** With some bytes changed, and perhaps cut. */
function damaged(bytes, random) {
  const changed = Buffer.from(bytes);
  for (let i = random(4); i >= 0 && changed.length > 0; i--) {
    // Most that matters stands at the beginning.
    changed[random(Math.min(changed.length, 1 << (4 + random(16))))] = random(256);
  }
  return random(4) === 0 ? changed.subarray(0, random(changed.length + 1)) : changed;
}

function onlyShmErrors(action) {
  try {
    return action();
  } catch (e) {
    assert(e instanceof ShmError, e);
    return undefined;
  }
}

function seeded(t) {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 32);
  t.diagnostic(`SEED=${seed}`);
  return randomOf(seed);
}

test('a damaged array is an error', (t) => {
  const random = seeded(t);
  const files = [...archive('arrays.zip').values()];
  for (let i = 0; i < 20_000; i++) {
    const segment = new Segment({ path: 'x' }, Buffer.from(damaged(files[random(files.length)], random)));
    const array = onlyShmErrors(() => segment.array());
    if (array) {
      for (const _ of array) {
        if (random(50) === 0) {
          break;
        }
      }
      onlyShmErrors(() => array.data);
    }
  }
});

test('a damaged pool is an error', async (t) => {
  const random = seeded(t);
  const { directory, root } = unpack(t, 'published');
  const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (let i = 0; i < 400; i++) {
    const entry = files[random(files.length)];
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const before = fs.readFileSync(file);
    fs.writeFileSync(file, damaged(before, random));
    const pool = onlyShmErrors(() => open(NAME, { directory }));
    for (const name of (pool && onlyShmErrors(() => pool.datasets())) ?? []) {
      const dataset = await pool.read(name).catch((e) => onlyShmErrors(() => { throw e; }));
      dataset?.paths.forEach((each) => onlyShmErrors(() => dataset.array(each)));
    }
    pool?.close();
    fs.writeFileSync(file, before);
  }
});
