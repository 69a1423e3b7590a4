// One of several threads that use the same five objects; reports what it saw.
import { parentPort, workerData } from 'node:worker_threads';
import { Barrier, Condvar, Mutex, Once, RwLock, Semaphore } from '@concurrency-lab/spinlock';

const { handles, words, log, id, rounds } = workerData;
const lock = RwLock.from(handles.lock);
const semaphore = Semaphore.from(handles.semaphore);
const mutex = Mutex.from(handles.mutex);
const changed = Condvar.from(handles.changed);
const barrier = Barrier.from(handles.barrier);
const once = Once.from(handles.once);
const patience = { timeout: 20_000 };
const seen = { torn: 0, most: 0, led: 0, early: 0, ran: once.run(() => void words[0]++, patience) };

if (words[0] !== 1) seen.early++;
for (let i = 0; i < rounds; i++) {
  // words[1] and words[2]: always the same, for whoever reads.
  lock.withRead(() => void (words[1] === words[2] || seen.torn++), patience);
  lock.withWrite(() => {
    words[1] = rounds * id + i;
    words[2] = words[1];
  }, patience);
  // words[3]: how many are inside.
  const permit = semaphore.acquire(1, patience);
  seen.most = Math.max(seen.most, Atomics.add(words, 3, 1) + 1);
  Atomics.sub(words, 3, 1);
  permit.release();
  // words[4]: whose turn it is to append to the log, words[5]: its length.
  mutex.withLock(() => {
    changed.waitWhile(mutex, () => words[4] !== id, patience);
    log[words[5]++] = rounds * id + i;
    words[4] = (id + 1) % barrier.parties;
  }, patience);
  changed.notifyAll();
  if (i % 10 === 0 && barrier.wait(patience)) seen.led++;
}
parentPort.postMessage(seen);
