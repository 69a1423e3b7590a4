// The shared memory of a bounded channel: control words, a ticket for each sender, and cells for
// messages. A cell is
//
//   word 0   whose it is: FREE, or the ticket of the sender that took it, plus 1
//   word 1   the cell below it in the inbox or behind it in line, plus 1; 0 where there is none
//   word 2   the tag of the message
//   byte 16  the message

import {
  defineLayout,
  defineStructure,
  FALSE_SHARING_BYTES,
  type Handle,
  HEADER_FIELDS,
  InvalidHandleError,
  type Region,
  requireInteger,
} from '@concurrency-lab/atomics';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  capacity: 'int32', // cells; written once, as the next two, before any thread has the handle
  stride: 'int32', // bytes from cell to cell
  senders: 'int32', // tickets
  receiver: 'int32', // HELD or OFFERED
  taken: 'int32', // the line of cells that the receiver has taken, the first first; only the receiver uses it
  inbox: { kind: 'int32', isolated: true }, // what was sent, the last first, and flags; senders and receiver
  room: { kind: 'int32', isolated: true }, // counts the cells given back, and flags; senders and receiver
  tickets: { kind: 'int32', isolated: true }, // where the tickets begin
});
const CHANNEL = defineStructure({ kind: 'mpsc', version: 1, ...LAYOUT });
const { capacity: CAPACITY, stride: STRIDE, senders: SENDERS, tickets: TICKETS } = LAYOUT.index;

export const RECEIVER: number = LAYOUT.index.receiver;
export const TAKEN: number = LAYOUT.index.taken;
export const INBOX: number = LAYOUT.index.inbox;
export const ROOM: number = LAYOUT.index.room;

const CELL_HEAD_BYTES = 16;
const MOST_CELLS = 2 ** 16;

/** Says how many messages a channel holds, how large they may be, and from how many senders they come. */
export interface MpscSize {
  /** How many messages may be under way, 1 to 65,536. */
  readonly capacity: number;
  /** The most bytes that a message may take, 8 to 1,048,560; 112 where not given. A number takes 8. */
  readonly bytesPerMessage?: number | undefined;
  /** How many senders may be open at once, 1 to 4,096; 64 where not given. */
  readonly maxSenders?: number | undefined;
}

interface Measures {
  readonly capacity: number;
  readonly stride: number;
  readonly senders: number;
}

function measure(size: MpscSize): Measures {
  const capacity = requireInteger('capacity', size.capacity, 1, MOST_CELLS);
  const bytes = requireInteger('bytesPerMessage', size.bytesPerMessage ?? 112, 8, 2 ** 20 - CELL_HEAD_BYTES);
  const senders = requireInteger('maxSenders', size.maxSenders ?? 64, 1, 4096);
  const stride = roundUp(CELL_HEAD_BYTES + bytes);
  requireInteger('the bytes of all messages', capacity * stride, 1, 2 ** 30);
  return { capacity, stride, senders };
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / FALSE_SHARING_BYTES) * FALSE_SHARING_BYTES;
}

function firstCellOf(senders: number): number {
  return roundUp((TICKETS + senders) * 4);
}

/** Holds the views of one channel's memory. */
export class MpscMemory {
  readonly handle: Handle<'mpsc'>;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly doubles: Float64Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly capacity: number;
  /** How many senders may be open. */
  readonly senders: number;
  /** The most bytes of a message. */
  readonly messageBytes: number;
  readonly #stride: number;
  readonly #first: number;

  private constructor(region: Region<'mpsc'>, { capacity, stride, senders }: Measures) {
    const { buffer, byteOffset, byteLength } = region;
    this.handle = region.handle;
    this.words = region.words;
    this.doubles = new Float64Array(buffer, byteOffset, byteLength >> 3);
    this.bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.capacity = capacity;
    this.senders = senders;
    this.messageBytes = stride - CELL_HEAD_BYTES;
    this.#stride = stride >> 2;
    this.#first = firstCellOf(senders) >> 2;
  }

  static create(size: MpscSize): MpscMemory {
    const measures = measure(size);
    const { capacity, stride, senders } = measures;
    const region = CHANNEL.create(firstCellOf(senders) + capacity * stride);
    // ORDERING(M1): plain, no other thread has the handle yet; published with it.
    region.words[CAPACITY] = capacity;
    region.words[STRIDE] = stride; // M1
    region.words[SENDERS] = senders; // M1
    return new MpscMemory(region, measures);
  }

  static open({ version, buffer, byteOffset }: Handle): MpscMemory {
    const region = CHANNEL.from({ kind: 'mpsc', version, buffer, byteOffset });
    const senders = region.words[SENDERS]!; // M1
    const capacity = region.words[CAPACITY]!; // M1
    const stride = region.words[STRIDE]!; // M1
    if (senders < 1 || firstCellOf(senders) + capacity * stride > region.byteLength) {
      throw new InvalidHandleError(`the mpsc channel at byte ${region.byteOffset} is not complete`);
    }
    return new MpscMemory(region, { capacity, stride, senders });
  }

  /** Gives the index of a ticket's word. */
  ticketAt(ticket: number): number {
    return TICKETS + ticket;
  }

  /** Gives the index of a cell's first word. */
  cellAt(cell: number): number {
    return this.#first + cell * this.#stride;
  }
}
