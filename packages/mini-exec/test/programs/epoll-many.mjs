// So many connections at a time, each with bytes of its own; `server`, or `client <port> <count>`.
import { blockOn, Executor, Future, Pending } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener, TcpStream } from '@concurrency-lab/mini-exec/epoll';

const [, , role, port, count] = process.argv;
const executor = new Executor();
const reactor = await EpollReactor.open();

function* serve() {
  const listener = yield* TcpListener.bind({ port: 0, backlog: 4096 });
  console.log(listener.address.port);
  let open = 0;
  let most = 0;
  function* echo(stream) {
    most = Math.max(most, ++open);
    for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) yield* stream.write(bytes);
    yield* stream.shutdown();
    stream.close();
    if (--open === 0) listener.close();
  }
  for (let stream = yield* listener.accept(); stream !== null; stream = yield* listener.accept()) {
    executor.spawn(echo(stream));
  }
  console.log(JSON.stringify({ most, sockets: reactor.sockets }));
}

/** Lets nobody through before all have come. */
class Barrier extends Future {
  #wakers = [];
  constructor(parties) {
    super();
    this.missing = parties;
  }
  arrive() {
    if (--this.missing === 0) for (const waker of this.#wakers) waker.wake();
  }
  poll(cx) {
    if (this.missing === 0) return undefined;
    this.#wakers.push(cx.waker);
    return Pending;
  }
}

function* drive() {
  const barrier = new Barrier(Number(count));
  let intact = 0;
  function* client(id) {
    const stream = yield* TcpStream.connect({ host: '127.0.0.1', port: Number(port) });
    for (let n = 0; n < 3; n++) {
      const message = `client ${id}, message ${n};`;
      yield* stream.write(message);
      let answer = '';
      while (answer.length < message.length) answer += Buffer.from(yield* stream.read()).toString();
      if (answer === message) intact++;
      if (n === 0) barrier.arrive();
      yield* barrier;
    }
    yield* stream.shutdown();
    if ((yield* stream.read()) !== null) throw new Error('bytes after the end');
    stream.close();
  }
  const clients = Array.from({ length: Number(count) }, (_, id) => executor.spawn(client(id)));
  for (const handle of clients) yield* handle;
  console.log(JSON.stringify({ intact, sockets: reactor.sockets }));
}

blockOn(role === 'server' ? serve() : drive(), executor, reactor);
