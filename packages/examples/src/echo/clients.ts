// The worker thread that runs the demo's clients, on an executor of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { Executor } from '@concurrency-lab/mini-exec';
import type { TcpAddress } from '@concurrency-lab/mini-exec/net';
import { exchange } from './client.ts';

/** What the demo asks the clients to do. */
export interface ClientsPlan {
  readonly server: TcpAddress;
  readonly connections: number;
  readonly messages: number;
  readonly mostBytes: number;
}

/** What the clients report when all have finished. */
export interface ClientsReport {
  readonly messages: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Milliseconds at the 50th, 90th, 99th and 100th percentile. */
  readonly latency: readonly [number, number, number, number];
  /** What went wrong, one line per client that failed. */
  readonly failures: readonly string[];
}

async function run({ server, connections, ...plan }: ClientsPlan): Promise<ClientsReport> {
  const executor = new Executor();
  const latencies: number[] = [];
  let bytes = 0;
  const begin = performance.now();
  const clients = Array.from({ length: connections }, (_, id) =>
    executor.spawn(
      exchange(server, { id, ...plan }, (byteLength, milliseconds) => {
        bytes += byteLength;
        latencies.push(milliseconds);
      }),
    ),
  );
  const results = await Promise.allSettled(clients);
  const seconds = (performance.now() - begin) / 1000;
  latencies.sort((a, b) => a - b);
  const percentile = (p: number): number => latencies[Math.ceil(latencies.length * p) - 1] ?? NaN;
  return {
    messages: latencies.length,
    bytes,
    seconds,
    latency: [percentile(0.5), percentile(0.9), percentile(0.99), percentile(1)],
    failures: results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : [])),
  };
}

parentPort!.postMessage(await run(workerData as ClientsPlan));
