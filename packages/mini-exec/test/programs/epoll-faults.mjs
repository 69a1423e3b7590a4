// Everything that is given up, closed or fails must give its descriptor back.
import { readdirSync } from 'node:fs';
import { blockOn, Executor, Future, Pending, yieldNow } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener, TcpStream } from '@concurrency-lab/mini-exec/epoll';

const descriptors = () => readdirSync('/proc/self/fd').length;
(await EpollReactor.open()).close(); // what a thread keeps for good: the libraries, its doorbell
const before = descriptors();
const report = {};

const executor = new Executor();
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
  const listener = yield* TcpListener.bind({ port: 0 });
  const code = yield* abortAfterTurns(listener.accept());
  listener.close();
  return code;
});
report.connect = run(function* () {
  const listener = yield* TcpListener.bind({ port: 0 });
  const code = yield* abortAfterTurns(TcpStream.connect(listener.address));
  listener.close();
  return code;
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
  const listener = yield* TcpListener.bind({ port: 0 });
  try {
    return yield* TcpListener.bind({ port: listener.address.port });
  } catch (error) {
    return error.code;
  } finally {
    listener.close();
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

class Never extends Future {
  poll() {
    return Pending;
  }
}
run(function* () {
  const listener = yield* TcpListener.bind({ port: 0 }); // stays open
  executor.spawn(function* () {
    report.closed = yield* listener.accept();
  });
});
try {
  run(
    (function* () {
      yield* TcpListener.bind({ port: 0 }); // nobody accepts here
      for (let i = 0; i < 3; i++) yield* yieldNow();
      report.opened = reactor.sockets;
      reactor.close();
      report.afterClose = descriptors() - before;
      yield* new Never();
    })(),
  );
} catch (error) {
  report.deadlock = error.name;
}
reactor = await EpollReactor.open();
run(function* () {
  yield* TcpListener.bind({ port: 0 });
});
try {
  run(new Never());
} catch (error) {
  report.idleListener = error.name;
}
reactor.close();
report.afterAll = descriptors() - before;
console.log(JSON.stringify(report));
