// The delay server and its client in one thread. Five requests are under way at a time, so
// that all of them take as long as the slowest:
//
//   node packages/examples/dist/delay/demo.js
//   node packages/examples/dist/delay/demo.js --driver epoll      on Linux, with koffi on Node

import { parseArgs } from 'node:util';
import { Executor } from '@concurrency-lab/mini-exec';
import { serveHttp } from '../http/server.ts';
import { openPlatform } from '../network.ts';
import { get } from './client.ts';
import { delayed } from './server.ts';

const { values } = parseArgs({ options: { driver: { type: 'string', default: 'net' } } });
const executor = new Executor();
const { network, run } = await openPlatform(values.driver);
await run(function* () {
  const listener = yield* network.TcpListener.bind({ port: 0 });
  const server = executor.spawn(serveHttp(executor, listener, delayed));
  const begin = performance.now();
  const requests = [250, 50, 150, 200, 100].map((milliseconds, i) =>
    executor.spawn(function* () {
      const message = yield* get(network, listener.address, `/${milliseconds}/request-${i}`);
      console.log(`${message} after ${milliseconds} ms`);
    }),
  );
  for (const request of requests) yield* request;
  console.log(`all after ${Math.round(performance.now() - begin)} ms`);
  listener.close();
  yield* server;
}, executor);
