// A worker whose thread belongs to the reactor: it serves echoes until another thread calls.
import { parentPort } from 'node:worker_threads';
import { blockOn, Executor, Future, Pending, shareWaker } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener } from '@concurrency-lab/mini-exec/epoll';
import { sleep } from '@concurrency-lab/mini-exec/time';

const words = new Int32Array(new SharedArrayBuffer(8));

/** Answers the calls of another thread, and is ready after the last, -1. */
class Called extends Future {
  #shared;
  constructor(announce) {
    super();
    this.announce = announce;
  }
  poll(cx) {
    if (this.#shared === undefined) {
      this.#shared = shareWaker(cx.waker);
      this.announce(this.#shared.handle);
    }
    const word = Atomics.load(words, 0);
    Atomics.store(words, 1, word); // the answer to a call
    Atomics.notify(words, 1);
    if (word !== -1) return Pending;
    this.#shared[Symbol.dispose]();
    return 'called';
  }
}

function* echo(stream) {
  for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) yield* stream.write(bytes);
  yield* stream.shutdown();
  stream.close();
}

const reactor = await EpollReactor.open();
const executor = new Executor();
let ticks = 0;
const outcome = blockOn(
  function* () {
    const listener = yield* TcpListener.bind({ port: 0 });
    executor.spawn(function* () {
      for (let stream = yield* listener.accept(); stream !== null; stream = yield* listener.accept()) {
        executor.spawn(echo(stream));
      }
    });
    const clock = executor.spawn(function* () {
      for (; ticks < 20; ticks++) yield* sleep(2);
    });
    yield* clock; // from here on nothing but calls and sockets ends the sleep
    const result = yield* new Called((waker) => {
      parentPort.postMessage({ address: listener.address, words, waker });
    });
    listener.close();
    return result;
  },
  executor,
  reactor,
);
const { sockets } = reactor;
reactor.close();
parentPort.postMessage({ outcome, sockets, ticks });
