// Everything that is given up, closed or fails must give its descriptor back.
import { readdirSync } from 'node:fs';
import { blockOn, DeadlockError, Executor, yieldNow } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener, TcpStream } from '@concurrency-lab/mini-exec/epoll';

const descriptors = () => readdirSync('/proc/self/fd').length;
(await EpollReactor.open()).close(); // what a thread keeps for good: the libraries, its doorbell
const before = descriptors();
const report = {};

const executor = new Executor({ panics: 'ignore' });
let reactor = await EpollReactor.open();
const run = (source) => blockOn(source, executor, reactor);

function* abortAfterTurns(source) {
  const handle = executor.spawn(source);
  for (let i = 0; i < 3; i++) yield* yieldNow();
  handle.abort();
  try {
    yield* handle;
    return 'not aborted';
  } catch (error) {
    return error.code;
  }
}

function* pair() {
  const listener = yield* TcpListener.bind({ port: 0 });
  const client = yield* TcpStream.connect(listener.address);
  const server = yield* listener.accept();
  listener.close();
  return [client, server];
}

report.accept = run(function* () {
  using listener = yield* TcpListener.bind({ port: 0 });
  return yield* abortAfterTurns(listener.accept());
});
report.connect = run(function* () {
  using listener = yield* TcpListener.bind({ port: 0 });
  return yield* abortAfterTurns(TcpStream.connect(listener.address));
});
report.read = run(function* () {
  const [client, server] = yield* pair();
  const code = yield* abortAfterTurns(client.read());
  yield* server.write('later');
  const text = Buffer.from(yield* client.read()).toString();
  client.close();
  server.close();
  return `${code}, then ${text}`;
});
report.write = run(function* () {
  const [client, server] = yield* pair();
  yield* client.write(new Uint8Array(1 << 25));
  const code = yield* abortAfterTurns(client.write('more'));
  client.close();
  server.close();
  return code;
});
report.refused = run(function* () {
  const listener = yield* TcpListener.bind({ port: 0 });
  listener.close();
  const codes = new Set();
  for (let i = 0; i < 100; i++) {
    try {
      yield* TcpStream.connect(listener.address);
    } catch (error) {
      codes.add(error.code);
    }
  }
  return [...codes].join();
});
report.inUse = run(function* () {
  using listener = yield* TcpListener.bind({ port: 0 });
  try {
    yield* TcpListener.bind({ port: listener.address.port });
  } catch (error) {
    return error.code;
  }
});
report.unaccepted = run(function* () {
  const listener = yield* TcpListener.bind({ port: 0 });
  const client = yield* TcpStream.connect(listener.address);
  listener.close();
  let end;
  try {
    end = yield* client.read();
  } catch (error) {
    end = error.code;
  }
  client.close();
  return end === null || end === 'ECONNRESET';
});
report.socketsLeft = reactor.sockets;
report.leaked = descriptors() - before - 2; // the epoll instance and the reserve
report.deadlock = run(function* () {
  yield* TcpListener.bind({ port: 0 }); // open to the end: nobody accepts
  try {
    blockOn(executor.spawn(function* () {}), executor, reactor);
    yield* new (class extends (yield* import1()) {})();
  } catch (error) {
    return error.name;
  }
});
