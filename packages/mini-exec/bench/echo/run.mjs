// Echo throughput of mini-exec against plain node:net.
//
//   node bench/echo/run.mjs                          1, 50 and 500 connections
//   node bench/echo/run.mjs --connections 50 --at-least 0.9
//                                                    exits with 1 if it stays below in three tries
//
// Both servers run at the same time, each in a process of its own; one client keeps every
// connection busy with one request of 64 bytes, in short blocks that alternate between the
// servers (A B B A). A slow phase of the machine hits both; the ratio of each pair counts.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const REQUEST = Buffer.alloc(64, 'concurrency-lab ');
const BLOCK_MS = 150;
const WARM_UP = 8;
const { values: options } = parseArgs({
  options: {
    connections: { type: 'string', multiple: true, default: ['1', '50', '500'] },
    pairs: { type: 'string', default: '40' },
    'at-least': { type: 'string', default: '0' },
  },
});

async function start(file) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise((resolve) => child.stdout.once('data', (line) => resolve(Number(line))));
  return { child, port };
}

/** Opens idle connections to one server; `run` keeps all of them busy for a while. */
async function load(port, connections) {
  let answered = 0;
  let running = false;
  let idle = connections;
  let whenIdle = () => {};
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      let missing = 0;
      const send = () => {
        missing = REQUEST.length;
        socket.write(REQUEST);
      };
      socket.on('data', (chunk) => {
        missing -= chunk.length;
        if (missing > 0) return;
        if (missing < 0) throw new Error('the server answered more than it was asked');
        answered++;
        if (running) send();
        else if (++idle === connections) whenIdle();
      });
      return { socket, send };
    }),
  );
  return {
    async run(milliseconds) {
      answered = 0;
      running = true;
      idle = 0;
      const begin = performance.now();
      for (const { send } of sockets) send();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      running = false;
      await new Promise((resolve) => (whenIdle = resolve));
      return (answered / (performance.now() - begin)) * 1000;
    },
    close() {
      for (const { socket } of sockets) socket.destroy();
    },
  };
}

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)];

/** Measures pairs of blocks with so many connections; gives the ratios, ours to node:net. */
async function compare(connections) {
  const plain = await load(servers.plain.port, connections);
  const ours = await load(servers.ours.port, connections);
  const ratios = [];
  const rates = [];
  for (let pair = -WARM_UP; pair < Number(options.pairs); pair++) {
    const rate = {};
    for (const subject of pair % 2 === 0 ? ['plain', 'ours'] : ['ours', 'plain']) {
      rate[subject] = await (subject === 'plain' ? plain : ours).run(BLOCK_MS);
    }
    if (pair < 0) continue;
    ratios.push(rate.ours / rate.plain);
    rates.push(rate.plain);
  }
  plain.close();
  ours.close();
  const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => quantile(ratios, q).toFixed(3));
  console.log(
    `${String(connections).padStart(4)} connections: ${middle} of node:net (quartiles ${low} to ${high}, ` +
      `${ratios.length} pairs; node:net ${Math.round(quantile(rates, 0.5))} requests/s)`,
  );
  return quantile(ratios, 0.5);
}

const servers = { plain: await start('node-net-server.mjs'), ours: await start('mini-exec-server.mjs') };
for (const connections of options.connections.map(Number)) {
  let tries = 3;
  while ((await compare(connections)) < Number(options['at-least']) && --tries > 0);
  if (tries === 0) {
    console.error(`Below ${options['at-least']} of node:net in three tries.`);
    process.exitCode = 1;
  }
}
for (const { child } of Object.values(servers)) child.kill();
