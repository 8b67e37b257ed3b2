import type { Table } from 'apache-arrow';

/** What can be done about an error. */
export type ShmErrorCode =
  | 'ABSENT'
  | 'PERMISSION'
  | 'ARGUMENT'
  | 'CORRUPT'
  | 'VERSION'
  | 'REFUSED'
  | 'FULL'
  | 'TYPE'
  | 'CLOSED'
  | 'SYSTEM';

/** What goes wrong in a pool; the message is one sentence. */
export class ShmError extends Error {
  readonly code: ShmErrorCode;
}

/** The value of an attribute. Whole numbers that a number has not exactly are bigints. */
export type Attribute = string | boolean | number | bigint | Attribute[] | { [name: string]: Attribute };

export type Attributes = Record<string, Attribute>;

/** Tells apart what was published under a name: renaming keeps both, overwriting keeps the id. */
export interface Publication {
  id: number;
  revision: number;
}

/** What stands about a dataset in its pool. */
export interface DatasetInfo extends Publication {
  name: string;
  publishedAtMs: number;
  creatorProcessId: number;
  /** Whether it stays until it is deleted; otherwise it ends with the process that has published it. */
  persistent: boolean;
  attributes: Attributes;
  /** Attributes of groups of segments, by their paths. */
  groups: Record<string, Attributes>;
}

export interface SegmentInfo {
  path: string;
  /** In bytes. */
  length: number;
  /** For people: type and shape of an array, or rows and columns of a table. */
  description: string;
  attributes: Attributes;
}

export interface Place {
  /** Of all pools; by default what ARROW_SHM_DIR says, or else /dev/shm. */
  directory?: string;
}

/** Names of the pools of this user. */
export function pools(place?: Place): string[];

/** Opens a pool of this user, from which datasets are read. This process does not take part in it then. */
export function open(name: string, place?: Place): Pool;

/** What happened to a name: there is a publication that was not there before, or there is none any more. */
export type Event = ({ dataset: string; removed?: undefined } & Publication) | { dataset: string; removed: true };

export interface PublishOptions {
  /** Whether a dataset of that name is replaced; otherwise it is an error that there is one. */
  overwrite?: boolean;
  attributes?: Attributes;
  groups?: Record<string, Attributes>;
  /** Without it an answer is awaited, and room for the dataset, for ever. */
  signal?: AbortSignal;
}

/**
 * What is published at a path: a typed array, of one dimension; an array; elements of any type, one behind the other; or all
 * bytes of an .npy file, an Arrow IPC file or stream, or an Arrow tensor message.
 */
export type NewSegment =
  | NumberArray
  | NdArray
  | { data: ArrayBufferView; shape: number[]; dtype?: string; fortran?: boolean; attributes?: Attributes }
  | { file: Uint8Array; attributes?: Attributes };

/** An open pool. */
export class Pool {
  private constructor();
  readonly name: string;
  /** How many bytes all segments may take. */
  readonly sizeBytes: number;
  /** Names of all datasets, sorted. */
  datasets(): string[];
  /** What stands about a dataset, without reading its segments. */
  info(dataset: string): DatasetInfo & { segments: SegmentInfo[] };
  /** Copies a dataset: all of it, and of one publication. */
  read(dataset: string): Promise<Dataset>;
  /**
   * Tells what datasets there are, and then what is published, overwritten, renamed and removed, until the signal is aborted,
   * the pool is removed or the loop is left. What happens to one name in a row is told as one event.
   */
  watch(options?: { signal?: AbortSignal }): AsyncGenerator<Event, void, undefined>;
  /** Reads a dataset as soon as it is there, in another publication than `after`, if that is given. */
  wait(dataset: string, options?: { after?: Publication; signal?: AbortSignal }): Promise<Dataset>;
  /**
   * Asks those who take part in the pool to publish a dataset, which is persistent then, and waits for the answer. While
   * there is no room for it in the pool it is asked for again and again: the error is 'FULL' if there is none when the signal is
   * aborted. Once that is aborted the request is taken back; it may have been carried out all the same.
   */
  publish(dataset: string, segments: Record<string, NewSegment>, options?: PublishOptions): Promise<Publication>;
  /** Closes it. What was read stays. */
  close(): void;
}

/** A copy of what was published under a name, at one time. */
export class Dataset implements DatasetInfo {
  private constructor();
  readonly name: string;
  readonly id: number;
  readonly revision: number;
  readonly publishedAtMs: number;
  readonly creatorProcessId: number;
  readonly persistent: boolean;
  readonly attributes: Attributes;
  readonly groups: Record<string, Attributes>;
  /** Of all segments, sorted. */
  readonly paths: string[];
  segment(path: string): Segment;
  array(path: string): NdArray;
  /** Needs apache-arrow. */
  table(path: string): Promise<Table>;
}

/** An array or a table in a dataset. */
export class Segment {
  private constructor();
  readonly path: string;
  readonly description: string;
  readonly attributes: Attributes;
  /** All of an Arrow IPC file, an Arrow tensor message or an .npy file. */
  readonly bytes: Uint8Array;
  /** Whether it is an Arrow IPC file, and no array. */
  readonly isTable: boolean;
  array(): NdArray;
  /** Needs apache-arrow. */
  table(): Promise<Table>;
}

export type NumberArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** bigint of 64 bits and of times, the smallest one of which is NaT; [real, imaginary]; Uint8Array of |S and of structures. */
export type Element = boolean | number | bigint | [number, number] | string | Uint8Array;

/** An n-dimensional array of NumPy's types. */
export class NdArray implements Iterable<Element> {
  private constructor();
  /** As NumPy spells it: `<f8`, `|b1`, `<M8[ns]`, `[('a', '<f4'), ('b', '<i2', (3,))]`. */
  readonly dtype: string;
  readonly shape: number[];
  /** In bytes. */
  readonly strides: number[];
  /** Names of the dimensions, which may be empty. */
  readonly dimensions: string[];
  readonly attributes: Record<string, string>;
  readonly size: number;
  /** Whether the first index is the fastest, and not the last. */
  readonly isFortran: boolean;
  /** The bytes from the first element on. */
  readonly bytes: Uint8Array;
  /** The bytes of all elements, which must lie one behind the other, in C's or in Fortran's order. */
  readonly packed: Uint8Array;
  /**
   * A typed array of the elements in the order in which they lie in memory, C's or Fortran's: the same memory, if that is
   * aligned. Elements of <f2 are their bits, complex ones pairs, times BigInts, truths 0 and 1.
   */
  readonly data: NumberArray;
  at(...index: number[]): Element;
  /** The elements in the order of their indices, the last one fastest. */
  [Symbol.iterator](): Iterator<Element>;
  /** The same field of every element of an array of structures. Dimensions of the field's own are behind the array's. */
  field(name: string): NdArray;
}
