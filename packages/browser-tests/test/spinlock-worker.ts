// The worker side of the lock tests: enters the lock that the page sends, many times.

import { Mutex, type MutexHandle, SpinLock, type SpinLockHandle } from '@concurrency-lab/spinlock';

/** What the page asks for. */
export interface LockRequest {
  readonly handle: MutexHandle | SpinLockHandle;
  readonly room: Int32Array<SharedArrayBuffer>;
  readonly times: number;
  /** Stay inside, to be terminated. */
  readonly stays: boolean;
}

function enterMany({ handle, room, times, stays }: LockRequest): number {
  const lock = handle.kind === 'mutex' ? Mutex.from(handle) : SpinLock.from(handle);
  if (stays) {
    lock.lock();
    room[1] = 5;
    return 0;
  }
  let meetings = 0;
  for (let i = 0; i < times; i++) {
    lock.withLock(() => {
      if (room[0] !== 0) meetings++;
      room[0] = 1;
      room[1]! += 1000;
      room[0] = 0;
    });
  }
  return meetings;
}

addEventListener('message', ({ data }: MessageEvent<LockRequest>) => postMessage(enterMany(data)));
