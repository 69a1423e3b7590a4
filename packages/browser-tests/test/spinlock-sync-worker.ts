// The worker side of spinlock-sync.browser.test.ts: blocks where the page may not.

import {
  Barrier,
  type BarrierHandle,
  Condvar,
  type CondvarHandle,
  Mutex,
  type MutexHandle,
  Once,
  type OnceHandle,
  RwLock,
  type RwLockHandle,
  Semaphore,
  type SemaphoreHandle,
} from '@concurrency-lab/spinlock';

/** What the page may ask for; words are shared, and plain. */
export type Request = { readonly words: Int32Array<SharedArrayBuffer> } & (
  | { readonly kind: 'write'; readonly lock: RwLockHandle; readonly times: number }
  | { readonly kind: 'acquire'; readonly semaphore: SemaphoreHandle; readonly times: number }
  | { readonly kind: 'put'; readonly mutex: MutexHandle; readonly changed: CondvarHandle; readonly times: number }
  | { readonly kind: 'meet'; readonly barrier: BarrierHandle; readonly times: number }
  | { readonly kind: 'run'; readonly once: OnceHandle }
);

const PATIENCE = { timeout: 100_000 };

function answer(request: Request): unknown {
  const { words } = request;
  if (request.kind === 'run') return Once.from(request.once).run(() => void words.fill(7), PATIENCE);
  const { times } = request;
  if (request.kind === 'write') {
    const lock = RwLock.from(request.lock);
    for (let i = 0; i < times; i++) lock.withWrite(() => void (words[0] = words[0]! + 1), PATIENCE);
  } else if (request.kind === 'acquire') {
    const semaphore = Semaphore.from(request.semaphore);
    for (let i = 0; i < times; i++) {
      const permit = semaphore.acquire(1, PATIENCE);
      words[0] = words[0]! + 1;
      permit.release();
    }
  } else if (request.kind === 'put') {
    const [mutex, changed] = [Mutex.from(request.mutex), Condvar.from(request.changed)];
    for (let value = 1; value <= times; value++) {
      mutex.withLock(() => {
        changed.waitWhile(mutex, () => words[0] !== 0, PATIENCE);
        words[0] = value;
      }, PATIENCE);
      changed.notifyAll();
    }
  } else {
    const barrier = Barrier.from(request.barrier);
    let led = 0;
    for (let i = 0; i < times; i++) if (barrier.wait(PATIENCE)) led++;
    return led;
  }
  return times;
}

addEventListener('message', ({ data }: MessageEvent<Request>) => postMessage(answer(data)));
