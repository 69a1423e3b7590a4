// Times one lock that nobody contends for, against the bare loop, in a process of its own:
// `node bench/alone.mjs Mutex` prints the ratio of the rates and the nanoseconds of both.

import { locks } from './locks.mjs';

const TIMES = 50_000;
const BLOCKS = 41;
const data = new Int32Array(new SharedArrayBuffer(8));
const subject = locks[process.argv[2]].create();
const bare = locks['bare compare-and-swap loop'].create();

// Two loops of the same text, so that neither call site sees both classes.
const loop = (lock) => new Function('lock', 'data', 'times', `for (let i = 0; i < times; i++) { lock.lock(); data[0]++; lock.unlock(); }`);
const runSubject = loop();
const runBare = loop();

const time = (run, lock) => {
  const start = process.hrtime.bigint();
  run(lock, data, TIMES);
  return Number(process.hrtime.bigint() - start) / TIMES;
};
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

for (let i = 0; i < 5; i++) [time(runSubject, subject), time(runBare, bare)];
const before = data[0];
const ratios = [];
const ours = [];
const theirs = [];
for (let i = 0; i < BLOCKS; i++) {
  const [a, b, c, d] = [time(runSubject, subject), time(runBare, bare), time(runBare, bare), time(runSubject, subject)];
  ratios.push((b + c) / (a + d));
  ours.push((a + d) / 2);
  theirs.push((b + c) / 2);
}
if ((data[0] - before) !== 4 * TIMES * BLOCKS) throw new Error('the subject does not work');
console.log(JSON.stringify({ ratio: median(ratios), ns: median(ours), bareNs: median(theirs) }));
