// An echo server that has few descriptors: run it under `ulimit -n`. Each line on stdin asks
// how much processor time it has used, in milliseconds.
import { blockOn, Executor } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener } from '@concurrency-lab/mini-exec/epoll';
import { sleep } from '@concurrency-lab/mini-exec/time';

const executor = new Executor();
let accepted = 0;

function* echo(stream) {
  try {
    for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) yield* stream.write(bytes);
  } finally {
    stream.close();
  }
}

blockOn(
  function* () {
    const listener = yield* TcpListener.bind({ port: 0 });
    console.log(listener.address.port);
    executor.spawn(function* () {
      for (;;) {
        yield* sleep(50);
        const { user, system } = process.cpuUsage();
        console.log(JSON.stringify({ accepted, cpu: (user + system) / 1000 }));
      }
    });
    for (;;) {
      const stream = yield* listener.accept();
      accepted++;
      executor.spawn(echo(stream));
    }
  },
  executor,
  await EpollReactor.open(),
);
