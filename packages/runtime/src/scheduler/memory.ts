// The shared memory of a runtime: a header, a lane for each thread that spawns tasks, and the
// slots of the tasks. Lane 0 belongs to the thread that built the runtime, the others to its
// workers and to the threads of the blocking pool; a thread that takes the place of a lost one
// takes over its lane.
//
// Any worker may vanish between any two of its steps. So nothing here is ever locked, every
// structure is whole after each single write, and what a lost thread held is found by looking
// at all slots. A queue only hints at slots: the state of a slot decides (slot.ts).

import {
  defineLayout,
  defineStructure,
  type Handle,
  HEADER_FIELDS,
  type Layout,
  type Region,
} from '@concurrency-lab/atomics';

/** Names the memory of a runtime to another thread. */
export type MemoryHandle = Handle<'runtime'>;

/** Stands for "no slot" and "nothing there". */
export const NONE = -1;

/** So many workers share a word of the idle set: each has a bit for parked, and one for searching. */
export const WORKERS_PER_WORD = 16;
/** So many slots are a page, which one lane owns at a time. */
export const SLOTS_PER_PAGE = 32;

/** Most workers of a runtime. */
export const MOST_WORKERS = 256;
/** Most threads of the blocking pool. */
export const MOST_BLOCKING = 512;
/** Most slots of a runtime. */
export const MOST_SLOTS: number = 2 ** 20;

const HEAD = defineLayout({
  ...HEADER_FIELDS,
  lanes: 'int32', // of the first thread and the workers; written once
  blocking: 'int32', // lanes of the blocking pool, after the others; written once
  slots: 'int32', // how many; written once
  ring: 'int32', // entries of each ring; written once
  phase: { kind: 'int32', isolated: true }, // OPEN, then CLOSING; the first lane writes it
  idle: { kind: 'int32', count: MOST_WORKERS / WORKERS_PER_WORD, isolated: true }, // idle.ts
  listening: { kind: 'int32', count: MOST_WORKERS / 32, isolated: true }, // idle.ts
  end: { kind: 'int32', isolated: true },
});

/** Says where the words of a lane lie, from its first; the ring follows them. */
export const LANE: Layout<
  'head' | 'tail' | 'next' | 'inbox' | 'taken' | 'bell' | 'attention' | 'seat' | 'counters' | 'ring'
> = defineLayout({
  head: { kind: 'int32', isolated: true }, // run-queue.ts
  tail: { kind: 'int32', isolated: true },
  next: { kind: 'int32', isolated: true }, // next-slot.ts
  inbox: { kind: 'int32', isolated: true }, // inbox.ts
  taken: { kind: 'int32', isolated: true },
  bell: { kind: 'int32', isolated: true }, // bell.ts
  attention: { kind: 'int32', isolated: true }, // set by others, cleared by the lane's thread
  seat: { kind: 'int32', isolated: true }, // the number of the lane's present thread; 0 while there is none
  counters: { kind: 'int32', count: 16, isolated: true }, // counters.ts
  ring: { kind: 'int32', isolated: true },
});

/** Says where the words of a slot lie, from its first. */
export const SLOT: Readonly<Record<'state' | 'link' | 'task' | 'owner' | 'tag' | 'outcome' | 'id' | 'parent', number>> =
  {
    /** slot.ts */
    state: 0,
    /** Links completed slots; inbox.ts */
    link: 1,
    /** Names the function. */
    task: 2,
    /** The lane that spawned the task. */
    owner: 3,
    /** What the payload is. */
    tag: 4,
    /** How the task ended; before that, how many tasks it has spawned as a machine and not joined. */
    outcome: 5,
    /** Numbers the task among those of its lane. */
    id: 6,
    /** The slot of the machine that spawned the task and waits for it, plus 1; or 0. machine-slot.ts */
    parent: 7,
  };
/** Bytes before the payload of a slot. */
export const PAYLOAD_BYTE = 32;
/** Bytes of a payload. */
export const PAYLOAD_BYTES = 96;
const SLOT_WORDS = (PAYLOAD_BYTE + PAYLOAD_BYTES) / 4;

const RUNTIME = defineStructure({ kind: 'runtime', version: 1, ...HEAD });
const {
  lanes: LANES,
  blocking: BLOCKING,
  slots: SLOTS,
  ring: RING,
  phase: PHASE,
  idle: IDLE,
  listening: LISTENING,
} = HEAD.index;

/** Says how many lanes and slots a memory has. */
export interface MemorySize {
  /** 1 for the thread that builds the runtime, and 1 for each worker. */
  readonly lanes: number;
  /** Lanes of the blocking pool, which have no room in their queues; none where not given. */
  readonly blocking?: number | undefined;
  /** A multiple of 32. */
  readonly slots: number;
  /**
   * Entries of each lane's ring: a power of two. Twice the slots where not given: room for every
   * task, and for as many entries again that a recovery repeats.
   */
  readonly ring?: number | undefined;
}

