// Times one lock that nobody contends for, beside the bare loop, in a process of its own:
// `node bench/alone.mjs Mutex` prints the ratio of the rates and the nanoseconds of both.

import { locks } from './locks.mjs';

const TIMES = 50_000;
const BLOCKS = 41;
const data = new Int32Array(new SharedArrayBuffer(8));
const subject = locks[process.argv[2]].create();
const bare = locks['bare compare-and-swap loop'].create();

// Two loops of the same text, so that no call site sees both classes.
const text = 'for (let i = 0; i < times; i++) { lock.lock(); data[0]++; lock.unlock(); }';
// oxlint-disable-next-line typescript/no-implied-eval -- the text is above
const [runSubject, runBare] = [0, 1].map(() => new Function('lock', 'data', 'times', text));

function time(run, lock) {
  const start = process.hrtime.bigint();
  run(lock, data, TIMES);
  return Number(process.hrtime.bigint() - start) / TIMES;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const blocks = [];
for (let i = -5; i < BLOCKS; i++) {
  const [a, b, c, d] = [time(runSubject, subject), time(runBare, bare), time(runBare, bare), time(runSubject, subject)];
  if (i >= 0) blocks.push({ ratio: (b + c) / (a + d), ns: (a + d) / 2, bareNs: (b + c) / 2 });
}
if (data[0] !== 4 * TIMES * (BLOCKS + 5)) throw new Error('the subject does not work');
const result = Object.fromEntries(['ratio', 'ns', 'bareNs'].map((key) => [key, median(blocks.map((b) => b[key]))]));
console.log(JSON.stringify(result));
