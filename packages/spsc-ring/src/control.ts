// The control words of a ring, before its slots, and what the two moving ones hold.
//
// TAIL says how far the producer has published, HEAD how far the consumer has handed slots
// back. Each is one int32:
//
//   position << 2 | CLOSED | PARKED
//
// A position runs from 0 to twice the number of slots, less one, and around again: so full and
// empty differ, any number of slots will do, and nothing ever overflows. It stays below 2^28:
// the word is a small integer in every engine.
//
//   field   written by                             read by
//   TAIL    producer: position, CLOSED (closing)   consumer
//           consumer: PARKED (about to sleep on
//           it), CLOSED (closing)
//   HEAD    consumer: position, CLOSED (closing)   producer
//           producer: PARKED (about to sleep on it)
//
// The flags share the word with the position, so that one exchange publishes and tells whether
// somebody sleeps or has closed: no second word, and no order between two words to rely on.

import { defineLayout, HEADER_FIELDS, type Layout } from '@concurrency-lab/atomics';

type Field =
  | keyof typeof HEADER_FIELDS
  | 'element'
  | 'capacity'
  | 'slots'
  | 'publishEvery'
  | 'lookEvery'
  | 'freeEvery'
  | 'spins'
  | 'realtime'
  | 'producer'
  | 'consumer'
  | 'tail'
  | 'head';

/** Says where the control words are; the slots follow at `byteLength`. A ring of another kind has the same. */
export const CONTROL: Layout<Field> = defineLayout({
  ...HEADER_FIELDS,
  element: 'int32', // the code of the elements' kind
  capacity: 'int32', // how many items the ring holds at least; 0 until all these words are written
  slots: 'int32', // how many slots there are
  publishEvery: 'int32', // after how many items the producer publishes at the latest
  lookEvery: 'int32', // 0, or after how many items a lazy producer looks whether the consumer runs dry
  freeEvery: 'int32', // after how many items the consumer hands their slots back
  spins: 'int32', // how many rounds of backoff a wait spins before it parks
  realtime: 'int32', // 1 where neither side may ever notify
  producer: 'int32', // 1 once the producer's side is open
  consumer: 'int32', // 1 once the consumer's side is open
  tail: { kind: 'int32', isolated: true },
  head: { kind: 'int32', isolated: true },
});

/** Set in a side's word by the other side, which is about to sleep on it. */
export const PARKED = 1;
/** Set in a side's word once the ring is closed. */
export const CLOSED = 2;
/** How far the position is shifted, past the flags. */
export const SHIFT = 2;

/** Counts the most slots a ring has: positions go to twice as many, and leave two bits and the sign free. */
export const MOST_SLOTS: number = 2 ** 27;

/** Names the words of one side: the one it writes, the one it reads, and the one that says who has the side. */
export interface End {
  readonly name: 'producer' | 'consumer';
  readonly own: number;
  readonly other: number;
  readonly owner: number;
}

const { index } = CONTROL;

/** The words of the producer's side. */
export const PRODUCER: End = { name: 'producer', own: index.tail, other: index.head, owner: index.producer };
/** The words of the consumer's side. */
export const CONSUMER: End = { name: 'consumer', own: index.head, other: index.tail, owner: index.consumer };
