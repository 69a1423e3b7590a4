// Echo throughput of mini-exec against plain node:net.
//
//   node bench/echo/run.mjs                          1, 50 and 500 connections
//   node bench/echo/run.mjs --server epoll           the epoll reactor instead of the driver on node:net
//   node bench/echo/run.mjs --server epoll --against bench/echo/tokio/target/release/echo
//                                                    another program than the plain node:net server
//   node bench/echo/run.mjs --connections 50 --at-least 0.9
//                                                    exits with 1 if it stays below in three tries
//
// Both servers run at the same time, each in a process of its own; one client keeps every
// connection busy with one request of 64 bytes, in short blocks that alternate between the
// servers (A B B A). A slow phase of the machine hits both; the ratio of each pair counts.
// `--client epoll`, which is what `--server epoll` takes, has the client cost less than the
// servers. With `--pin`, the servers share one processor and the client has another.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const REQUEST = Buffer.alloc(64, 'concurrency-lab ');
const BLOCK_MS = 150;
const WARM_UP = 8;
const SERVERS = { net: 'mini-exec-server.mjs', epoll: 'mini-exec-epoll-server.mjs' };
const { values: options } = parseArgs({
  options: {
    connections: { type: 'string', multiple: true, default: ['1', '50', '500'] },
    pairs: { type: 'string', default: '40' },
    'at-least': { type: 'string', default: '0' },
    server: { type: 'string', default: 'net' },
    client: { type: 'string' },
    against: { type: 'string' },
    pin: { type: 'boolean', default: false },
  },
});
const { load } = await import(`./${options.client ?? options.server}-client.mjs`);

async function start(command) {
  const [program, ...args] = options.pin ? ['taskset', '-c', '0', ...command] : command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => child.stdout.once('data', (line) => resolve(Number(line))));
  return { child, port };
}

const script = (file) => [process.execPath, fileURLToPath(new URL(file, import.meta.url))];
const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)];

/** Gives the processor time a server has used, in microseconds, where the system tells. */
function cpuTime({ child }) {
  try {
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return NaN;
  }
}

/** Measures pairs of blocks with so many connections; gives the ratios, ours to the other server. */
async function compare(connections) {
  const clients = {
    theirs: await load(servers.theirs.port, connections, REQUEST),
    ours: await load(servers.ours.port, connections, REQUEST),
  };
  const ratios = [];
  const rates = { theirs: [], ours: [] };
  const totals = { theirs: 0, ours: 0 };
  const before = {};
  for (let pair = -WARM_UP; pair < Number(options.pairs); pair++) {
    if (pair === 0) for (const subject of ['theirs', 'ours']) before[subject] = cpuTime(servers[subject]);
    const rate = {};
    for (const subject of pair % 2 === 0 ? ['theirs', 'ours'] : ['ours', 'theirs']) {
      const begin = performance.now();
      const answered = await clients[subject].run(BLOCK_MS);
      rate[subject] = (answered / (performance.now() - begin)) * 1000;
      if (pair >= 0) totals[subject] += answered;
    }
    if (pair < 0) continue;
    ratios.push(rate.ours / rate.theirs);
    for (const subject of ['theirs', 'ours']) rates[subject].push(rate[subject]);
  }
  for (const client of Object.values(clients)) client.close();
  const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => quantile(ratios, q).toFixed(3));
  const perRequest = (subject) => ((cpuTime(servers[subject]) - before[subject]) / totals[subject]).toFixed(1);
  console.log(
    `${String(connections).padStart(4)} connections: ${middle} of ${reference} (quartiles ${low} to ${high}, ` +
      `${ratios.length} pairs; ${Math.round(quantile(rates.theirs, 0.5))} and ${Math.round(quantile(rates.ours, 0.5))} ` +
      `requests/s; ${perRequest('theirs')} and ${perRequest('ours')} µs of the processor each)`,
  );
  return quantile(ratios, 0.5);
}

const reference = options.against ?? 'node:net';
if (options.pin) execFileSync('taskset', ['-pc', '1', String(process.pid)], { stdio: 'ignore' });
const servers = {
  theirs: await start(options.against === undefined ? script('node-net-server.mjs') : [options.against]),
  ours: await start(script(SERVERS[options.server])),
};
for (const connections of options.connections.map(Number)) {
  let tries = 3;
  while ((await compare(connections)) < Number(options['at-least']) && --tries > 0);
  if (tries === 0) {
    console.error(`Below ${options['at-least']} of ${reference} in three tries.`);
    process.exitCode = 1;
  }
}
for (const { child } of Object.values(servers)) child.kill();
