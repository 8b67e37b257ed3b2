// What stands about a dataset in its pool (FORMAT.md, 10.3).

import { ShmError, corrupt } from './errors.js';
import { Fields, parse } from './json.js';
import { checkPath } from './names.js';

export const FORMAT_VERSION = 2;
export const MOST_MANIFEST_BYTES = 16 << 20;
const MOST_DESCRIPTION = 1000;
const MOST_PARTICIPANTS = 128;
/** Segments and groups of a dataset, together. */
const MOST_ENTRIES = 1 << 17;
/** In all attributes of a dataset, its groups and its segments. */
const MOST_VALUES = 1 << 18;
/** Of any text of the format, and some more: a segment with its fields is seven. */
const MOST_JSON = 8 * MOST_ENTRIES + MOST_VALUES;

/**
 * Reads one object of a version of the format; whatever is wrong with it is one error.
 *
 * @param read what is to be read of its fields
 */
export function parseDocument(what, bytes, read) {
  try {
    const value = parse(bytes, MOST_JSON);
    const version = value.formatVersion;
    if (Number.isInteger(version) && version !== FORMAT_VERSION) {
      const message = `${what} has format version ${version}, this library reads ${FORMAT_VERSION}: use a library of that version`;
      throw new ShmError('VERSION', message);
    }
    const fields = new Fields('it', value);
    fields.whole('formatVersion', FORMAT_VERSION, FORMAT_VERSION);
    return read(fields);
  } catch (e) {
    if (e instanceof SyntaxError || e instanceof TypeError || e instanceof RangeError) {
      throw corrupt(what, e.message);
    }
    throw e;
  }
}

/** @param slots how many slots the pool has */
export function parseManifest(name, what, bytes, slots) {
  return parseDocument(what, bytes, (fields) => {
    const most = Number.MAX_SAFE_INTEGER;
    const info = {
      name,
      id: fields.whole('id', 1, most),
      revision: fields.whole('revision', 1, most),
      publishedAtMs: fields.whole('publishedAtMs', 0, most),
    };
    const creator = new Fields('"creator"', fields.any('creator'));
    creator.whole('participant', 0, MOST_PARTICIPANTS - 1);
    info.creatorProcessId = creator.whole('processId', 0, most);
    creator.bits('incarnation');
    const content = new Fields('"content"', fields.any('content'));
    info.persistent = content.truth('persistent');
    info.attributes = content.attributes('attributes');
    const groups = new Fields('"groups"', content.any('groups'));
    info.groups = Object.create(null);
    for (const path of groups.names()) {
      info.groups[path] = groups.attributes(path);
    }
    info.segments = content.list('segments').map((segment) => parseSegment(segment, slots));
    [fields, creator, content, groups].forEach((each) => each.end());
    checkCounts(info);
    checkPaths(info);
    return info;
  });
}

function parseSegment(value, slots) {
  const fields = new Fields('a segment', value);
  const segment = {
    path: fields.text('path'),
    length: fields.whole('length', 0, Number.MAX_SAFE_INTEGER),
    description: fields.text('description'),
    attributes: fields.attributes('attributes'),
    slot: fields.whole('slot', 0, slots - 1),
    generation: fields.whole('generation', 1, Number.MAX_SAFE_INTEGER),
  };
  if (segment.description.length > MOST_DESCRIPTION) {
    throw new TypeError(`a description has ${segment.description.length} characters, at most ${MOST_DESCRIPTION} are allowed`);
  }
  fields.end();
  return segment;
}

/** Whether there is no more in a dataset, or in what is to be one, than any reader takes. */
export function checkCounts({ attributes, groups, segments }) {
  const entries = Object.keys(groups).length + segments.length;
  const all = [attributes, ...Object.values(groups), ...segments.map((segment) => segment.attributes)];
  const values = all.reduce((sum, each) => sum + count(each) - 1, 0);
  if (entries > MOST_ENTRIES || values > MOST_VALUES) {
    throw new TypeError(
      `there are ${entries} segments and groups and ${values} values in attributes, at most ${MOST_ENTRIES} and ${MOST_VALUES} ` +
        'are allowed: use several datasets',
    );
  }
}

/** Values in one, at any depth, and itself. */
const count = (value) =>
  typeof value === 'object' ? Object.values(value).reduce((sum, field) => sum + count(field), 1) : 1;

/** Whether every path can be where it is, and every slot has the generation that is said. */
function checkPaths({ groups, segments }) {
  const parents = new Set(Object.keys(groups));
  for (const path of [...Object.keys(groups), ...segments.map((segment) => segment.path)]) {
    checkPath(path);
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      parents.add(path.slice(0, end));
    }
  }
  const paths = new Set();
  const generations = new Map();
  for (const { path, slot, generation } of segments) {
    if (parents.has(path) || paths.has(path)) {
      throw new TypeError(`the path ${JSON.stringify(path)} is that of two segments, or of a group, or of what another path lies in`);
    }
    paths.add(path);
    if ((generations.get(slot) ?? generation) !== generation) {
      throw new TypeError(`slot ${slot} has two generations`);
    }
    generations.set(slot, generation);
  }
}
