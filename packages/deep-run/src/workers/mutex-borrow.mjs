// Changes two words under a borrowed mutex for ever; repairs them where an owner has died. The
// third word counts, for whoever wants to see that the worker is at work.
import { workerData } from 'node:worker_threads';
import { Mutex, OwnerDiedError } from '@concurrency-lab/spinlock';

const { handle, words } = workerData;
const mutex = Mutex.from(handle);
for (;;) {
  try {
    const guard = mutex.lock();
    if (words[0] !== words[1]) throw new Error(`${words[0]} and ${words[1]} should be equal under the mutex`);
    words[0]++;
    for (let i = Atomics.add(words, 2, 1) % 500; i > 0; i--); // long enough to be ended in the middle
    words[1]++;
    guard.unlock();
  } catch (error) {
    if (!(error instanceof OwnerDiedError)) throw error;
    const guard = mutex.recover();
    if (guard !== undefined) {
      words[1] = words[0];
      guard.unlock();
    }
  }
}
