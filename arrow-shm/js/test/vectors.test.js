import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { open, pools, Segment, ShmError } from '../src/index.js';
import { DType } from '../src/dtype.js';
import { checkPath, datasetOf, fileName } from '../src/names.js';
import { parseManifest } from '../src/manifest.js';
import { NAME, POOLS, archive, filledIn, json, unpack } from './vectors.js';

const CODES = { corrupt: 'CORRUPT', 'wrong version': 'VERSION', 'no permission': 'PERMISSION', argument: 'ARGUMENT', absent: 'ABSENT' };

function assertRefused(action, kinds) {
  assert.throws(action, (e) => {
    assert(e instanceof ShmError, e);
    assert(kinds.some((kind) => CODES[kind] === e.code), `${e.code} is none of ${kinds}: ${e.message}`);
    assert.doesNotMatch(e.message, /\n/);
    return true;
  });
}

/** With the prototypes of objects alike, and bigints as JSON.parse has them. */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? Number(field) : field)));

for (const [name, expected] of POOLS) {
  test(`the pool ${name} shows its datasets`, (t) => {
    const pool = open(NAME, unpack(t, name));
    t.after(() => pool.close());
    assert.equal(pool.sizeBytes, expected.sizeBytes);
    const readable = pool.datasets().filter((dataset) => {
      try {
        return pool.info(dataset);
      } catch (e) {
        assert.equal(e.code, 'CORRUPT');
        return false;
      }
    });
    assert.deepEqual(readable, expected.datasets.map((dataset) => dataset.name).sort());
    for (const { name: dataset, content } of expected.datasets) {
      const { persistent, attributes, groups, segments } = plain(pool.info(dataset));
      assert.deepEqual({ persistent, attributes, groups, segments }, content);
    }
  });
}

test('arrays are copied', async (t) => {
  const expected = POOLS.get('published');
  const pool = open(NAME, unpack(t, 'published'));
  t.after(() => pool.close());
  for (const { name, content } of expected.datasets) {
    const dataset = await pool.read(name);
    assert.equal(dataset.name, name);
    for (const segment of content.segments) {
      assert.deepEqual([...dataset.array(segment.path)], expected.arrays[segment.slot].values);
    }
  }
});

for (const change of json('refused-pools.json')) {
  test(`a pool is refused: ${change.what}`, (t) => {
    const { directory, root, id } = unpack(t, 'fresh');
    make(change, directory, root, id);
    assertRefused(() => open(NAME, { directory }), change.errors);
    pools({ directory });
  });
}

function make(change, directory, root, id) {
  const file = path.join(root, change.file ?? '');
  if (change.target) {
    const target = filledIn(change.target, id);
    fs.rmSync(path.join(directory, NAME));
    fs.symlinkSync(target, path.join(directory, NAME));
    if (change.renamed) {
      fs.renameSync(root, path.join(directory, target));
    }
  } else if (change.mode) {
    fs.chmodSync(file, parseInt(change.mode, 8));
  } else if (change.absent) {
    fs.rmSync(file);
  } else if (change.fifo) {
    fs.rmSync(file);
    execFileSync('mkfifo', ['-m', '600', file]);
  } else if (change.link) {
    fs.renameSync(file, path.join(directory, '.aside'));
    fs.symlinkSync(path.join(directory, '.aside'), file);
  } else {
    fs.writeFileSync(file, bytesOf(change, fs.readFileSync(file), id));
  }
}

function bytesOf(change, before, id) {
  if (change.cut) {
    return before.subarray(0, before.length - change.cut);
  }
  if (change.hex) {
    Buffer.from(change.hex, 'hex').copy(before, change.offset);
    return before;
  }
  return filledIn(change.text, id) + ' '.repeat(change.spaces ?? 0);
}

const ARRAYS = archive('arrays.zip');

