// The memory through which bytes pass to and from the system, one of each for a reactor.
// What is read is copied out, since it is the reader's to keep; what is written is copied in,
// so that the system may be given any bytes, also those of shared memory.

/** So many bytes pass in one call. */
export const BUFFER_BYTES: number = 64 * 1024;

/** Holds bytes for the time of a call. */
export class Buffers {
  readonly incoming: Uint8Array<ArrayBuffer> = new Uint8Array(BUFFER_BYTES);
  readonly outgoing: Uint8Array<ArrayBuffer> = new Uint8Array(BUFFER_BYTES);

  /** Gives a copy of the first `length` bytes that came in. */
  take(length: number): Uint8Array<ArrayBuffer> {
    return this.incoming.slice(0, length);
  }

  /** Copies bytes in to go out, from `offset` on, as many as have room; tells how many. */
  put(bytes: Uint8Array, offset: number): number {
    const length = Math.min(bytes.length - offset, BUFFER_BYTES);
    // CALLER: who writes bytes leaves them alone until then.
    this.outgoing.set(length === bytes.length ? bytes : bytes.subarray(offset, offset + length));
    return length;
  }
}
