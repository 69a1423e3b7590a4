// Puts arguments and results into the payloads of slots, and takes them out on another thread.
// A value goes the shortest way that it fits:
//
//   numbers          as doubles, in the slot
//   up to 96 bytes   as bytes, in the slot
//   up to 16 KiB     as bytes, in a block of shared memory (spill.ts)
//   anything else    in a parcel, which the other thread asks for (parcels.ts)
//
// Everything is written to private memory first, and nothing shared is touched before it is known
// that it can be sent: a value that cannot leaves nothing behind. One thread at a time has the
// use of a payload; the slot's state hands it on, and publishes what was written here.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import { Reader, Writer } from '@concurrency-lab/atomics/wire';
import type { Payloads } from '../payloads.ts';
import { PAYLOAD_BYTES } from '../scheduler/memory.ts';
import { EnclosingCarrier } from './enclosing-carrier.ts';
import { encodeFrame } from './frame.ts';
import { type Parcel, type ParcelMessage, type ParcelName, Parcels, type SendMessage } from './parcels.ts';
import { presentable } from './presentable.ts';
import { NO_BLOCK, type Spill } from './spill.ts';
import { countOf, INLINE, kindOf, NOTHING, NUMBER, NUMBERS, PARCEL, SPILLED, tagOf, THROWN } from './tags.ts';
import { markedIn } from './transfer.ts';

/** What a reader that is kept can hold. */
const SPARE_BYTES = 1024;
const MOST_NUMBERS = PAYLOAD_BYTES >> 3;

/** Says which thread of a runtime a wire belongs to. */
export interface WireEnd {
  readonly buffer: SharedArrayBuffer;
  readonly spill: Spill;
  readonly lane: number;
  /** The number of the lane's thread, of which there may be several, one after the other. */
  readonly seat: number;
  /** Carries a message to the thread of another lane. */
  readonly send: SendMessage;
}

/** Writes and reads the payloads of slots on one thread. `at` is the byte at which a payload begins. */
export class Wire implements Payloads {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #doubles: Float64Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  readonly #spill: Spill;
  readonly #parcels: Parcels;
  /** Parcels that were fetched, by the payload they belong to. */
  readonly #fetched = new Map<number, Parcel>();
  /** The last fetch of each payload: what comes for an earlier one, which was dropped, is not wanted. */
  readonly #fetches = new Map<number, ParcelName>();
  // Taken while in use, since writing an object may run a getter that spawns.
  #spareWriter: Writer | undefined = new Writer();
  #spareReader: Reader | undefined = new Reader(SPARE_BYTES);

