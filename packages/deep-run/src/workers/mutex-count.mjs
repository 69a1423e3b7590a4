// Changes the two words under the mutex until the third says that it is enough.
import { workerData } from 'node:worker_threads';
import { Mutex } from '@concurrency-lab/spinlock';

const { handle, words } = workerData;
const mutex = Mutex.from(handle);
while (Atomics.load(words, 2) === 0) {
  mutex.withLock(() => {
    if (words[0] !== words[1]) throw new Error(`${words[0]} and ${words[1]} should be equal under the mutex`);
    words[0]++;
    words[1]++;
  });
}
