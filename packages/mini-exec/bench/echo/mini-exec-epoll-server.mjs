import { blockOn, Executor } from '@concurrency-lab/mini-exec';
import { EpollReactor, TcpListener } from '@concurrency-lab/mini-exec/epoll';

const executor = new Executor();

function* echo(stream) {
  try {
    for (;;) {
      const chunk = yield* stream.read();
      if (chunk === null) return;
      yield* stream.write(chunk);
    }
  } finally {
    stream.close();
  }
}

function* serve() {
  const listener = yield* TcpListener.bind({ port: 0 });
  console.log(listener.address.port);
  for (;;) executor.spawn(echo(yield* listener.accept()));
}

blockOn(serve(), executor, await EpollReactor.open());
