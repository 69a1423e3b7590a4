// A ring in shared memory: its control words, then its slots. Placing one writes the words,
// opening one checks them.

import {
  defineStructure,
  describe,
  type Handle,
  InvalidArgumentError,
  InvalidHandleError,
  type Region,
  requireInteger,
} from '@concurrency-lab/atomics';
import { CONTROL, MOST_SLOTS } from './control.ts';
import { type ArrayOf, bytesOf, codeOf, kindOf, type RingKind, slotsIn } from './elements.ts';

/** Holds what a ring is created with. */
export interface RingOptions<Kind extends RingKind = RingKind> {
  /** What the ring holds, named after the typed array that holds it. */
  readonly kind: Kind;
  /** How many items the ring holds at least, 1 to 100,000,000; any number, not only powers of two. */
  readonly capacity: number;
  /**
   * When the producer makes its items visible: after each (1, the default), after every so many,
   * at most the capacity, or `'lazy'`: once the consumer has few left, which is looked at every 64 items, at the
   * latest after a quarter of the capacity. Whatever is pending is published when the ring is full, by `flush` and by `close`.
   */
  readonly publishEvery?: number | 'lazy' | undefined;
  /**
   * After how many items the consumer hands their slots back, 1 to the capacity; an eighth of
   * the capacity, at most 64, where not given. The ring has so many slots more that the producer
   * always finds room for `capacity` items; with 1 it never finds room for more.
   */
  readonly freeEvery?: number | undefined;
  /** How often a wait spins before it parks, 0 to 1000, each time longer; 7, about 4 µs, where not given. */
  readonly spins?: number | undefined;
  /**
   * True for a ring of which a thread must never be held up, an AudioWorklet's: no call notifies. Waits look every
   * millisecond instead of being woken.
   */
  readonly realtime?: boolean | undefined;
}

/** A ring as a side needs it. */
export interface Memory<Kind extends RingKind> {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly handle: Handle<'spsc-ring'>;
  readonly kind: Kind;
  readonly code: number;
  readonly capacity: number;
  readonly slots: ArrayOf<Kind>;
}

const RING = defineStructure({
  kind: 'spsc-ring',
  version: 1,
  byteLength: CONTROL.byteLength,
  byteAlignment: CONTROL.byteAlignment,
});
const { index } = CONTROL;

const MOST_CAPACITY = 100_000_000;
const MOST_BYTES = 2 ** 31 - 1;
const MOST_FREED_AT_ONCE = 64;
// Fewer looks, and fewer publications to a consumer that is close behind: each moves a cache line between the threads.
const LOOK_EVERY = 64;
const SPINS = 7;
const MOST_SPINS = 1000;

/** What the options come to, checked. */
interface Numbers {
  readonly code: number;
  readonly capacity: number;
  readonly slots: number;
  readonly publishEvery: number;
  readonly lookEvery: number;
  readonly freeEvery: number;
  readonly spins: number;
  readonly realtime: boolean;
  readonly byteLength: number;
}

function numbersOf(options: RingOptions): Numbers {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError(`a ring needs options, { kind, capacity }, not ${describe(options)}`);
  }
  const code = codeOf(options.kind);
  const capacity = requireInteger('capacity', options.capacity, 1, MOST_CAPACITY);
  const free = options.freeEvery ?? Math.min(MOST_FREED_AT_ONCE, (capacity >> 3) + 1);
  const freeEvery = requireInteger('freeEvery', free, 1, capacity);
  const spins = requireInteger('spins', options.spins ?? SPINS, 0, MOST_SPINS);
  const realtime = options.realtime ?? false;
  if (typeof realtime !== 'boolean') {
    throw new InvalidArgumentError(`realtime must be true or false, not ${describe(realtime)}`);
  }
  const isLazy = options.publishEvery === 'lazy';
  const every = isLazy ? Math.max(1, capacity >> 2) : (options.publishEvery ?? 1);
  const publishEvery = requireInteger("publishEvery, where it is not 'lazy',", every, 1, capacity);
  const slots = slotsFor(capacity, freeEvery);
  const byteLength = CONTROL.byteLength + Math.ceil((slots * bytesOf(code)) / 128) * 128;
  if (slots > MOST_SLOTS || byteLength > MOST_BYTES) {
    throw new InvalidArgumentError(
      `a ring of ${capacity} items that hands back ${freeEvery} at once takes ${slots} slots and ${byteLength} bytes; ` +
        `the most are ${MOST_SLOTS} slots and ${MOST_BYTES} bytes`,
    );
  }
  const lookEvery = isLazy ? Math.min(LOOK_EVERY, publishEvery) : 0;
  return { code, capacity, slots, publishEvery, lookEvery, freeEvery, spins, realtime, byteLength };
}