/** Is the phase of a runtime that takes tasks. */
export const OPEN = 0;
/** Is the phase in which workers leave, and start nothing more. */
export const CLOSING = 1;

/** Holds the views of a runtime's memory, and says where things lie in it. */
export class RuntimeMemory {
  readonly handle: MemoryHandle;
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array<SharedArrayBuffer>;
  /** Counts the lanes of the first thread and the workers. */
  readonly lanes: number;
  /** Counts all lanes: those of the blocking pool are the last. */
  readonly allLanes: number;
  readonly slots: number;
  /** Entries in the ring of a lane: a power of two, and more than there are slots. */
  readonly ringLength: number;
  /** The index of the first idle word. */
  readonly idleAt: number = IDLE;
  /** The index of the first word of listening workers. */
  readonly listeningAt: number = LISTENING;
  /** The index of the first page's owner. */
  readonly pagesAt: number;
  readonly #byteOffset: number;
  readonly #firstLane: number;
  readonly #laneWords: number;
  readonly #firstBlocking: number;
  readonly #firstSlot: number;

  private constructor(region: Region<'runtime'>, size: MemorySize) {
    const place = measure(size);
    this.handle = region.handle;
    this.buffer = region.buffer;
    this.words = region.words;
    this.#byteOffset = region.byteOffset;
    this.lanes = size.lanes;
    this.allLanes = size.lanes + (size.blocking ?? 0);
    this.slots = size.slots;
    this.ringLength = place.ringLength;
    this.pagesAt = HEAD.byteLength >> 2;
    this.#firstLane = place.firstLane;
    this.#laneWords = place.laneWords;
    this.#firstBlocking = place.firstBlocking;
    this.#firstSlot = place.firstSlot;
  }

  static create(size: MemorySize): RuntimeMemory {
    const region = RUNTIME.create(measure(size).byteLength);
    region.words[LANES] = size.lanes; // ORDERING(G5): plain, no other thread has the handle yet; published with it.
    region.words[BLOCKING] = size.blocking ?? 0; // G5
    region.words[SLOTS] = size.slots; // G5
    region.words[RING] = measure(size).ringLength; // G5
    return new RuntimeMemory(region, size);
  }

  static from(handle: MemoryHandle): RuntimeMemory {
    const region = RUNTIME.from(handle);
    const { words } = region;
    const lanes = words[LANES]!; // G5
    return new RuntimeMemory(region, { lanes, blocking: words[BLOCKING]!, slots: words[SLOTS]!, ring: words[RING]! }); // G5
  }

  /** Gives the index of a lane's first word. */
  laneAt(lane: number): number {
    if (lane < this.lanes) return this.#firstLane + lane * this.#laneWords;
    return this.#firstBlocking + (lane - this.lanes) * BLOCKING_LANE_WORDS;
  }

  /** Gives how many entries the queue of a lane has room for. */
  ringLengthOf(lane: number): number {
    return lane < this.lanes ? this.ringLength : 0;
  }

  /** Gives the index of a slot's first word. */
  slotAt(slot: number): number {
    return this.#firstSlot + slot * SLOT_WORDS;
  }

  /** Gives the byte of the buffer at which the payload of a slot begins, from the index of its first word. */
  payloadAt(at: number): number {
    return this.byteAt(at) + PAYLOAD_BYTE;
  }

  /** Gives the byte of the buffer at which a word begins. */
  byteAt(at: number): number {
    return this.#byteOffset + at * 4;
  }

  get isClosing(): boolean {
    // ORDERING(G2): observes G1, and what the closing thread wrote before.
    return Atomics.load(this.words, PHASE) === CLOSING;
  }

  close(): void {
    // ORDERING(G1): tells the workers to leave; who parks after it sees it, who parked before is rung.
    Atomics.store(this.words, PHASE, CLOSING);
  }
}

interface Places {
  readonly byteLength: number;
  readonly ringLength: number;
  readonly firstLane: number;
  readonly laneWords: number;
  readonly firstBlocking: number;
  readonly firstSlot: number;
}

const LINE = 32; // words of FALSE_SHARING_BYTES

function roundUp(words: number): number {
  return Math.ceil(words / LINE) * LINE;
}

const BLOCKING_LANE_WORDS = roundUp(LANE.index.ring);

function measure({ lanes, blocking = 0, slots, ring }: MemorySize): Places {
  const ringLength = ring ?? 2 ** Math.ceil(Math.log2(slots * 2));
  const firstLane = roundUp((HEAD.byteLength >> 2) + slots / SLOTS_PER_PAGE);
  const laneWords = roundUp(LANE.index.ring + ringLength);
  const firstBlocking = firstLane + lanes * laneWords;
  const firstSlot = firstBlocking + blocking * BLOCKING_LANE_WORDS;
  const byteLength = (firstSlot + slots * SLOT_WORDS) * 4;
  return { ringLength, firstLane, laneWords, firstBlocking, firstSlot, byteLength };
}