  constructor({ buffer, spill, lane, seat, send }: WireEnd) {
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer, 0, buffer.byteLength >> 3);
    this.#bytes = new Uint8Array(buffer);
    this.#spill = spill;
    this.#parcels = new Parcels(lane, seat, send);
  }

  /** Counts the parcels that wait on this thread. */
  get parcels(): number {
    return this.#parcels.size;
  }

  /**
   * Writes the arguments of a task, and gives the tag that tells what was written.
   *
   * @throws {InvalidArgumentError} on what no thread can be sent, by its place; nothing is written then
   */
  putArguments(at: number, args: readonly unknown[]): number {
    return this.#putNumbers(at, args) ? tagOf(NUMBERS, args.length) : this.#put(at, args, args, 'argument', 0);
  }

  /** Writes values as doubles, where they are all numbers and fit the slot; tells whether they were. */
  #putNumbers(at: number, values: readonly unknown[]): boolean {
    const { length } = values;
    if (length > MOST_NUMBERS) return false;
    for (let i = 0; i < length; i++) if (typeof values[i] !== 'number') return false;
    const first = at >> 3;
    for (let i = 0; i < length; i++) this.#doubles[first + i] = values[i] as number; // ORDERING(Y6): plain, in a slot that is this thread's to use.
    return true;
  }

  /**
   * Writes the frame of a machine, to be taken like arguments: within the slot, whatever else is
   * going on, so that no thread has to be there for it.
   *
   * @throws {InvalidArgumentError} on what does not fit there; nothing is written then
   */
  putFrame(at: number, values: readonly unknown[], fields: readonly string[]): number {
    if (this.#putNumbers(at, values)) return tagOf(NUMBERS, values.length);
    const bytes = encodeFrame(values, fields);
    this.#bytes.set(bytes, at); // Y8
    return tagOf(INLINE, bytes.length);
  }

  /** Writes the result of a task, likewise. */
  putResult(at: number, value: unknown): number {
    if (typeof value === 'number') {
      this.#doubles[at >> 3] = value; // Y6
      return NUMBER;
    }
    if (value === undefined) return NOTHING;
    return this.#put(at, value, [value], 'the result', 0);
  }

  /**
   * Writes what a task has thrown. Never throws: of an error that cannot be sent as it is, what can
   * be is sent; of anything else, what it was.
   */
  putError(at: number, reason: unknown): number {
    try {
      return this.#put(at, reason, [reason], 'what was thrown', THROWN);
    } catch {
      try {
        const rest = presentable(reason, (value) => this.#canSend(value));
        return this.#put(at, rest, [], 'what was thrown', THROWN);
      } catch {
        const error = new TypeError(`${describe(reason)} was thrown, which cannot be sent to another thread`);
        return this.#put(at, error, [], 'what was thrown', THROWN);
      }
    }
  }

  /** Tells whether a payload is a parcel, on whatever thread that waits. */
  isElsewhere(tag: number): boolean {
    return kindOf(tag) === PARCEL;
  }

  /** Fetches what {@link Wire.take} needs from another thread; undefined where it needs nothing. */
  fetch(at: number, tag: number): Promise<void> | undefined {
    return !this.isElsewhere(tag) || this.#fetched.has(at) ? undefined : this.#fetch(at, this.#nameAt(at));
  }

  async #fetch(at: number, name: ParcelName): Promise<void> {
    this.#fetches.set(at, name);
    const parcel = await this.#parcels.fetch(name);
    if (this.#fetches.get(at) === name) this.#fetched.set(at, parcel);
  }

  /** Reads a payload, and ends its use: what it took outside of the slot is free. Throws what `putError` was given. */
  take(at: number, tag: number): unknown {
    const kind = kindOf(tag);
    if (kind === NOTHING) return undefined;
    if (kind === NUMBER) return this.#doubles[at >> 3]; // Y6
    if (kind === NUMBERS) {
      const numbers: number[] = [];
      for (let i = 0, first = at >> 3; i < countOf(tag); i++) numbers.push(this.#doubles[first + i]!); // Y6
      return numbers;
    }
    const value = this.#read(at, tag, kind);
    if ((tag & THROWN) !== 0) throw value;
    return value;
  }

  /** Ends the use of a payload that nobody will read. */
  drop(at: number, tag: number): void {
    const kind = kindOf(tag);
    if (kind === SPILLED) this.#spill.release(this.#words[at >> 2]!); // Y6
    if (kind !== PARCEL) return;
    this.#fetches.delete(at);
    if (!this.#fetched.delete(at)) this.#parcels.forget(this.#nameAt(at));
  }

  /** Gives back what a slot took outside of it, whose last user is gone, so that nobody knows what lies in it. */
  reclaim(at: number): void {
    this.#fetched.delete(at);
    this.#fetches.delete(at);
    this.#spill.reclaim(at >> 3);
  }

  /** Hears a message that another thread's wire has sent. */
  receive(message: ParcelMessage): void {
    this.#parcels.receive(message);
  }

  /** Is told that some thread is gone, and who is in the seat of each lane now. */
  lost(seats: readonly number[]): void {
    this.#parcels.lost(seats);
  }

  #put(at: number, value: unknown, roots: readonly unknown[], path: string, bits: number): number {
    const moved = markedIn(roots);
    const carrier = new EnclosingCarrier().reset(moved);
    const writer = (this.#spareWriter ?? new Writer()).reset(carrier);
    this.#spareWriter = undefined;
    try {
      writer.value(value, path);
      const { bytes, length } = writer;
      const isParcel = carrier.objects.length > 0 || moved !== undefined;
      if (!isParcel && length <= PAYLOAD_BYTES) {
        this.#bytes.set(bytes.subarray(0, length), at); // Y6
        return tagOf(INLINE, length) + bits;
      }
      if (!isParcel && length <= this.#spill.capacity) {
        const block = this.#spill.acquire(at >> 3, bytes, length);
        if (block !== NO_BLOCK) {
          this.#words[at >> 2] = block; // Y6
          return tagOf(SPILLED, length) + bits;
        }
      }
      const parcel: Parcel = { bytes: bytes.slice(0, length).buffer, objects: carrier.objects };
      this.#nameParcel(at, this.#parcels.hold(parcel, [...(moved ?? [])], carrier.cloned));
      return PARCEL + bits;
    } finally {
      writer.release();
      this.#spareWriter = writer;
    }
  }

  #nameParcel(at: number, { lane, seat, number }: ParcelName): void {
    const first = at >> 2;
    this.#words[first] = lane; // ORDERING(Y7): plain, as Y6: the name of a parcel.
    this.#words[first + 1] = seat; // Y7
    this.#words[first + 2] = number; // Y7
  }

  #nameAt(at: number): ParcelName {
    const first = at >> 2;
    return { lane: this.#words[first]!, seat: this.#words[first + 1]!, number: this.#words[first + 2]! }; // Y7
  }

  #read(at: number, tag: number, kind: number): unknown {
    const carrier = new EnclosingCarrier();
    const parcel = kind === PARCEL ? this.#fetched.get(at) : undefined;
    if (kind === PARCEL && parcel === undefined)
      throw new InvalidArgumentError('a parcel must be fetched before it is taken');
    const length = parcel?.bytes.byteLength ?? countOf(tag);
    const reader = length > SPARE_BYTES ? new Reader(length) : (this.#spareReader ?? new Reader(SPARE_BYTES));
    if (reader === this.#spareReader) this.#spareReader = undefined;
    if (parcel !== undefined) {
      this.#fetched.delete(at);
      this.#fetches.delete(at);
      carrier.reset(undefined, parcel.objects);
      reader.bytes.set(new Uint8Array(parcel.bytes));
    } else if (kind === SPILLED) {
      const block = this.#words[at >> 2]!; // Y6
      this.#spill.copy(block, reader.bytes, length);
      this.#spill.release(block);
    } else {
      reader.bytes.set(this.#bytes.subarray(at, at + length)); // Y6
    }
    const value = reader.read(carrier);
    if (length <= SPARE_BYTES) this.#spareReader = reader;
    return value;
  }

  /** Tells whether a value can be sent, at least in a message. */
  #canSend(value: unknown): boolean {
    const carrier = new EnclosingCarrier();
    try {
      new Writer().reset(carrier).value(value, 'the value');
      return carrier.cloned.length === 0;
    } catch {
      return false;
    }
  }
}
