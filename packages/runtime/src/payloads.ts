// How the scheduler has arguments and results carried. A payload lies in a slot, of which at
// any time one thread has the use; what does not fit lies elsewhere, and the payload says where.

/** Writes and reads the payloads of slots, on one thread. `at` is the byte at which a payload begins. */
export interface Payloads {
  /** Writes arguments, and gives the tag that tells what was written; throws on what no thread can be sent. */
  putArguments(at: number, args: readonly unknown[]): number;
  /** Writes the result of a task, likewise. */
  putResult(at: number, value: unknown): number;
  /** Writes what a machine remembers, within the slot itself; throws on what does not fit there, by the field's name. */
  putFrame(at: number, values: readonly unknown[], fields: readonly string[]): number;
  /** Writes what a task has thrown; never throws itself. */
  putError(at: number, reason: unknown): number;
  /** Tells whether what a tag tells of has to be fetched before it can be taken. */
  isElsewhere(tag: number): boolean;
  /** Fetches from another thread what {@link Payloads.take} needs; undefined where it needs nothing. */
  fetch(at: number, tag: number): Promise<void> | undefined;
  /** Reads a payload: the arguments or the result. Throws what {@link Payloads.putError} was given. */
  take(at: number, tag: number): unknown;
  /** Gives up a payload that nobody will read. */
  drop(at: number, tag: number): void;
  /** Frees what a payload had taken outside of its slot, when nobody knows what lies in it: its last user is gone. */
  reclaim(at: number): void;
  /** Is told that some thread is gone, and who is in the seat of each lane now. */
  lost(seats: readonly number[]): void;
}
