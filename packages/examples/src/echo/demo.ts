// The demo: a TCP echo server on mini-exec, with real clients against it.
//
//   npm run demo                      serves and checks clients of its own, then exits
//   npm run demo -- --serve 7000      serves any client until Ctrl-C

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Executor } from '@concurrency-lab/mini-exec';
import { TcpListener } from '@concurrency-lab/mini-exec/net';
import type { ClientsPlan, ClientsReport } from './clients.ts';
import { serve } from './server.ts';

const USAGE = `usage: npm run demo -- [--connections N] [--messages N] [--bytes N]
       npm run demo -- --serve PORT [--host ADDRESS]

  --connections N   clients that talk to the server at the same time (64)
  --messages N      messages each of them sends, one after the other (500)
  --bytes N         length of the longest message (256)
  --serve PORT      serve until Ctrl-C instead; 0 chooses a free port
  --host ADDRESS    where to listen (127.0.0.1)`;

const executor = new Executor();

try {
  const { values } = parseArgs({
    options: {
      connections: { type: 'string', default: '64' },
      messages: { type: 'string', default: '500' },
      bytes: { type: 'string', default: '256' },
      serve: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
  } else if (values.serve !== undefined) {
    await serveUntilInterrupted(count('serve', values.serve, 0, 65_535), values.host);
  } else {
    await checkWithClients({
      connections: count('connections', values.connections, 1, 10_000),
      messages: count('messages', values.messages, 1, 1_000_000),
      mostBytes: count('bytes', values.bytes, 1, 1 << 24),
    });
  }
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  console.error(message);
  if (code?.startsWith('ERR_PARSE_ARGS') === true) console.error(`\n${USAGE}`);
  process.exitCode = 1;
}

function count(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${text}"`);
}

async function serveUntilInterrupted(port: number, host: string): Promise<void> {
  const listener = await executor.spawn(TcpListener.bind({ port, host }));
  const server = executor.spawn(serve(executor, listener));
  console.log(`Echo server on ${listener.address.host} port ${listener.address.port}. Ctrl-C stops it.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const open = executor.liveTasks - 1;
  listener.close();
  await server;
  console.log(`Stopped. Closed connections that were open: ${open}.`);
}

async function checkWithClients(plan: Omit<ClientsPlan, 'server'>): Promise<void> {
  const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
  let accepted = 0;
  let peak = 0;
  const server = executor.spawn(
    serve(executor, listener, () => {
      accepted++;
      peak = Math.max(peak, executor.liveTasks);
    }),
  );

  const clients = new Worker(new URL('clients.js', import.meta.url), {
    workerData: { server: listener.address, ...plan } satisfies ClientsPlan,
  });
  // Listen for both from the start: the exit may follow the message before anybody can ask for it.
  const [[report]] = (await Promise.all([once(clients, 'message'), once(clients, 'exit')])) as [
    [ClientsReport],
    unknown,
  ];
  listener.close();
  await server;
  const sockets = await openSockets();

  const [p50, p90, p99, slowest] = report.latency.map((milliseconds) => milliseconds.toFixed(2));
  const expected = plan.connections * plan.messages;
  const lines = {
    connections: `${accepted}`,
    messages: `${report.messages} of ${expected} came back, every byte checked`,
    bytes: `${report.bytes} each way`,
    throughput: `${Math.round(report.messages / report.seconds)} requests/s`,
    latency: `p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, slowest ${slowest} ms`,
    'live tasks': `${peak} at the peak, ${executor.liveTasks} now`,
    sockets: `${sockets} open now`,
  };
  for (const [name, text] of Object.entries(lines)) console.log(`${name.padEnd(12)} ${text}`);
  for (const failure of report.failures) console.error(failure);

  const clean = executor.liveTasks === 0 && sockets === 0 && accepted === plan.connections;
  if (report.failures.length > 0 || report.messages !== expected || !clean) {
    throw new Error('The demo failed: see the lines above.');
  }
}

/** Counts this process's TCP sockets, after those that are being closed have had time to. */
async function openSockets(): Promise<number> {
  let open = 0;
  for (let turn = 0; turn < 100; turn++) {
    open = process.getActiveResourcesInfo().filter((resource) => resource.startsWith('TCP')).length;
    if (open === 0) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return open;
}
