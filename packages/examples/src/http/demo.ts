// The HTTP server, to be talked to with curl or a browser:
//
//   node packages/examples/dist/http/demo.js --port 8080
//   node packages/examples/dist/http/demo.js --driver epoll       on Linux, with koffi on Node

import { parseArgs } from 'node:util';
import { type Coroutine, Executor } from '@concurrency-lab/mini-exec';
import { openPlatform } from '../network.ts';
import type { Request } from './request.ts';
import type { Response } from './response.ts';
import { serveHttp } from './server.ts';

// oxlint-disable-next-line require-yield -- a handler may wait, this one need not
function* handle({ method, target, body }: Request): Coroutine<Response> {
  if (method === 'POST' && target === '/echo') return { status: 200, body };
  if (target !== '/') return { status: 404, body: `there is no ${target}\n` };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' } };
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'hello\n' };
}

const { values } = parseArgs({
  options: {
    driver: { type: 'string', default: 'net' },
    port: { type: 'string', default: '0' },
    'request-ms': { type: 'string', default: '10000' },
  },
});
const executor = new Executor();
const { network, run } = await openPlatform(values.driver);
await run(function* () {
  const listener = yield* network.TcpListener.bind({ port: Number(values.port) });
  console.log(`HTTP server on ${listener.address.host} port ${listener.address.port}. Ctrl-C stops it.`);
  yield* serveHttp(executor, listener, handle, { requestMs: Number(values['request-ms']) });
}, executor);
