// The words of a channel, as named constants.
//
// The inbox: the cell that was sent last, plus 1, and flags. A flag in the same word as what it
// is about needs no order between words: who changes the one sees the other.

/** The bits of the inbox that name a cell, plus 1; 0 where it is empty. */
export const TOP = 0x0f_ff_ff;
/** The receiver may sleep on the inbox: who sends clears it, and wakes. */
export const PARKED: number = 1 << 20;
/** The last sender has left: nothing more will come. */
export const ENDED: number = 1 << 21;
/** The receiver has closed: nothing more is accepted. */
export const CLOSED: number = 1 << 22;

// The room: how often a cell was given back, and flags.

/** Senders may sleep on the room: who gives a cell back clears it, and wakes them. */
export const WAITING = 1;
/** The receiver has closed: nobody need wait for room. */
export const SHUT = 2;
/** Counts one cell that was given back. */
export const GIVEN_BACK = 4;

// A ticket: the state of one sender, and how many senders have had the ticket before.

/** Nobody has the ticket. */
export const NOBODY = 0;
/** A handle names the ticket, and nobody has opened it. */
export const OFFERED = 1;
/** A thread has the sender open. */
export const OPEN = 2;
/** The bits of a ticket that hold its state. */
export const TICKET_STATE = 3;
/** Counts one life of a ticket. */
export const ONE_LIFE = 4;

/** The receiver's half is open on a thread: what its word says, 0, until it is offered. */
export const HELD = 0;

/** The owner of a cell that nobody uses. */
export const FREE = 0;
/** Stands for no cell and no ticket. */
export const NONE = -1;
