// Payloads that cannot lie in shared memory: bytes that found no room there, and objects that
// pass by reference or move. They wait on the thread that put them, because nobody knows yet
// which thread will run the task; the slot says where, and whoever takes the slot asks for them.
//
// What moves, and what only the platform knows how to clone, is posted into a message channel at
// once: it is cloned, moved, or refused, right then. The other end of the channel is what waits.
// Shared memory needs no such care, and waits as it is.

import { ConcurrencyError, InvalidArgumentError } from '@concurrency-lab/atomics';

/** Reports arguments or a result that went with the thread on which they waited. */
export class ParcelLostError extends ConcurrencyError {
  override readonly name = 'ParcelLostError';
  override readonly code = 'ERR_PARCEL_LOST';

  constructor() {
    super('what was to be sent waited on a thread that has exited meanwhile');
  }
}

/** Says where a parcel waits. */
export interface ParcelName {
  readonly lane: number;
  /** The number of the lane's thread, of which there may be several, one after the other. */
  readonly seat: number;
  readonly number: number;
}

/** Holds the bytes of a written value, and the objects that it names by their place. */
export interface Parcel {
  /** As a buffer: a worker of Deno looks at each element of an array in a message. */
  readonly bytes: ArrayBuffer;
  readonly objects: readonly object[];
}

type Port = InstanceType<typeof MessagePort>;
type Waiting = Parcel | Port;

/** Is what one thread of a runtime says to another about parcels. */
export type ParcelMessage = {
  readonly wire: 'ask' | 'give' | 'forget';
  readonly from: number;
  readonly to: number;
  readonly seat: number;
  readonly number: number;
  /** The parcel; undefined where it is not there. */
  readonly parcel?: Waiting | undefined;
};

/** Carries a message to the thread of a lane. */
export type SendMessage = (message: ParcelMessage, transfer: readonly object[]) => void;

interface Asked {
  readonly lane: number;
  readonly seat: number;
  readonly resolve: (parcel: Parcel) => void;
  readonly reject: (error: Error) => void;
}

/** Makes a parcel wait in a channel; throws where the platform refuses an object. */
function enclose(parcel: Parcel, moved: readonly object[], paths: readonly string[]): Port {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(parcel, moved as never);
    return port2; // port1 closes with it: if it closed now, Deno would transfer port2 no more
  } catch (error) {
    port1.close();
    port2.close();
    const places = paths.length === 0 ? 'what is to be transferred' : paths.join(', ');
    throw new InvalidArgumentError(`${places} cannot be sent to another thread: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Waits for the one message of a channel. */
function open(port: Port): Promise<Parcel> {
  return new Promise((resolve, reject) => {
    port.addEventListener('message', (event) => {
      port.close();
      resolve((event as unknown as { data: Parcel }).data);
    });
    port.addEventListener('messageerror', () => {
      port.close();
      reject(new InvalidArgumentError('what was sent cannot be read on this thread'));
    });
    port.start();
  });
}

/** Keeps the parcels of one thread, and asks other threads for theirs. */
export class Parcels {
  readonly #lane: number;
  readonly #seat: number;
  readonly #send: SendMessage;
  readonly #waiting = new Map<number, Waiting>();
  readonly #asked = new Map<string, Asked>();
  #last = 0;

  constructor(lane: number, seat: number, send: SendMessage) {
    this.#lane = lane;
    this.#seat = seat;
    this.#send = send;
  }

  /** Counts the parcels that wait here. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Has a parcel wait here until it is asked for.
   *
   * @param moved - what moves with it
   * @param cloned - where the objects stand that only the platform can clone or move
   * @throws {InvalidArgumentError} where an object can be neither cloned nor moved; nothing is moved then
   */
  hold(parcel: Parcel, moved: readonly object[], cloned: readonly string[]): ParcelName {
    const isPlain = moved.length === 0 && cloned.length === 0;
    const waiting = isPlain ? parcel : enclose(parcel, moved, cloned);
    this.#last = (this.#last + 1) | 0;
    this.#waiting.set(this.#last, waiting);
    return { lane: this.#lane, seat: this.#seat, number: this.#last };
  }

  /** Fetches a parcel from where it waits. Rejects with a {@link ParcelLostError} where it is no longer there. */
  async fetch(name: ParcelName): Promise<Parcel> {
    const { lane, seat, number } = name;
    if (lane === this.#lane) {
      const waiting = seat === this.#seat ? this.#take(number) : undefined;
      if (waiting === undefined) throw new ParcelLostError();
      return 'bytes' in waiting ? waiting : open(waiting);
    }
    return new Promise((resolve, reject) => {
      this.#asked.set(keyOf(name), { lane, seat, resolve, reject });
      this.#send({ wire: 'ask', from: this.#lane, to: lane, seat, number }, []);
    });
  }

  /** Tells the thread where a parcel waits that nobody will fetch it. */
  forget({ lane, seat, number }: ParcelName): void {
    if (lane !== this.#lane) this.#send({ wire: 'forget', from: this.#lane, to: lane, seat, number }, []);
    else if (seat === this.#seat) this.#close(number);
  }

  #take(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }

  #close(number: number): void {
    const waiting = this.#take(number);
    if (waiting !== undefined && !('bytes' in waiting)) waiting.close();
  }

  /** Hears a message of another thread. */
  receive(message: ParcelMessage): void {
    const { wire, from, seat, number } = message;
    if (wire === 'give') {
      this.#arrive({ lane: from, seat, number }, message.parcel);
    } else if (wire === 'forget') {
      if (seat === this.#seat) this.#close(number);
    } else {
      const parcel = seat === this.#seat ? this.#take(number) : undefined;
      const moved = parcel === undefined || 'bytes' in parcel ? [] : [parcel];
      this.#send({ wire: 'give', from: this.#lane, to: from, seat, number, parcel }, moved);
    }
  }

  #arrive(name: ParcelName, parcel: Waiting | undefined): void {
    const asked = this.#asked.get(keyOf(name));
    this.#asked.delete(keyOf(name));
    if (asked === undefined) return;
    if (parcel === undefined) asked.reject(new ParcelLostError());
    else if ('bytes' in parcel) asked.resolve(parcel);
    else open(parcel).then(asked.resolve, asked.reject);
  }

  /** Is told who is in the seat of each lane now: what was asked of others will not come. */
  lost(seats: readonly number[]): void {
    for (const [key, asked] of this.#asked) {
      if (asked.seat === seats[asked.lane]) continue;
      this.#asked.delete(key);
      asked.reject(new ParcelLostError());
    }
  }
}

function keyOf({ lane, seat, number }: ParcelName): string {
  return `${lane}/${seat}/${number}`;
}
