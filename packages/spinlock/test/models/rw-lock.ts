// The models of RwLock. What it guards is plain memory, which races unless the lock orders it.

import { spawn } from '@concurrency-lab/model-checker';
import { canBlock } from '@concurrency-lab/atomics';
import { type LockGuard, RwLock } from '../../src/index.ts';
import { Queue } from '../../src/queue.ts';
import { RwWord } from '../../src/rw-word.ts';
import { StubSignal } from './stub-signal.ts';

canBlock(); // asks the engine once, outside of any model

const AT_ONCE = { spins: 0 };

interface Shared {
  readonly lock: RwLock;
  readonly data: Int32Array;
  /** Opens the lock as another thread does. */
  readonly open: () => RwLock;
}

function shared(options = AT_ONCE): Shared {
  const lock = RwLock.create(options);
  const data = new Int32Array(new SharedArrayBuffer(8));
  return { lock, data, open: () => RwLock.from(lock.handle, options) };
}

/** Both words always say the same, to one who reads alone. */
function write(data: Int32Array): void {
  data[0] = data[0]! + 1;
  data[1] = data[1]! + 1;
}

function read(data: Int32Array): number {
  if (data[0] !== data[1]) throw new Error(`read ${data[0]} and ${data[1]}`);
  return data[0]!;
}

function expectFree(lock: RwLock): void {
  const guard = lock.tryWrite();
  if (guard === undefined) throw new Error(`still ${lock.readers} readers, writing: ${lock.isWriting}`);
}

function expectWritten(data: Int32Array, times: number): void {
  if (read(data) !== times) throw new Error(`written ${data[0]} times, not ${times}`);
}

/** Waits, and tells how it ended. */
function briefly(lock: () => LockGuard): string {
  try {
    lock().unlock();
    return 'locked';
  } catch (error) {
    return (error as Error).name;
  }
}

/** A reader and a writer. */
export function readAndWrite(): void {
  const { lock, data, open } = shared();
  const reader = spawn(() => open().withRead(() => read(data)));
  lock.withWrite(() => write(data));
  reader.join();
  expectWritten(data, 1);
  expectFree(lock);
}

/** Two writers. */
export function writeTwo(): void {
  const { lock, data, open } = shared();
  const other = spawn(() => open().withWrite(() => write(data)));
  lock.withWrite(() => write(data));
  other.join();
  expectWritten(data, 2);
  expectFree(lock);
}

/** Two readers are in at once: each waits for the other. */
export function readTogether(): void {
  const { lock, data, open } = shared();
  const words = new Int32Array(new SharedArrayBuffer(8));
  const meet = (own: RwLock, mine: number, other: number): void => {
    using _ = own.read();
    Atomics.store(words, mine, 1);
    while (Atomics.load(words, other) === 0);
    read(data);
  };
  const reader = spawn(() => meet(open(), 0, 1));
  meet(lock, 1, 0);
  reader.join();
}

/** Two readers wait for a writer, which lets both in. */
export function letReadersIn(): void {
  const { lock, data, open } = shared();
  const guard = lock.write();
  const readers = [1, 2].map(() => spawn(() => open().withRead(() => expectWritten(data, 1))));
  write(data);
  guard.unlock();
  for (const reader of readers) reader.join();
}

/** Two writers and a reader. */
export function writeTwoAndRead(): void {
  const { lock, data, open } = shared();
  const guard = lock.read();
  const writers = [1, 2].map(() => spawn(() => open().withWrite(() => write(data))));
  read(data);
  guard.unlock();
  for (const writer of writers) writer.join();
  expectWritten(data, 2);
}

/** A writer turns into a reader: no writer comes in between, readers do. */
export function downgrade(): number {
  const { lock, data, open } = shared();
  const writer = spawn(() => open().withWrite(() => write(data)));
  const guard = lock.write();
  write(data);
  const times = read(data);
  const reading = guard.downgrade();
  expectWritten(data, times);
  reading.unlock();
  writer.join();
  expectWritten(data, 2);
  expectFree(lock);
  return times;
}

/** A reader waits while a writer turns into a reader, which lets it in. */
export function downgradeLetsIn(): void {
  const { lock, data, open } = shared();
  const guard = lock.write();
  const reader = spawn(() => {
    const own = open();
    own.withRead(() => expectWritten(data, 1));
  });
  write(data);
  const reading = guard.downgrade();
  reader.join();
  reading.unlock();
  expectFree(lock);
}

