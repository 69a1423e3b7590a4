// The shadow of shared memory. Every buffer is divided into cells of four bytes, or of one
// byte once something smaller than four is accessed (the exploration then begins again). A
// cell knows the steps that touched it, for the partial order, and who accessed it when, for
// the race detector.

import { Refine } from './failure.ts';
import { MAX_THREADS, type AsyncWaiter, type Thread } from './thread.ts';

/** Any view whose elements can be accessed one by one. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** The last atomic accesses of one range of bytes by each thread, as clocks, 0 for none. */
export class AtomicAccesses {
  readonly range: number;
  readonly reads: Int32Array = new Int32Array(MAX_THREADS);
  readonly writes: Int32Array = new Int32Array(MAX_THREADS);
  readonly readSites: Int32Array = new Int32Array(MAX_THREADS);
  readonly writeSites: Int32Array = new Int32Array(MAX_THREADS);

  constructor(range: number) {
    this.range = range;
  }
}

/** What is known of a cell in the current execution. */
export class Cell {
  epoch = -1;
  /** The last step that wrote it, and the steps that read it since. */
  lastWrite = -1;
  readonly readers: number[] = [];
  /** The same for the list of waiters. */
  lastListChange = -1;
  readonly listReaders: number[] = [];

  /** What happened before the last write, where that was atomic; its first byte and length in one number. */
  hasRelease = false;
  readonly release: Int32Array = new Int32Array(MAX_THREADS);
  releaseRange = 0;
  /** Where that write stands, and whose it was. */
  releaseSite = -1;
  releaseThread = -1;
  /** The same for the critical section of the list of waiters. */
  hasListRelease = false;
  readonly listRelease: Int32Array = new Int32Array(MAX_THREADS);
  readonly waiters: (Thread | AsyncWaiter)[] = [];

  // Clocks of the last access of each kind by each thread, 0 for none, and where they stand.
  readonly plainReads: Int32Array = new Int32Array(MAX_THREADS);
  readonly plainWrites: Int32Array = new Int32Array(MAX_THREADS);
  readonly plainReadSites: Int32Array = new Int32Array(MAX_THREADS);
  readonly plainWriteSites: Int32Array = new Int32Array(MAX_THREADS);
  /** The same for atomics, one entry for each range of bytes; nearly always there is one. */
  readonly atomics: AtomicAccesses[] = [];
  /** True once something was written to it in this execution. */
  isWritten = false;
  #spare: AtomicAccesses | undefined;

  /** Finds or makes the entry of a range. */
  atomicsOf(range: number): AtomicAccesses {
    for (const accesses of this.atomics) if (accesses.range === range) return accesses;
    const accesses = this.#spare?.range === range ? this.#spare : new AtomicAccesses(range);
    if (accesses === this.#spare) {
      for (let t = 0; t < MAX_THREADS; t++) accesses.reads[t] = accesses.writes[t] = 0;
      this.#spare = undefined;
    }
    this.atomics.push(accesses);
    return accesses;
  }

  reset(epoch: number): void {
    this.#spare = this.atomics[0] ?? this.#spare;
    this.epoch = epoch;
    this.lastWrite = -1;
    if (this.readers.length > 0) this.readers.length = 0;
    this.lastListChange = -1;
    if (this.listReaders.length > 0) this.listReaders.length = 0;
    this.hasRelease = false;
    this.hasListRelease = false;
    if (this.waiters.length > 0) this.waiters.length = 0;
    for (let t = 0; t < MAX_THREADS; t++) this.plainReads[t] = this.plainWrites[t] = 0;
    if (this.atomics.length > 0) this.atomics.length = 0;
    this.isWritten = false;
  }
}

interface BufferRecord {
  epoch: number;
  /** The number of the first cell in this execution. */
  base: number;
  /** The cell's size as a power of two. */
  shift: number;
  /** In which order it was first used, which is the same in every execution. */
  order: number;
}

const RECORD = Symbol('model-checker');
type Tracked = SharedArrayBuffer & { [RECORD]?: BufferRecord };

const WORD = 2;

/** The memory of the executions of one exploration. */
export class Memory {
  epoch = 0;
  /** The cells by number; 0 belongs to no buffer. */
  readonly #cells: Cell[] = [];
  readonly #pool: SharedArrayBuffer[] = [];
  /** By order of first use: buffers that need cells of one byte. */
  readonly #fine: Set<number> = new Set();
  #allocated = 0;
  #used = 0;
  #next = 1;

  /** Begins an execution: all of memory is new. */
  begin(): void {
    this.epoch++;
    this.#allocated = 0;
    this.#used = 0;
    this.#next = 1;
  }

  /** Forgets what earlier explorations needed. */
  forget(): void {
    this.#fine.clear();
    this.#pool.length = 0;
  }

  /** Allocates a zeroed buffer; the same one in every execution. */
  allocate(byteLength: number): SharedArrayBuffer {
    const pooled = this.#pool[this.#allocated];
    if (pooled?.byteLength === byteLength) {
      this.#allocated++;
      new Uint8Array(pooled).fill(0);
      return pooled;
    }
    const made = new SharedArrayBuffer(byteLength);
    this.#pool[this.#allocated++] = made;
    return made;
  }

  /** Gives the number of the cell at a byte of a buffer, after making sure the access fits its cells. */
  keyOf(buffer: SharedArrayBuffer, byteOffset: number, byteLength: number): number {
    const record = this.#record(buffer);
    if (byteLength < 1 << record.shift || (byteOffset & ((1 << record.shift) - 1)) !== 0) {
      this.#fine.add(record.order);
      throw new Refine();
    }
    return record.base + (byteOffset >> record.shift);
  }

  /** Counts the cells of an access that {@link keyOf} accepted. */
  cellsOf(buffer: SharedArrayBuffer, byteLength: number): number {
    return byteLength >> this.#record(buffer).shift;
  }

  cell(key: number): Cell {
    let cell = this.#cells[key];
    if (cell === undefined) this.#cells[key] = cell = new Cell();
    if (cell.epoch !== this.epoch) cell.reset(this.epoch);
    return cell;
  }

  /** Gives the cell that stands for something other than memory, such as a thread's queue of tasks. */
  virtualKey(): number {
    return this.#next++;
  }

  /** Numbers a buffer by its first use. */
  orderOf(buffer: SharedArrayBuffer): number {
    return this.#record(buffer).order;
  }

  #record(buffer: Tracked): BufferRecord {
    const record = (buffer[RECORD] ??= { epoch: -1, base: 0, shift: WORD, order: 0 });
    if (record.epoch !== this.epoch) {
      record.epoch = this.epoch;
      record.order = this.#used++;
      record.shift = this.#fine.has(record.order) ? 0 : WORD;
      record.base = this.#next;
      this.#next += (buffer.byteLength >> record.shift) + 1;
    }
    return record;
  }
}

/** Tells whether a value is a view of shared memory; DataView included. */
export function isSharedView(value: unknown): value is ArrayBufferView<SharedArrayBuffer> {
  return ArrayBuffer.isView(value) && value.buffer instanceof SharedArrayBuffer;
}
