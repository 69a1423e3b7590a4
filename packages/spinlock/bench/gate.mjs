// What bench-gate compares between two commits: `node packages/bench-gate/src/run.mjs --package spinlock`.
//
// Each case makes its subject with the module it is given, which is that of the one commit or of
// the other, and returns a call that takes some microseconds.

import { Worker } from 'node:worker_threads';

const TIMES = 200;

/** Enters as often as a call does; the count is plain memory, and shows that each section ran. */
const alone = (lock) => {
  const words = new Int32Array(1);
  const call = () => {
    for (let i = 0; i < TIMES; i++) {
      lock.lock();
      words[0]++;
      lock.unlock();
    }
  };
  call();
  if (words[0] !== TIMES || lock.isLocked) throw new Error(`${words[0]} of ${TIMES} sections ran`);
  return call;
};

// Two threads that want the lock at once. A partner that contended while its side's turn is over
// would slow the other side: it sleeps until a call tells it to enter so many times.
const contended = (name) => ({
  name: `${name}, two threads`,
  threads: 2,
  async setup(module) {
    const lock = module[name].create();
    const words = new Int32Array(new SharedArrayBuffer(512));
    const worker = new Worker(new URL('workers/gate-contender.mjs', import.meta.url), {
      workerData: { name, handle: lock.handle, words, times: TIMES },
      execArgv: [],
    });
    await new Promise((resolve, reject) => worker.once('online', resolve).once('error', reject));
    let turn = 0;
    let expected = 0;
    const start = (value) => {
      Atomics.store(words, 0, value);
      Atomics.notify(words, 0);
    };
    const call = () => {
      start(++turn);
      for (let i = 0; i < TIMES; i++) {
        lock.lock();
        words[64]++;
        lock.unlock();
      }
      while (Atomics.load(words, 32) !== turn);
      expected += 2 * TIMES;
      if (words[64] !== expected) throw new Error(`${words[64]} of ${expected} sections ran`);
    };
    call();
    const close = async () => {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      start(-1);
      await ended;
    };
    return { call, close };
  },
});

export const cases = [
  { name: 'Mutex, lock and unlock', setup: ({ Mutex }) => alone(Mutex.create()) },
  { name: 'SpinLock, lock and unlock', setup: ({ SpinLock }) => alone(SpinLock.create()) },
  { name: 'TicketLock, lock and unlock', setup: ({ TicketLock }) => alone(TicketLock.create()) },
  {
    name: 'Mutex, tryLock and guard',
    setup({ Mutex }) {
      const mutex = Mutex.create();
      const other = Mutex.from(mutex.handle);
      const call = () => {
        for (let i = 0; i < TIMES; i++) {
          const guard = mutex.tryLock();
          if (guard === undefined || other.tryLock() !== undefined) throw new Error('two held it, or nobody');
          guard.unlock();
        }
      };
      call();
      return call;
    },
  },
  {
    name: 'Mutex, lockAsync',
    setup({ Mutex }) {
      const mutex = Mutex.create();
      return async () => {
        for (let i = 0; i < 20; i++) {
          const guard = await mutex.lockAsync();
          if (!mutex.isHeld) throw new Error('nobody holds it');
          guard.unlock();
        }
      };
    },
  },
  {
    name: 'RwLock, read and write',
    setup({ RwLock }) {
      const lock = RwLock.create();
      const call = () => {
        for (let i = 0; i < TIMES; i++) {
          lock.read().unlock();
          lock.write().unlock();
        }
        if (lock.isLocked) throw new Error('it was not released');
      };
      call();
      return call;
    },
  },
  {
    name: 'Semaphore, acquire and release',
    setup({ Semaphore }) {
      const semaphore = Semaphore.create({ permits: 2 });
      const call = () => {
        for (let i = 0; i < TIMES; i++) semaphore.acquire().release();
        if (semaphore.available !== 2) throw new Error('a permit was lost');
      };
      call();
      return call;
    },
  },
  contended('Mutex'),
  contended('SpinLock'),
];
