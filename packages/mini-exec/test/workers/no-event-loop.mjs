// A thread without an event loop: tasks in a fixed arena, timers, and wake-ups from outside as
// an embedded system has interrupts. Answers numbers until it is told to stop.
import { parentPort, workerData } from 'node:worker_threads';
import { blockOn, Executor, Future, Pending, shareWaker } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';

const { words } = workerData;

class Interrupt extends Future {
  #seen;
  #shared;

  constructor(seen) {
    super();
    this.#seen = seen;
  }

  poll(cx) {
    const value = Atomics.load(words, 0);
    if (value !== this.#seen) {
      this.drop();
      return value;
    }
    this.#shared ??= share(cx.waker);
    return Atomics.load(words, 0) === this.#seen ? Pending : this.poll(cx);
  }

  drop() {
    this.#shared?.[Symbol.dispose]();
    this.#shared = undefined;
  }
}

/** Hands a waker to the other thread: a slot and a generation are two numbers. */
function share(waker) {
  const shared = shareWaker(waker);
  const { slot, generation } = shared.handle;
  Atomics.store(words, 3, slot);
  Atomics.store(words, 4, generation);
  Atomics.add(words, 5, 1);
  Atomics.notify(words, 5);
  return shared;
}

const executor = new Executor({ capacity: 2 });
let blinks = 0;
const sum = blockOn(function* () {
  const blinking = executor.spawn(function* () {
    for (;;) {
      yield* sleep(1);
      blinks++;
    }
  });
  let total = 0;
  const first = shareWaker({ wake() {} });
  parentPort.postMessage(first.handle); // names this thread's inbox
  first[Symbol.dispose]();
  for (let seen = 0; ;) {
    seen = yield* new Interrupt(seen);
    if (seen < 0) break;
    total += seen;
    Atomics.store(words, 1, seen * 3);
    Atomics.notify(words, 1);
  }
  blinking.abort();
  return total;
}, executor);
parentPort.postMessage({ sum, blinks, live: executor.liveTasks });
