// Uses the installed package as a server would: the reactor owns a worker's thread, and that
// of this program; they talk over TCP, and wake each other.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { blockOn, Executor, SharedWaker } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener, TcpStream } from '@concurrency-lab/mini-exec/epoll';
import { sleep } from '@concurrency-lab/mini-exec/time';
import { check, report } from './support/report.mjs';

const CONNECTIONS = 200;
const MESSAGES = 20;

if (process.platform === 'linux') await exchange();
else {
  const refused = await EpollReactor.open().catch((error) => error.code);
  check(refused === 'ERR_UNSUPPORTED_PLATFORM', 'it needs Linux, and says so');
}
report();

async function exchange() {
  const worker = new Worker(new URL('workers/mini-exec-epoll.mjs', import.meta.url));
  const [{ address, words, waker }] = await once(worker, 'message');
  const reactor = await EpollReactor.open();
  const executor = new Executor();

  let intact = 0;
  function* client(id) {
    const stream = yield* TcpStream.connect(address);
    for (let n = 0; n < MESSAGES; n++) {
      const message = `client ${id}, message ${n}; ${'x'.repeat((id * 131 + n) % 3000)}`;
      yield* stream.write(message);
      let answer = '';
      while (answer.length < message.length) answer += new TextDecoder().decode(yield* stream.read());
      if (answer === message) intact++;
    }
    yield* stream.shutdown();
    check((yield* stream.read()) === null, 'nothing follows the end');
    stream.close();
  }

  const refused = blockOn(
    function* () {
      for (const task of Array.from({ length: CONNECTIONS }, (_, id) => executor.spawn(client(id)))) yield* task;
      yield* sleep(5);
      const listener = yield* TcpListener.bind({ port: 0 });
      listener.close();
      try {
        yield* TcpStream.connect(listener.address);
        return 'connected';
      } catch (error) {
        return error.code;
      }
    },
    executor,
    reactor,
  );
  check(refused === 'ECONNREFUSED', `a port that nobody listens on: ${refused}`);
  check(intact === CONNECTIONS * MESSAGES, `${intact} answers are intact`);
  check(reactor.sockets === 0 && executor.liveTasks === 0, 'nothing is left');
  reactor.close();

  // The worker sleeps in epoll_wait, and runs no events.
  Atomics.store(words, 0, 1);
  SharedWaker.from(waker).wake();
  const [{ accepted, sockets }] = await once(worker, 'message');
  check(accepted === CONNECTIONS && sockets === 0, `the worker accepted ${accepted}, and has ${sockets} left`);
}
