// Uses the installed package as a program would, with real sockets: tasks, promises, timers, TCP.

import { blockOn, Executor, fromPromise, yieldNow } from '@concurrency-lab/mini-exec';
import { TcpListener, TcpStream } from '@concurrency-lab/mini-exec/net';
import { sleep } from '@concurrency-lab/mini-exec/time';
import { check, report } from './support/report.mjs';

check(
  blockOn(function* () {
    yield* yieldNow();
    return 42;
  }) === 42,
  'blockOn',
);
const executor = new Executor();
const echoed = await executor.spawn(function* () {
  yield* fromPromise(Promise.resolve());
  yield* sleep(5);
  const listener = yield* TcpListener.bind({ port: 0 });
  const server = executor.spawn(function* () {
    const stream = yield* listener.accept();
    for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) yield* stream.write(bytes);
    yield* stream.shutdown();
    stream.close();
  });
  const stream = yield* TcpStream.connect(listener.address);
  yield* stream.write('across the wire');
  yield* stream.shutdown();
  let text = '';
  for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) {
    text += new TextDecoder().decode(bytes);
  }
  stream.close();
  yield* server;
  listener.close();
  return text;
});
check(echoed === 'across the wire', `the echo came back as ${JSON.stringify(echoed)}`);
check(executor.liveTasks === 0, 'no task is left');

report();
