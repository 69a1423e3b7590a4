// A TCP echo server: one task accepts connections, and one task for each connection sends
// back what it receives.

import type { Coroutine, Executor, JoinHandle } from '@concurrency-lab/mini-exec';
import type { Listener, Stream } from '@concurrency-lab/mini-exec/net';

/** Accepts connections until the listener is closed, then ends those that are left. */
export function* serve(executor: Executor, listener: Listener, onTask: () => void = () => {}): Coroutine<void> {
  const connections = new Set<JoinHandle<void>>();
  for (;;) {
    const stream = yield* listener.accept();
    if (stream === null) break;
    const connection = executor.spawn(echo(stream, () => connections.delete(connection)));
    connections.add(connection);
    onTask();
  }
  for (const connection of connections) connection.abort();
}

/** Echoes one connection until the client has sent all it wanted to. */
function* echo(stream: Stream, onEnd: () => void): Coroutine<void> {
  try {
    for (;;) {
      const bytes = yield* stream.read();
      if (bytes === null) break;
      yield* stream.write(bytes);
    }
    yield* stream.shutdown();
  } catch (error) {
    // A client may vanish at any time: that ends its connection, and nothing else.
    if ((error as { syscall?: string }).syscall === undefined) throw error;
  } finally {
    stream.close();
    onEnd();
  }
}
