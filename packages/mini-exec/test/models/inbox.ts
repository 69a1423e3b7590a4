// Models of the inbox: threads that call, and an owner that sleeps, takes calls, and must not
// miss one.

import { spawn } from '@concurrency-lab/model-checker';
import { descriptors } from '../../src/inbox/event-descriptor.ts';
import { Inbox } from '../../src/inbox/inbox.ts';
import { POLLING } from '../../src/inbox/layout.ts';
import { SharedWaker, type WakerHandle } from '../../src/inbox/shared-waker.ts';

/** Counts how often it is woken. */
class Counter {
  count = 0;
  wake(): void {
    this.count++;
  }
}

/** Shares a waker, without the event loop. */
function share(inbox: Inbox, waker: Counter): WakerHandle {
  return { ...inbox.region.handle, ...inbox.add(waker) };
}

function newWords(length = 2): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

/** One thread calls; the owner sleeps until then, and sees what was written before. */
export function callOne(): void {
  const inbox = new Inbox();
  const words = newWords();
  const waker = new Counter();
  const handle = share(inbox, waker);
  const caller = spawn(() => {
    words[0] = 42;
    SharedWaker.from(handle).wake();
  });
  while (waker.count === 0) {
    inbox.sleep(Infinity);
    inbox.take();
  }
  if (words[0] !== 42) throw new Error(`saw ${words[0]}`);
  caller.join();
}

/** Two threads call the same waker: the owner learns of both. */
export function callTwice(): void {
  const inbox = new Inbox();
  const words = newWords();
  const waker = new Counter();
  const handle = share(inbox, waker);
  const call = (i: number) => () => {
    Atomics.store(words, i, 1);
    SharedWaker.from(handle).wake();
  };
  const callers = [spawn(call(0)), spawn(call(1))];
  while (Atomics.load(words, 0) + Atomics.load(words, 1) < 2) {
    inbox.sleep(Infinity);
    inbox.take();
  }
  for (const caller of callers) caller.join();
  inbox.take();
  if (waker.count < 1 || waker.count > 2) throw new Error(`woken ${waker.count} times`);
}

/** Two threads call a waker each: each is woken, once. */
export function callTwo(): void {
  const inbox = new Inbox();
  const wakers = [new Counter(), new Counter()] as const;
  const callers = wakers.map((waker) => {
    const handle = share(inbox, waker);
    return spawn(() => SharedWaker.from(handle).wake());
  });
  while (wakers[0].count === 0 || wakers[1].count === 0) {
    inbox.sleep(Infinity);
    inbox.take();
  }
  for (const caller of callers) caller.join();
  inbox.take();
  if (wakers[0].count + wakers[1].count !== 2) throw new Error('woken for nothing');
}

/** One of two callers is terminated at any of its steps: the other is heard all the same. */
export function callBesideTheDead(): void {
  const inbox = new Inbox();
  const words = newWords();
  const handle = share(inbox, new Counter());
  const victim = spawn(() => SharedWaker.from(handle).wake(), { mayBeTerminated: true });
  const caller = spawn(() => {
    Atomics.store(words, 0, 1);
    SharedWaker.from(handle).wake();
  });
  while (Atomics.load(words, 0) === 0) {
    inbox.sleep(Infinity);
    inbox.take();
  }
  caller.join();
  victim.join();
}

/** The owner takes the slot back while another thread calls, and gives it to another waker. */
export function callTooLate(): string {
  const inbox = new Inbox();
  const early = new Counter();
  const handle = share(inbox, early);
  const caller = spawn(() => SharedWaker.from(handle).wake());
  inbox.take();
  inbox.remove(handle.slot);
  const late = new Counter();
  const other = share(inbox, late);
  if (other.slot !== handle.slot || other.generation === handle.generation) throw new Error('the slot is not reused');
  caller.join();
  inbox.take();
  const before = late.count;
  SharedWaker.from(handle).wake();
  inbox.take();
  if (late.count !== before) throw new Error('a stale handle wakes the next waker of its slot');
  if (early.count + late.count > 1) throw new Error('one call woke two');
  return early.count === 1 ? 'in time' : late.count === 1 ? 'for nothing' : 'not at all';
}

/** The owner sleeps in its reactor, and is woken through the descriptor it named; a word stands for that. */
export function callReactor(): void {
  const inbox = new Inbox();
  const words = newWords();
  const events = newWords();
  descriptors.signal = (descriptor) => {
    if (descriptor !== 7) throw new Error(`wrote to descriptor ${descriptor}`);
    Atomics.store(events, 0, 1);
    Atomics.notify(events, 0);
  };
  const waker = new Counter();
  const handle = share(inbox, waker);
  const caller = spawn(() => {
    words[0] = 42;
    SharedWaker.from(handle).wake();
  });
  inbox.eventFd = 7;
  while (waker.count === 0) {
    if (inbox.doze(POLLING)) while (Atomics.exchange(events, 0, 0) === 0) Atomics.wait(events, 0, 0);
    inbox.take();
  }
  if (words[0] !== 42) throw new Error(`saw ${words[0]}`);
  caller.join();
}

/** An owner that may not block: its event loop waits for calls while a waker is shared, and no longer. */
export function callPage(): void {
  const inbox = new Inbox();
  const words = newWords();
  const waker = new Counter();
  const handle = share(inbox, waker);
  const caller = spawn(() => {
    words[0] = 42;
    SharedWaker.from(handle).wake();
  });
  const page = spawn(
    async () => {
      waker.wake = (): void => {
        waker.count++;
        if (waker.count === 1) inbox.remove(handle.slot);
      };
      await inbox.watch();
      return words[0];
    },
    { canBlock: false },
  );
  caller.join();
  if (page.join() !== 42) throw new Error('the page missed the call');
}

/** A waker that is taken back ends the event loop's wait. */
export function takeBack(): void {
  const inbox = new Inbox();
  const handle = share(inbox, new Counter());
  const page = spawn(async () => {
    const watching = inbox.watch();
    await Promise.resolve();
    inbox.remove(handle.slot);
    await watching;
    return 'ended';
  });
  if (page.join() !== 'ended') throw new Error('still waiting');
}

/** A thread whose event loop waits for calls blocks meanwhile: it is woken there. */
export function blockWhileWatching(): void {
  const inbox = new Inbox();
  const waker = new Counter();
  const handle = share(inbox, waker);
  const owner = spawn(async () => {
    const watching = inbox.watch();
    while (waker.count === 0) {
      inbox.sleep(Infinity);
      inbox.take();
    }
    inbox.remove(handle.slot);
    await watching;
    return waker.count;
  });
  SharedWaker.from(handle).wake();
  if (owner.join() !== 1) throw new Error('woken more than once');
}