/** Adds the slots that may be waiting to be handed back, in whole eighths: blocks of a constant size then recur. */
function slotsFor(capacity: number, freeEvery: number): number {
  const eighth = 2 ** Math.max(0, Math.floor(Math.log2(capacity)) - 3);
  return capacity + Math.ceil((freeEvery - 1) / eighth) * eighth;
}

/** Counts the bytes of a ring. */
export function byteLengthOf(options: RingOptions): number {
  return numbersOf(options).byteLength;
}

/** Gives what a ring's memory must begin at a multiple of. */
export const BYTE_ALIGNMENT: number = CONTROL.byteAlignment;

/** Places a ring, in memory of its own or in the caller's. */
export function place<Kind extends RingKind>(
  options: RingOptions<Kind>,
  ...at: [] | [buffer: SharedArrayBuffer, byteOffset: number]
): Memory<Kind> {
  const numbers = numbersOf(options);
  const region = at.length === 0 ? RING.create(numbers.byteLength) : RING.at(...at, numbers.byteLength);
  const { words } = region;
  words[index.element] = numbers.code; // C3: plain, published by C1.
  words[index.slots] = numbers.slots; // C3
  words[index.publishEvery] = numbers.publishEvery; // C3
  words[index.lookEvery] = numbers.lookEvery; // C3
  words[index.freeEvery] = numbers.freeEvery; // C3
  words[index.spins] = numbers.spins; // C3
  words[index.realtime] = numbers.realtime ? 1 : 0; // C3
  // ORDERING(C1): publishes the words above to C2.
  Atomics.store(words, index.capacity, numbers.capacity);
  return memoryOf(region, options.kind, numbers.code, numbers.capacity, numbers.slots);
}

/** Opens a ring by its handle, after checking it. */
export function open<Kind extends RingKind>(handle: Handle<'spsc-ring'>): Memory<Kind> {
  const region = RING.from(handle);
  const { words } = region;
  // ORDERING(C2): observes C1, and with it the words that say what the ring is like.
  const capacity = Atomics.load(words, index.capacity);
  if (capacity === 0) throw new InvalidHandleError(`the ring at byte ${region.byteOffset} is still being placed`);
  const code = words[index.element]!; // C3
  const slots = words[index.slots]!; // C3
  const kind = kindOf(code);
  const isWhole =
    kind !== undefined &&
    capacity > 0 &&
    slots >= capacity &&
    slots <= MOST_SLOTS &&
    CONTROL.byteLength + slots * bytesOf(code) <= region.byteLength;
  if (!isWhole) throw new InvalidHandleError(`the ring at byte ${region.byteOffset} has damaged control words`);
  return memoryOf(region, kind as Kind, code, capacity, slots);
}

function memoryOf<Kind extends RingKind>(
  region: Region<'spsc-ring'>,
  kind: Kind,
  code: number,
  capacity: number,
  slots: number,
): Memory<Kind> {
  const { words, handle, buffer, byteOffset } = region;
  const view = slotsIn(kind, buffer, byteOffset + CONTROL.byteLength, slots);
  return { words, handle, kind, code, capacity, slots: view };
}
