// The models of this package's shared-memory protocols: small programs that check themselves.

import { spawn } from '@concurrency-lab/model-checker';
import {
  CancelToken,
  defineLayout,
  defineStructure,
  HEADER_FIELDS,
  InvalidHandleError,
  InvalidRegionError,
  park,
  parkAsync,
  unpark,
} from '../../src/index.ts';
import { pollWord } from '../../src/poll-word.ts';

const LAYOUT = defineLayout({ ...HEADER_FIELDS, value: 'int32' });
const BOX = defineStructure({ kind: 'box', version: 1, ...LAYOUT });

/** Two threads place a structure in the same memory: one of them succeeds. */
export function placeTwice(): void {
  const buffer = new SharedArrayBuffer(LAYOUT.byteLength);
  const place = (): boolean => {
    try {
      BOX.at(buffer, 0);
      return true;
    } catch (error) {
      if (error instanceof InvalidRegionError) return false;
      throw error;
    }
  };
  const threads = [spawn(place), spawn(place)];
  const placed = threads.map((thread) => thread.join());
  if (placed[0] === placed[1]) throw new Error(`placed: ${placed.join(', ')}`);
}

/** A thread opens a structure while another places it: it sees all of the header, or none. */
export function openWhilePlacing(): number {
  const buffer = new SharedArrayBuffer(LAYOUT.byteLength);
  const handle = { kind: 'box', version: 1, buffer, byteOffset: 0 } as const;
  const opener = spawn(() => {
    try {
      return BOX.from(handle).byteLength;
    } catch (error) {
      if (error instanceof InvalidHandleError && /does not hold a box/.test(error.message)) return 0;
      throw error;
    }
  });
  BOX.at(buffer, 0);
  const byteLength = opener.join();
  if (byteLength !== 0 && byteLength !== LAYOUT.byteLength) throw new Error(`opened ${byteLength} bytes`);
  return byteLength;
}

function send(words: Int32Array<SharedArrayBuffer>): void {
  words[1] = 42;
  Atomics.store(words, 0, 1);
  unpark(words, 0);
}

function receive(words: Int32Array<SharedArrayBuffer>): void {
  while (Atomics.load(words, 0) === 0) park(words, 0, 0);
  if (words[1] !== 42) throw new Error(`received ${words[1]}`);
}

/** One thread parks until another has sent. */
export function parkOne(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const sender = spawn(() => send(words));
  receive(words);
  sender.join();
}

/** Two threads park until a third has sent. */
export function parkTwo(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const sleepers = [spawn(() => receive(words)), spawn(() => receive(words))];
  send(words);
  for (const sleeper of sleepers) sleeper.join();
}

/** A park with an endless timeout, which is another path of the code. */
export function parkWithOptions(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const sender = spawn(() => send(words));
  while (Atomics.load(words, 0) === 0) park(words, 0, 0, { timeout: Infinity });
  if (words[1] !== 42) throw new Error(`received ${words[1]}`);
  sender.join();
}

/** A park that looks at a token between slices of its sleep. */
export function parkWithToken(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const signal = CancelToken.create();
  const sender = spawn(() => send(words));
  while (Atomics.load(words, 0) === 0) park(words, 0, 0, { signal });
  if (words[1] !== 42) throw new Error(`received ${words[1]}`);
  sender.join();
}

/** A thread that may not block waits for one that sends. */
export function parkPage(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const page = spawn(
    async () => {
      while (Atomics.load(words, 0) === 0) await parkAsync(words, 0, 0);
      return words[1];
    },
    { canBlock: false },
  );
  send(words);
  const value = page.join();
  if (value !== 42) throw new Error(`received ${value}`);
}

/** A thread polls, as where there is no waitAsync. */
export function pollPage(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const page = spawn(async () => {
    await pollWord(words, 0, 0, Infinity).result;
    return words[1];
  });
  words[1] = 42;
  Atomics.store(words, 0, 1);
  const value = page.join();
  if (value !== 42) throw new Error(`received ${value}`);
}

/** A thread parks for a while only. */
export function parkBriefly(): string {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const sender = spawn(() => send(words));
  const result = park(words, 0, 0, { timeout: 10 });
  sender.join();
  return result;
}

/** A thread looks at a token while another cancels it. */
export function cancelWhileLooking(): boolean {
  const token = CancelToken.create();
  const words = new Int32Array(new SharedArrayBuffer(4));
  const canceller = spawn(() => {
    words[0] = 42;
    token.cancel();
  });
  const seen = CancelToken.from(structuredClone(token.handle));
  const isCancelled = seen.isCancelled;
  if (isCancelled && words[0] !== 42) throw new Error('cancelled before what came before');
  canceller.join();
  return isCancelled;
}

/** A thread runs until a token is cancelled. */
export function runUntilCancelled(): void {
  const token = CancelToken.create();
  const worker = spawn(() => {
    while (!token.isCancelled);
    return 'stopped';
  });
  token.cancel();
  if (worker.join() !== 'stopped') throw new Error('still running');
}

/** Two threads cancel the same token: one of them did it. */
export function cancelTwice(): void {
  const token = CancelToken.create();
  const threads = [spawn(() => token.cancel()), spawn(() => token.cancel())];
  const first = threads.map((thread) => thread.join());
  if (first[0] === first[1]) throw new Error(`first: ${first.join(', ')}`);
  if (!token.isCancelled) throw new Error('not cancelled');
}
