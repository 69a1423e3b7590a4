// A thread that contends: see contended.mjs.

import { parentPort, workerData } from 'node:worker_threads';
import { locks } from './locks.mjs';

const { name, index, control, lock: shared } = workerData;
const lock = locks[name].open(shared);

/** Passes the ball to the other of the first two threads until the phase ends; gives the round trip. */
function pingPong() {
  const start = performance.now();
  let trips = 0;
  while (Atomics.load(control, 0) === 1) {
    if (index > 1 || Atomics.load(control, 64) !== index) continue;
    Atomics.store(control, 64, 1 - index);
    trips++;
  }
  return ((performance.now() - start) * 1e6) / trips;
}

/** Enters until the phase is over; gives how often. The gate is looked at every 16th time. */
function enter(phase) {
  let sections = 0;
  while (Atomics.load(control, 0) === phase) {
    for (let i = 0; i < 16; i++) {
      lock.lock();
      control[96]++;
      lock.unlock();
    }
    sections += 16;
  }
  return sections;
}

Atomics.add(control, 32, 1);
while (Atomics.load(control, 0) === 0);
const pingPongNs = pingPong();
const warm = enter(2);
const start = performance.now();
const sections = enter(3);
const ms = performance.now() - start;
parentPort.postMessage({ all: warm + sections, sections, ms, pingPongNs });
