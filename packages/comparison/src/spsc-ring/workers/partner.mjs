// The other thread: sends numbers, or blocks of them, or answers each, as often as words[1] says,
// every time words[0] changes.

import { workerData } from 'node:worker_threads';
import { openSender, openTaker } from '../rings.mjs';

const { words, what, there, back, batch } = workerData;
const sender = await openSender(there);
const taker = back === undefined ? undefined : await openTaker(back);
const block = Float32Array.from({ length: batch ?? 0 }, (_, i) => i);

function send(count) {
  for (let i = 0; i < count; i++) sender.one(i & 1023);
  sender.flush();
}

function sendBlocks(count) {
  for (let i = 0; i < count; i += block.length) {
    block[0] = (i / block.length) & 1023;
    sender.many(block);
  }
}

function answer(count) {
  for (let i = 0; i < count; i++) sender.one(taker.one());
}

const run = { send, sendBlocks, answer }[what];
for (let round = 0; ; round++) {
  Atomics.wait(words, 0, round);
  run(words[1]);
}
