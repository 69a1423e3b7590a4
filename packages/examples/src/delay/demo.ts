// The delay server and its client in one thread. Five requests are under way at a time, so
// that all of them take as long as the slowest:
//
//   node packages/examples/dist/delay/demo.js
//   node packages/examples/dist/delay/demo.js --driver epoll      on Linux, with koffi on Node

import { parseArgs } from 'node:util';
import { type Coroutine, Executor } from '@concurrency-lab/mini-exec';
import type { Request } from '../http/request.ts';
import type { Response } from '../http/response.ts';
import { serveHttp } from '../http/server.ts';
import { openPlatform } from '../network.ts';
import { get } from './client.ts';
import { delayed } from './server.ts';

const { values } = parseArgs({ options: { driver: { type: 'string', default: 'net' } } });
const executor = new Executor();
const { network, run } = await openPlatform(values.driver);
let underWay = 0;
let most = 0;

/** Answers, and counts how many requests wait together. */
function* counted(request: Request): Coroutine<Response> {
  most = Math.max(most, ++underWay);
  try {
    return yield* delayed(request);
  } finally {
    underWay--;
  }
}

await run(function* () {
  const listener = yield* network.TcpListener.bind({ port: 0 });
  const server = executor.spawn(serveHttp(executor, listener, counted));
  const begin = performance.now();
  const requests = [250, 50, 150, 200, 100].map((milliseconds, i) =>
    executor.spawn(function* () {
      const message = yield* get(network, listener.address, `/${milliseconds}/request-${i}`);
      console.log(`${message} after ${milliseconds} ms`);
    }),
  );
  for (const request of requests) yield* request;
  console.log(`${most} at once`);
  console.log(`all after ${Math.round(performance.now() - begin)} ms`);
  listener.close();
  yield* server;
}, executor);
