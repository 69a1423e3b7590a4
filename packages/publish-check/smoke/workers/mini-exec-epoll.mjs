import { parentPort } from 'node:worker_threads';
import { blockOn, Executor, Future, Pending, shareWaker } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener } from '@concurrency-lab/mini-exec/epoll';

const words = new Int32Array(new SharedArrayBuffer(4));

/** Is ready when the main thread has set the word and called. */
class Called extends Future {
  poll(cx) {
    if (this.shared === undefined) {
      this.shared = shareWaker(cx.waker);
      parentPort.postMessage({ address: this.address, words, waker: this.shared.handle });
    }
    if (Atomics.load(words, 0) === 0) return Pending;
    this.shared[Symbol.dispose]();
    return undefined;
  }
}

function* echo(stream) {
  for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) yield* stream.write(bytes);
  yield* stream.shutdown();
  stream.close();
}

const reactor = await EpollReactor.open();
const executor = new Executor();
let accepted = 0;
blockOn(
  function* () {
    const listener = yield* TcpListener.bind({ port: 0 });
    executor.spawn(function* () {
      for (let stream = yield* listener.accept(); stream !== null; stream = yield* listener.accept()) {
        accepted++;
        executor.spawn(echo(stream));
      }
    });
    const called = new Called();
    called.address = listener.address;
    yield* called;
    listener.close();
  },
  executor,
  reactor,
);
parentPort.postMessage({ accepted, sockets: reactor.sockets });
reactor.close();
