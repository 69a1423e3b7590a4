// An HTTP server whose thread never computes: long work is spawned on workers, and given up when
// the client has gone.

import { createServer, type Server } from 'node:http';
import type { Runtime } from '@concurrency-lab/runtime';
import { countPrimes } from './tasks.ts';

const MOST = 10_000_000;

/** Makes a server that answers `/primes?below=1000` and `/ping`. */
export function offloadingServer(rt: Runtime): Server {
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    };
    if (pathname === '/ping') return answer(200, 'pong');
    if (pathname !== '/primes') return answer(404, `there is no ${pathname}`);
    const below = Number(searchParams.get('below'));
    if (!Number.isInteger(below) || below < 1 || below > MOST) {
      return answer(400, `below must be an integer from 1 to ${MOST}`);
    }
    const task = rt.spawn(countPrimes, below);
    response.once('close', () => task.abort()); // does nothing once the task has ended
    void task.then(
      (primes) => answer(200, { below, primes }),
      (error: Error) => answer(500, error.message),
    );
  });
}
