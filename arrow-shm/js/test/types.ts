// What users type, looked at by the compiler, and never run.

import { open, pools, ShmError, type Attributes, type Publication } from 'arrow-shm';

const pool = open(pools({ directory: '/dev/shm' })[0]);
const info = pool.info('run-42');
const attributes: Attributes = info.attributes;
const length: number = info.segments[0].length;

const run = await pool.read('run-42');
const frames = run.array('camera/frames');
const first = frames.at(0, 0, 0);
if (typeof first === 'bigint') {
  first + 1n;
}
if (frames.data instanceof Float32Array) {
  frames.data.fill(length);
}
const table = await run.table('table');
table.numRows + 1;

for await (const event of pool.watch({ signal: AbortSignal.timeout(1000) })) {
  if (event.removed) {
    // @ts-expect-error There is no publication any more.
    event.id;
  } else {
    const publication: Publication = event;
    publication.revision + 1;
  }
}

try {
  const published = await pool.publish(
    'run-43',
    {
      numbers: Float64Array.of(1, 2),
      again: frames,
      times: { data: BigInt64Array.of(7n), shape: [1], dtype: '<M8[ns]', attributes: { unit: 'ns' } },
      table: { file: new Uint8Array() },
    },
    { overwrite: true, attributes: { ...attributes, id: 2n ** 60n } },
  );
  await pool.wait('run-43', { after: published });
} catch (e) {
  if (e instanceof ShmError && e.code === 'REFUSED') {
    console.log(e.message);
  }
}

// @ts-expect-error Lists of numbers have no type of elements.
await pool.publish('d', { x: [1, 2] });
