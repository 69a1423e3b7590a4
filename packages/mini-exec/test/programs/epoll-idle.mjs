// A worker that waits for a connection that never comes.
import { parentPort } from 'node:worker_threads';
import { blockOn, Executor } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener } from '@concurrency-lab/mini-exec/epoll';

blockOn(
  function* () {
    const listener = yield* TcpListener.bind({ port: 0 });
    parentPort.postMessage('listens');
    yield* listener.accept();
  },
  new Executor(),
  await EpollReactor.open(),
);
