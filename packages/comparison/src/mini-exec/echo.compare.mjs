// Requests per second to an echo server in a process of its own: every connection has one request
// of 64 bytes on its way, for as many milliseconds as a block has.

import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const REQUEST = Buffer.alloc(64, 'concurrency-lab ');
const servers = new URL('../../../mini-exec/bench/echo/', import.meta.url);

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'TCP echo of 64 bytes',
  unit: 'k/s',
  reference: 'node:net',
  threads: 2,
  block: 150,
  parameter: { name: 'connections', values: [1, 50, 500] },
  chart: 'lines',
  subjects: {
    'mini-exec': {
      package: '@concurrency-lab/mini-exec',
      setup: ({ parameter }) => clientOf('mini-exec-server.mjs', parameter),
    },
    'node:net': {
      setup: ({ parameter }) => clientOf('node-net-server.mjs', parameter),
    },
  },
};

async function clientOf(file, connections) {
  const deno = process.versions.deno === undefined ? [] : ['run', '--allow-all'];
  const server = spawn(process.execPath, [...deno, fileURLToPath(new URL(file, servers))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise((resolve) => server.stdout.once('data', (line) => resolve(Number(line))));

  let left = 0; // requests that are still to be sent
  let idle = connections;
  let whenIdle = () => {};
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      let missing = 0;
      const next = () => {
        if (left > 0) {
          left--;
          missing = REQUEST.length;
          socket.write(REQUEST);
        } else if (++idle === connections) {
          whenIdle();
        }
      };
      socket.on('data', (chunk) => {
        const begin = REQUEST.length - missing;
        if (!REQUEST.subarray(begin, begin + chunk.length).equals(chunk)) {
          throw new Error('the server answered something else than it was asked');
        }
        missing -= chunk.length;
        if (missing === 0) next();
      });
      return { socket, next };
    }),
  );
  const run = async (operations) => {
    left = operations;
    idle = 0;
    const done = new Promise((resolve) => (whenIdle = resolve));
    for (const { next } of clients) next();
    await done;
  };
  return {
    verify: () => run(connections * 2),
    run,
    async close() {
      for (const { socket } of clients) socket.destroy();
      server.kill();
      await new Promise((resolve) => server.once('exit', resolve));
    },
  };
}
