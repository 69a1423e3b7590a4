// The state word of a slot: a generation in its upper 24 bits, and eight facts about the
// channel that lives there, each a bit. Named states are combinations of them:
//
//   FREE       –                              nobody's; whoever allocates may take it
//   EMPTY      SENDER RECEIVER                both halves live; the payload is the sender's
//   RECEIVING  SENDER RECEIVER WAITING        as EMPTY; the receiver may sleep on the word
//   SENDING    SENDER RECEIVER WRITING        the sender writes the payload
//   MESSAGE    RECEIVER MESSAGE               the sender has left; the payload is the receiver's
//   TAKING     RECEIVER MESSAGE READING       the receiver reads the payload
//   CLOSED     RECEIVER                       the sender has left without sending
//   DROPPED    SENDER                         the receiver has left
//
// Who clears the last of SENDER, RECEIVER, WRITING and READING frees the slot in the same step,
// and the next generation begins: a name of this life then matches no more.
//
// Source: the states of the Rust crate oneshot. Its UNPARKING guards a waker that lives in the
// receiver's frame; here the waker is the address of the word, so no such state is needed.

/** The sender's half lives. Cleared by its holder as it sends or closes, or by eviction. */
export const SENDER = 1;
/** The receiver's half lives. Cleared by its holder as it takes the value or closes, or by eviction. */
export const RECEIVER = 2;
/** A value is in the payload. Set by the sender as it leaves. */
export const MESSAGE = 4;
/** The receiver may sleep on this word, so a change must be followed by a wake-up. Never taken back in a life. */
export const WAITING = 8;
/** The sender is writing the payload, so the slot must not be used again, even if it was evicted. */
export const WRITING = 16;
/** The receiver is reading the payload, likewise. */
export const READING = 32;
/** The sender's half was given away by a handle that nobody has opened yet. */
export const SENDER_OFFERED = 64;
/** The receiver's half, likewise. */
export const RECEIVER_OFFERED = 128;

/** The facts that keep a slot from being free. */
export const PINS: number = SENDER | RECEIVER | WRITING | READING;
/** The bits that count lives; 2^24 of them, then the count begins again. */
export const GENERATION: number = ~0xff;

/** Gives the word of a slot that has just become free: the next generation, and no facts. */
export function freed(word: number): number {
  return ((word & GENERATION) + 0x100) | 0;
}

/** Names a half by its bit, with the two that go with it. */
export interface Side {
  readonly half: number;
  readonly busy: number;
  readonly offered: number;
}

/** The bits of the sender. */
export const SENDING_SIDE: Side = { half: SENDER, busy: WRITING, offered: SENDER_OFFERED };
/** The bits of the receiver. */
export const RECEIVING_SIDE: Side = { half: RECEIVER, busy: READING, offered: RECEIVER_OFFERED };
