// A program with something wrong in it, which serves the console: for console-cli.test.ts.
// It ends when its standard input does. What it is told there it does: "exit", or "block".

import { Executor, Future, LocalExecutor, Pending } from '@concurrency-lab/mini-exec';
import { serveConsole } from '@concurrency-lab/mini-exec/console';
import { sleep } from '@concurrency-lab/mini-exec/time';

class Forgetful extends Future {
  poll() {
    return Pending;
  }
}

class Careless extends Future {
  poll(cx) {
    return cx.waker === undefined ? 'impossible' : Pending; // takes the waker, and drops it
  }
}

const options = JSON.parse(process.argv[2] ?? '{}');
const server = process.env.MINI_EXEC_CONSOLE === undefined ? await serveConsole(options) : undefined;
const executor = new Executor();
const other = new LocalExecutor();
const keeps = [other];
executor.spawn(new Forgetful(), { name: 'forgetful' });
executor.spawn(new Careless(), { name: 'careless' });
executor.spawn(
  function* () {
    for (;;) yield* sleep(5);
  },
  { name: 'ticks' },
);
other.spawn(
  function* () {
    yield* executor.spawn(sleep(1e6), { name: 'child' });
  },
  { name: 'parent' },
);
while (other.tryTick());
await executor.spawn(sleep(1), { name: 'short' });

process.stdin.on('end', () => process.exit()).setEncoding('utf8');
process.stdin.on('data', (command) => {
  if (command.startsWith('exit')) process.exit();
  if (command.startsWith('block')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
});
console.log(JSON.stringify(server?.address ?? keeps.length));
