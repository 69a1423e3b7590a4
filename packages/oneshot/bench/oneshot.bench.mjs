// What a channel costs, beside what the platform has for the same: `node bench/oneshot.bench.mjs`.
//
// Each line is a median of rounds in which all subjects take turns, and a ratio of medians. On
// one thread: a channel made, sent through and received from, against a promise and a new
// MessageChannel. Between two threads: round trips while both are awake, and while each sleeps
// until the other has sent, against a MessageChannel and a bare Atomics.wait and notify.

import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { oneshot, OneshotArena, Sender } from '@concurrency-lab/oneshot';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** Times each subject once per round, in turns; gives the median nanoseconds of one operation. */
async function measure(subjects) {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, { count, run }] of Object.entries(subjects)) {
      const begin = process.hrtime.bigint();
      await run(count);
      if (round >= 0) times[name].push(Number(process.hrtime.bigint() - begin) / count);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

let sink = 0;

function channels(count) {
  for (let i = 0; i < count; i++) {
    const [sender, receiver] = oneshot();
    sender.send(i);
    sink += Number(receiver.receive());
  }
}

function slots(count) {
  for (let i = 0; i < count; i++) {
    const [sender, receiver] = oneshot();
    Sender.from(sender.handle).send(i);
    sink += Number(receiver.receive());
  }
}

async function promises(count) {
  for (let i = 0; i < count; i++) {
    let fulfil;
    const promise = new Promise((resolve) => {
      fulfil = resolve;
    });
    fulfil(i);
    sink += await promise;
  }
}

function messageChannels(count) {
  for (let i = 0; i < count; i++) {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(i);
    sink += receiveMessageOnPort(port2).message;
    port1.close();
  }
}

const single = await measure({
  'promise: create, resolve, await': { count: 50_000, run: promises },
  'oneshot: create, send, receive': { count: 50_000, run: channels },
  'oneshot: the same through a slot': { count: 10_000, run: slots },
  'MessageChannel: create, send, receive': { count: 200, run: messageChannels },
});
const rows = [];
const add = (operation, ns, reference) =>
  rows.push({
    operation,
    'median ns': ns.toFixed(0),
    'times the speed of': reference[0],
    ratio: (reference[1] / ns).toFixed(2),
  });
for (const [name, ns] of Object.entries(single)) add(name, ns, ['promise', single['promise: create, resolve, await']]);

// Between threads. The worker answers each number by the number; it is told how it shall wait.
const TRIPS = 2000;
const words = new Int32Array(new SharedArrayBuffer(256));
const ports = new MessageChannel();
const worker = new Worker(new URL('workers/echo.mjs', import.meta.url), {
  workerData: { words, port: ports.port2 },
  transferList: [ports.port2],
});
await new Promise((resolve) => worker.once('message', resolve));

/** Prepares round trips through channels: the worker opens its halves before the clock runs. */
async function prepare(count, spins) {
  const arena = OneshotArena.create({ slots: 2 * count, bytesPerSlot: 8, spins });
  const there = Array.from({ length: count }, () => arena.channel());
  const back = Array.from({ length: count }, () => arena.channel());
  worker.postMessage({
    spins,
    receivers: there.map(([, receiver]) => receiver.handle),
    senders: back.map(([sender]) => sender.handle),
  });
  await new Promise((resolve) => worker.once('message', resolve));
  return () => {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < count; i++) {
      there[i][0].send(i);
      if (back[i][1].receive() !== i) throw new Error('wrong answer');
    }
    return Number(process.hrtime.bigint() - begin) / count;
  };
}

async function bare() {
  Atomics.store(words, 0, 0);
  Atomics.store(words, 1, 0);
  worker.postMessage({ bare: TRIPS });
  await new Promise((resolve) => worker.once('message', resolve));
  const begin = process.hrtime.bigint();
  for (let i = 1; i <= TRIPS; i++) {
    Atomics.store(words, 0, i);
    Atomics.notify(words, 0);
    while (Atomics.load(words, 1) !== i) Atomics.wait(words, 1, i - 1);
  }
  return Number(process.hrtime.bigint() - begin) / TRIPS;
}

async function messages() {
  const begin = process.hrtime.bigint();
  for (let i = 0; i < TRIPS; i++) {
    const answer = new Promise((resolve) => ports.port1.once('message', resolve));
    ports.port1.postMessage(i);
    if ((await answer) !== i) throw new Error('wrong answer');
  }
  return Number(process.hrtime.bigint() - begin) / TRIPS;
}

const trips = { awake: [], asleep: [], bare: [], messages: [], parkedRatio: [], awakeRatio: [] };
for (let round = -1; round < ROUNDS; round++) {
  const awake = (await prepare(TRIPS, 100))();
  const first = await bare();
  const asleep = (await prepare(TRIPS, 0))();
  const second = await bare();
  const message = await messages();
  if (round < 0) continue;
  trips.awake.push(awake);
  trips.asleep.push(asleep);
  trips.bare.push((first + second) / 2);
  trips.messages.push(message);
  trips.parkedRatio.push((asleep * 2) / (first + second));
  trips.awakeRatio.push(message / awake);
}
ports.port1.close();
worker.postMessage({ end: true });
add('round trip, both awake: oneshot', median(trips.awake), ['MessageChannel', median(trips.messages)]);
add('round trip, both asleep: oneshot', median(trips.asleep), ['Atomics.wait', median(trips.bare)]);
add('round trip: bare Atomics.wait', median(trips.bare), ['itself', median(trips.bare)]);
add('round trip: MessageChannel', median(trips.messages), ['itself', median(trips.messages)]);
console.table(rows);
console.log(`asleep, times the bare round trip, paired: ${median(trips.parkedRatio).toFixed(2)}`);
console.log(`awake, times the speed of a MessageChannel, paired: ${median(trips.awakeRatio).toFixed(0)}`);
if (Number.isNaN(sink)) console.log(sink);