for (const expected of json('arrays.json')) {
  test(`the array ${expected.file}`, () => {
    const segment = new Segment({ path: expected.file }, Buffer.from(ARRAYS.get(expected.file)));
    if (expected.errors) {
      assertRefused(() => segment.array(), expected.errors);
      return;
    }
    const array = segment.array();
    const { dtype, shape, strides, dimensions, attributes } = array;
    assert.deepEqual(
      { dtype, shape, strides, dimensions, attributes: plain(attributes) },
      Object.fromEntries(['dtype', 'shape', 'strides', 'dimensions', 'attributes'].map((key) => [key, expected[key]])),
    );
    assert.equal(String(DType.parse(dtype)), dtype);
    assertValues(array, expected);
  });
}

function assertValues(array, expected) {
  if (expected.fields) {
    for (const [name, content] of Object.entries(expected.fields)) {
      const field = array.field(name);
      assert.deepEqual(field.shape, content.shape);
      assertValues(field, content);
    }
    return;
  }
  const kind = array.dtype[1];
  assert.deepEqual([...array].map((value) => canonical(kind, value)), expected.values.map((value) => vectorValue(kind, value)));
}

const NAT = -(2n ** 63n);

function canonical(kind, value) {
  if (typeof value === 'bigint') {
    return value === NAT && 'Mm'.includes(kind) ? 'NaT' : String(value);
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('hex');
  }
  if (Array.isArray(value)) {
    return value.map((part) => canonical('f', part)).join(' ');
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

/** As it is written here; whoever reads numbers does not see the bits of a NaN. */
function vectorValue(kind, value) {
  if (Array.isArray(value)) {
    return value.map((part) => vectorValue('f', part)).join(' ');
  }
  if (kind !== 'f') {
    return String(value);
  }
  return value.startsWith('nan') ? 'NaN' : canonical(kind, Number(value.replace('inf', 'Infinity')));
}

test('names of datasets and their files', () => {
  const names = json('names.json');
  for (const { name, file } of names.datasets) {
    assert.equal(fileName(name), file);
    assert.equal(datasetOf(file), name);
  }
  for (const { name } of names.refused) {
    assertRefused(() => fileName(name), ['argument']);
  }
  for (const file of [...names.strangers, ...names.aside]) {
    assert.equal(datasetOf(file), undefined, file);
  }
  names.paths.right.forEach(checkPath);
  for (const refused of names.paths.refused) {
    assert.throws(() => checkPath(refused), TypeError);
  }
});

for (const expected of json('manifests.json')) {
  test(`a manifest: ${expected.what}`, () => {
    const bytes = expected.hex ? Buffer.from(expected.hex, 'hex') : Buffer.from(expected.text);
    if (expected.errors) {
      assertRefused(() => parseManifest('test', 'test.json', bytes, 8), expected.errors);
      return;
    }
    const { id, revision, publishedAtMs, creator, content } = expected.reading;
    const info = parseManifest('test', 'test.json', bytes, 8);
    assert.deepEqual([info.id, info.revision, info.publishedAtMs, info.creatorProcessId], [id, revision, publishedAtMs, creator.processId]);
    assert.equal(info.persistent, content.persistent);
    assert.deepEqual(attributes(info.attributes), untagged({ object: content.attributes }));
    assert.deepEqual(
      info.segments.map((segment) => ({ ...segment, attributes: attributes(segment.attributes) })),
      content.segments.map((segment) => ({ ...segment, attributes: untagged({ object: segment.attributes }) })),
    );
    assert.deepEqual(
      Object.entries(info.groups).map(([path, group]) => [path, attributes(group)]),
      Object.entries(content.groups).map(([path, group]) => [path, untagged({ object: group })]),
    );
  });
}

/** With bigints and the prototypes of objects as they are compared. */
function attributes(value) {
  if (Array.isArray(value)) {
    return value.map(attributes);
  }
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, attributes(field)]));
  }
  return value;
}

function untagged(value) {
  if (Array.isArray(value)) {
    return value.map(untagged);
  }
  if (value.whole !== undefined) {
    const whole = BigInt(value.whole);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  if (value.double !== undefined) {
    return Number(value.double);
  }
  if (value.object !== undefined) {
    return Object.fromEntries(Object.entries(value.object).map(([name, field]) => [name, untagged(field)]));
  }
  return value;
}
