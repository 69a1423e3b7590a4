// Does one of the tasks below, as one of several threads, and reports what it saw.
import { parentPort, workerData } from 'node:worker_threads';
import { Barrier, Condvar, Mutex, Once, RwLock, Semaphore } from '@concurrency-lab/spinlock';

const tasks = {
  /** Writes a number of its own into both words, or reads both. */
  readAndWrite({ handle, words, rounds, id }) {
    const lock = RwLock.from(handle);
    let torn = 0;
    for (let i = 1; i <= rounds; i++) {
      if (i % 4 === 0) {
        lock.withWrite(() => {
          words[0] = id * rounds + i;
          words[1] = words[0];
          words[2]++;
        });
      } else {
        lock.withRead(() => {
          if (words[0] !== words[1]) torn++;
        });
      }
    }
    return torn;
  },

  /** Counts who is inside at once. */
  share({ handle, inside, rounds }) {
    const semaphore = Semaphore.from(handle);
    let most = 0;
    for (let i = 0; i < rounds; i++) {
      const permit = semaphore.acquire(1 + (i % 2), { timeout: 100_000 });
      most = Math.max(most, Atomics.add(inside, 0, permit.count) + permit.count);
      Atomics.sub(inside, 0, permit.count);
      permit.release();
    }
    return most;
  },

  /** Puts numbers of its own into the buffer: [count, next out, ...slots]. */
  produce({ handles, words, from, to }) {
    const [mutex, changed] = [Mutex.from(handles.mutex), Condvar.from(handles.changed)];
    const slots = words.length - 2;
    for (let value = from; value < to; value++) {
      mutex.withLock(() => {
        changed.waitWhile(mutex, () => words[0] === slots, { timeout: 100_000 });
        words[2 + ((words[1] + words[0]) % slots)] = value;
        words[0]++;
      });
      changed.notifyAll();
    }
  },

  /** Takes as many numbers as it is told. */
  consume({ handles, words, count }) {
    const [mutex, changed] = [Mutex.from(handles.mutex), Condvar.from(handles.changed)];
    const slots = words.length - 2;
    const taken = [];
    while (taken.length < count) {
      mutex.withLock(() => {
        changed.waitWhile(mutex, () => words[0] === 0, { timeout: 100_000 });
        taken.push(words[2 + words[1]]);
        words[1] = (words[1] + 1) % slots;
        words[0]--;
      });
      changed.notifyAll();
    }
    return taken;
  },

  /** Leaves its mark, meets the others, and looks at theirs: once before they go on, once after. */
  meet({ handle, marks, rounds, id }) {
    const barrier = Barrier.from(handle);
    let led = 0;
    let missed = 0;
    for (let round = 1; round <= rounds; round++) {
      marks[id] = round;
      if (barrier.wait({ timeout: 100_000 })) led++;
      for (const mark of marks) if (mark !== round) missed++;
      barrier.wait({ timeout: 100_000 });
    }
    return { led, missed };
  },

  /** Comes to each place when the others do, and does what is to be done there once. */
  once({ gate, buffer, counts }) {
    const barrier = Barrier.from(gate);
    let ran = 0;
    let early = 0;
    for (let i = 0; i < counts.length; i++) {
      const once = Once.from({ kind: 'once', version: 1, buffer, byteOffset: i * Once.BYTES });
      barrier.wait({ timeout: 100_000 });
      if (once.run(() => counts[i]++)) ran++;
      if (counts[i] !== 1) early++;
    }
    return { ran, early };
  },

  /** Says that it is about to wait, and waits. */
  waitForNotification({ handles, ready }) {
    const [mutex, changed] = [Mutex.from(handles.mutex), Condvar.from(handles.changed)];
    mutex.lock();
    Atomics.add(ready, 0, 1);
    changed.wait(mutex, { timeout: 100_000 });
    mutex.unlock();
    return 'notified';
  },
};

parentPort.postMessage(tasks[workerData.task](workerData));
