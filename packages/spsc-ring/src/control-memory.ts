// What the rings of messages and of audio share besides the cursors: writing the control words
// when they are placed, and checking them and the side when a handle is opened.

import {
  describe,
  type Handle,
  InvalidArgumentError,
  InvalidHandleError,
  type Region,
  requireInteger,
} from '@concurrency-lab/atomics';
import { CONTROL } from './control.ts';

const { index } = CONTROL;

/** Names the two sides. */
export type Side = 'producer' | 'consumer';

/** Names one side of a ring of messages or audio to another thread; a plain object that `postMessage` carries. */
export interface RingSideHandle<Kind extends string, S extends Side> extends Handle<Kind> {
  readonly side: S;
}

/** Holds what all these rings are created with. */
export interface WaitingOptions {
  /** How often a wait spins before it parks, 0 to 1000, each time longer; 7, about 4 µs, where not given. */
  readonly spins?: number | undefined;
  /**
   * True for a ring of which a thread must never be held up, an AudioWorklet's: no call notifies. Waits look every
   * millisecond instead of being woken.
   */
  readonly realtime?: boolean | undefined;
}

/** Holds the control words to be written. */
export interface ControlNumbers extends WaitingOptions {
  readonly capacity: number;
  readonly slots: number;
  readonly publishEvery: number;
  readonly lookEvery: number;
  readonly freeEvery: number;
}

const SPINS = 7;
const MOST_SPINS = 1000;

/** Throws unless the options are an object, so that the message can say which. */
export function requireOptions(what: string, options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw new InvalidArgumentError(`${what} needs an object of options, not ${describe(options)}`);
}

/** Throws where an option of waiting is out of range. */
export function requireWaiting({ spins = SPINS, realtime = false }: WaitingOptions): void {
  requireInteger('spins', spins, 0, MOST_SPINS);
  if (typeof realtime !== 'boolean') {
    throw new InvalidArgumentError(`realtime must be true or false, not ${describe(realtime)}`);
  }
}

/** Writes the control words; nothing may be written to the ring's own words after it. */
export function writeControl(words: Int32Array<SharedArrayBuffer>, numbers: ControlNumbers): void {
  words[index.slots] = numbers.slots; // C3
  words[index.publishEvery] = numbers.publishEvery; // C3
  words[index.lookEvery] = numbers.lookEvery; // C3
  words[index.freeEvery] = numbers.freeEvery; // C3
  words[index.spins] = numbers.spins ?? SPINS; // C3
  words[index.realtime] = numbers.realtime === true ? 1 : 0; // C3
  Atomics.store(words, index.capacity, numbers.capacity); // C1
}

/**
 * Reads the capacity, and with it the right to read the other words.
 *
 * @throws {InvalidHandleError} where the ring is still being placed, or the handle names the other side
 */
export function readCapacity(region: Region, handle: { readonly side: Side }, side: Side): number {
  const what = region.handle.kind;
  if (handle.side !== side) {
    throw new InvalidHandleError(
      `expected the handle of the ${side} of the ${what}, not of its ${describe(handle.side)}`,
    );
  }
  const capacity = Atomics.load(region.words, index.capacity); // C2
  if (capacity > 0) return capacity;
  throw new InvalidHandleError(`the ${what} at byte ${region.byteOffset} is still being placed`);
}
