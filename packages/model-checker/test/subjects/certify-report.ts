// Models whose traces the reports are tested with.

import { label, spawn } from '@concurrency-lab/model-checker';

function words(...names: string[]): Int32Array<SharedArrayBuffer> {
  const view = new Int32Array(new SharedArrayBuffer(names.length * 4));
  label(view, names);
  return view;
}

/** Two plain writes in no order. */
export function plainRace(): void {
  const shared = words('ready', 'value');
  spawn(
    () => {
      shared[1] = 42;
      Atomics.store(shared, 0, 1);
    },
    { name: 'writer' },
  );
  spawn(
    () => {
      if (Atomics.load(shared, 0) === 0) shared[1] = 7;
    },
    { name: 'other' },
  );
}

/** An atomic update of what another thread writes without: the update is what fails. */
export function atomicRace(): void {
  const shared = words('other', 'count');
  spawn(() => {
    shared[1] = 5;
  });
  spawn(() => {
    for (let i = 0; i < 2; i++) Atomics.add(shared, i, 2);
  });
}

/** Everything that orders threads: spawn, a store that is read, a notify, join. */
export function handOver(): void {
  const shared = words('ready', 'value');
  const receiver = spawn(
    () => {
      while (Atomics.load(shared, 0) === 0) Atomics.wait(shared, 0, 0);
      return shared[1];
    },
    { name: 'receiver' },
  );
  const sender = spawn(
    () => {
      shared[1] = 42;
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
    },
    { name: 'sender' },
  );
  receiver.join();
  sender.join();
}

/** Throws a message that HTML would take for markup. */
export function markup(): void {
  const shared = words('a<b>&"c"');
  Atomics.store(shared, 0, 1);
  throw new RangeError('<script>alert("1 & 2")</script>');
}

function wide(threads: number): void {
  const shared = words('theNameOfAVeryLongField', 'anotherNameThatIsLong');
  for (let i = 1; i <= threads; i++) {
    spawn(
      () => {
        Atomics.compareExchange(shared, 0, i - 1, i);
        Atomics.add(shared, 1, i);
      },
      { name: `worker number ${i}` },
    );
  }
}

/** A sleeper that the very next step wakes. */
export function onlyNotify(): void {
  const shared = words('word');
  spawn(() => Atomics.wait(shared, 0, 0));
  spawn(() => Atomics.notify(shared, 0));
}

/** Three threads and long names: columns of 120 characters with shorter ones. */
export function threeThreads(): void {
  wide(3);
}

/** Seven threads and long names: more than fits side by side. */
export function sevenThreads(): void {
  wide(7);
}

/** Waits, spins and ends: reasons to run another thread. */
export function reasons(): void {
  const shared = words('go', 'done');
  const spinner = spawn(
    () => {
      Atomics.add(shared, 1, 1);
      while (Atomics.load(shared, 0) === 0);
      Atomics.store(shared, 1, 1);
    },
    { name: 'spinner' },
  );
  Atomics.store(shared, 1, 0);
  spawn(
    () => {
      Atomics.store(shared, 0, 1);
    },
    { name: 'starter' },
  );
  spinner.join();
  Atomics.load(shared, 1);
}
