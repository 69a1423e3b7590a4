// Uses the installed package as a program would that is watched: events, and the console, by a
// client in the same process. A future that forgets its waker, and one that drops it, must show.

import { Executor, fromPromise, Future, LocalExecutor, Pending, yieldNow } from '@concurrency-lab/mini-exec';
import { connectConsole, serveConsole } from '@concurrency-lab/mini-exec/console';
import { CHANNELS, enableTracing, subscribe } from '@concurrency-lab/mini-exec/tracing';
import { check, report } from './support/report.mjs';

class Forgets extends Future {
  poll() {
    return Pending;
  }
}
class Drops extends Future {
  poll(cx) {
    check(cx.waker !== undefined, 'there is a waker');
    return Pending;
  }
}

// Events, while somebody subscribes.
const types = [];
{
  const { unsubscribe } = subscribe(({ type, task }) => {
    types.push(type);
    if (type === 'spawn') check(/mini-exec-tracing\.mjs:\d+:\d+$/.test(task.location), `location ${task.location}`);
  });
  const executor = new LocalExecutor();
  executor.spawn(yieldNow());
  while (executor.tryTick());
  unsubscribe();
}
check(types.join() === 'spawn,poll-start,waker-take,wake,poll-end,poll-start,poll-end,complete', types.join());

// Channels, where tools listen that know nothing of this package.
const diagnostics = process.getBuiltinModule('node:diagnostics_channel');
let polls = 0;
const { unsubscribe } = enableTracing();
diagnostics.subscribe(CHANNELS.pollEnd, () => polls++);
await new Executor().spawn(yieldNow());
unsubscribe();
check(polls === 2, `${polls} polls were published`);

// The console.
const server = await serveConsole({ port: 0 });
const client = await connectConsole(server.address);
const executor = new Executor();
executor.spawn(new Forgets(), { name: 'forgets' });
executor.spawn(new Drops(), { name: 'drops' });
const waits = Promise.withResolvers?.() ?? {};
waits.promise ??= new Promise((resolve) => (waits.resolve = resolve));
const waiting = executor.spawn(fromPromise(waits.promise), { name: 'waits' });
const canCollect = await client.collectGarbage();
const { snapshot } = await client.snapshot();
const warned = snapshot.tasks.filter(({ warnings }) => warnings.some(({ kind }) => kind === 'lost-waker'));
const names = warned.map(({ name }) => name).join();
// A collector that scans the stack conservatively, as Bun's does, may take the dropped waker for one that is held.
const isExact = canCollect && process.versions.bun === undefined;
check(
  names === 'forgets,drops' || (names === 'forgets' && !isExact),
  `lost wakers of ${names}, garbage collected: ${canCollect}`,
);
check(snapshot.totals.live === 3 && executor.liveTasks === 3, 'three tasks live');
waits.resolve('done');
check((await waiting) === 'done', 'a task that is watched goes on');
client.close();
server.close();

report();
