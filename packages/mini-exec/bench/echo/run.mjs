// Echo throughput of mini-exec against plain node:net: `node bench/echo/run.mjs [blocks]`.
//
// Both servers run at the same time, each in a process of its own; one client keeps every
// connection busy with one request of 64 bytes, in short blocks that alternate between the
// servers (A B B A). A slow phase of the machine hits both; the ratio of each pair counts.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const REQUEST = Buffer.alloc(64, 'concurrency-lab ');
const BLOCK_MS = 150;
const pairs = Number(process.argv[2] ?? 40);

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

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const reference = await start('node-net-server.mjs');
const subjects = process.argv.length > 3 ? process.argv.slice(3) : ['mini-exec-server.mjs'];
for (const file of subjects) {
  const subject = await start(file);
  for (const connections of [1, 50, 500]) {
    const a = await load(reference.port, connections);
    const b = await load(subject.port, connections);
    for (let warmUp = 0; warmUp < 8; warmUp++) {
      await a.run(BLOCK_MS);
      await b.run(BLOCK_MS);
    }
    const ratios = [];
    const rates = [];
    for (let pair = 0; pair < pairs; pair++) {
      const [x, y] = pair % 2 === 0 ? [a, b] : [b, a];
      const first = await x.run(BLOCK_MS);
      const second = await y.run(BLOCK_MS);
      const [plain, ours] = pair % 2 === 0 ? [first, second] : [second, first];
      ratios.push(ours / plain);
      rates.push(plain);
    }
    a.close();
    b.close();
    const sorted = ratios.toSorted((p, q) => p - q);
    const quartile = (q) => sorted[Math.floor((sorted.length - 1) * q)].toFixed(3);
    console.log(
      `${file} ${String(connections).padStart(4)} connections: ${median(ratios).toFixed(3)} of node:net ` +
        `(quartiles ${quartile(0.25)} to ${quartile(0.75)}, ${pairs} pairs; node:net ${Math.round(median(rates))} requests/s)`,
    );
  }
  subject.child.kill();
}
reference.child.kill();
