// Asks the server for primes, several times at once, and pings it meanwhile; then leaves in the
// middle of a long question, and shows that the worker is free again.
//
// node dist/offload/demo.js

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Runtime } from '@concurrency-lab/runtime';
import { offloadingServer } from './server.ts';

const rt = Runtime.builder().workerThreads(2).build();
const server = offloadingServer(rt).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const get = async (path: string, signal?: AbortSignal): Promise<unknown> =>
  (await fetch(origin + path, signal === undefined ? {} : { signal })).json();

const limits = [10, 1000, 100_000, 200_000];
const primes = limits.map((below) => get(`/primes?below=${below}`));
console.log('ping:', await get('/ping'));
for (const answer of await Promise.all(primes)) console.log('primes:', JSON.stringify(answer));
console.log('refused:', await get('/primes?below=many'));

const controllers = [1, 2].map(() => new AbortController());
const long = controllers.map(({ signal }) => get('/primes?below=10000000', signal).catch((error: Error) => error.name));
while (rt.metrics().liveTasks < 2) await get('/ping'); // both workers compute now, or are about to
for (const controller of controllers) controller.abort();
console.log('given up:', (await Promise.all(long)).join(', '));
console.log('after that:', JSON.stringify(await get('/primes?below=100')));

server.close();
await rt.shutdown();