/** Threads that try, and never wait. */
export function tryBoth(): string {
  const { lock, data, open } = shared();
  const other = spawn(() => {
    const guard = open().tryWrite();
    if (guard === undefined) return 0;
    write(data);
    guard.unlock();
    return 1;
  });
  if (lock.isWriting && lock.readers > 0) throw new Error('both at once');
  const guard = lock.tryRead();
  const seen = guard === undefined ? 'none' : String(read(data));
  guard?.unlock();
  const times = other.join();
  expectWritten(data, times);
  expectFree(lock);
  return `${seen} of ${times}`;
}

/** While a writer waits, no reader enters. */
export function preferWriter(): string {
  const { lock, data, open } = shared();
  const guard = lock.read();
  const writer = spawn(() => open().withWrite(() => write(data)));
  const second = lock.tryRead();
  second?.unlock();
  guard.unlock();
  writer.join();
  return second === undefined ? 'kept out' : 'came first';
}

/** Threads that spin once before they sleep. */
export function spinning(): void {
  const { lock, data, open } = shared({ spins: 1 });
  const reader = spawn(() => open().withRead(() => read(data)));
  lock.withWrite(() => write(data));
  reader.join();
  expectFree(lock);
}

/** A thread that may not block reads and writes, beside one that may. */
export function page(): void {
  const { lock, data, open } = shared();
  const tasks = spawn(
    async () => {
      const own = open();
      await Promise.all([own.withReadAsync(() => read(data)), own.withWriteAsync(() => write(data))]);
    },
    { canBlock: false },
  );
  lock.withWrite(() => write(data));
  tasks.join();
  expectWritten(data, 2);
  expectFree(lock);
}

/** A writer gives up, and lets a reader in that it kept out. */
export function writerGivesUp(): string {
  const { lock, open } = shared();
  const guard = lock.read();
  const writer = spawn(() => briefly(() => open().write({ timeout: 10 })));
  const reader = spawn(() => open().read().unlock());
  reader.join(); // while this thread still reads, so the writer has to give up first, if it came first
  guard.unlock();
  const seen = writer.join();
  expectFree(lock);
  return seen;
}

/** Two writers in line, either of which may give up: the lock is free in the end. */
export function inLineGiveUp(): string {
  const { lock, open } = shared();
  const guard = lock.read();
  const other = spawn(() => briefly(() => open().write({ timeout: 10 })));
  guard.unlock();
  const seen = briefly(() => lock.write({ timeout: 10 }));
  const all = `${seen},${other.join()}`;
  expectFree(lock);
  return all;
}

/** A reader gives up, and leaves nothing behind. */
export function readerGivesUp(): string {
  const { lock, data, open } = shared();
  const reader = spawn(() => briefly(() => open().read({ timeout: 10 })));
  lock.withWrite(() => write(data));
  const seen = reader.join();
  expectFree(lock);
  return seen;
}

/** A task that waits to write is aborted, while it is let in. */
export function abortPage(): string {
  const { lock, open } = shared();
  const guard = lock.read();
  const tasks = spawn(
    async () => {
      const controller = new StubSignal();
      const written = open().writeAsync({ signal: controller.signal });
      void Promise.resolve().then(() => controller.abort());
      try {
        (await written).unlock();
        return 'locked';
      } catch (error) {
        return (error as Error).message;
      }
    },
    { canBlock: false },
  );
  guard.unlock();
  lock.read().unlock();
  const seen = tasks.join();
  expectFree(lock);
  return seen;
}

/** A writer gives up while a reader that it keeps out gives up too, and another one leaves. */
export function allGiveUp(): string {
  const { lock, open } = shared();
  const guard = lock.read();
  const writer = spawn(() => briefly(() => open().write({ timeout: 10 })));
  const seen = briefly(() => open().read({ timeout: 10 }));
  guard.unlock();
  const all = `${writer.join()},${seen}`;
  expectFree(lock);
  return all;
}

/** Two writers let readers in at once: a reader sees both, however late it asks for its turn. */
export function letInTwice(): void {
  const words = new Int32Array(new SharedArrayBuffer(12));
  const open = (): RwWord => new RwWord(words, 0, 1, new Queue(words, 0, 2));
  const word = open();
  word.tryEnterWrite();
  word.enterRead(true); // a reader that goes to sleep
  const other = spawn(() => {
    const own = open();
    if (!own.tryEnterWrite()) return 1;
    own.enterRead(true);
    own.leaveWrite(0);
    return 2;
  });
  word.leaveWrite(0);
  const times = other.join();
  if (word.readerTurn !== times) throw new Error(`the turn is ${word.readerTurn}, not ${times}`);
}
