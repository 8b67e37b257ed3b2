export { NdArray } from './array.js';
export { Dataset, Segment } from './dataset.js';
export { ShmError } from './errors.js';
export { Pool, open, pools } from './pool.js';
