// Uses the installed package as a program would, with a real thread, on whatever runtime runs
// this file. Prints what ran, as one line of JSON; exits with 1 at any surprise.

import { Worker } from 'node:worker_threads';
import { oneshot, OneshotArena, Pending, Sender } from '@concurrency-lab/oneshot';
import { check, report } from './support/report.mjs';

const PATIENCE = { timeout: 20_000 };

// On one thread, a channel passes the value itself.
const [sender, receiver] = oneshot();
check(receiver.poll({ waker: { wake() {} } }) === Pending, 'nothing was sent yet');
sender.send(42);
check(receiver.receive() === 42, 'the value arrived');

// A worker answers questions; each brings the sender of its answer and the receiver of the next.
const arena = OneshotArena.create({ slots: 512, bytesPerSlot: 1000 });
let [questions, inbox] = arena.channel();
const worker = new Worker(new URL('workers/oneshot.mjs', import.meta.url), { workerData: inbox.handle });
const failed = new Promise((_, reject) => {
  worker.on('error', reject);
});
const exited = new Promise((resolve) => {
  worker.on('exit', resolve);
});

/** Asks, and gives the receiver of the answer. */
function ask(question) {
  const [reply, answer] = arena.channel();
  const [nextQuestions, next] = arena.channel();
  questions.send({ question, reply: reply.handle, next: next.handle });
  questions = nextQuestions;
  return answer;
}

// Asynchronously first: on some runtimes a worker does not start while its parent blocks.
check((await Promise.race([ask(1).receiveAsync(PATIENCE), failed])) === 3, 'the first answer');
for (let n = 0; n < 2000; n++) check(ask(n).receive(PATIENCE) === n * 3, `the answer to ${n}`);
for (let n = 0; n < 200; n++)
  check((await ask(n + 0.5).receiveAsync(PATIENCE)) === n * 3 + 1.5, `the answer to ${n}.5`);

const value = { text: 'grüße 😀', list: [1n, null, undefined, new Map([['k', new Uint8Array([1, 2])]])] };
const echoed = ask(value).receive(PATIENCE);
check(echoed.text === value.text && echoed.list[0] === 1n && echoed.list[3].get('k')[1] === 2, 'an object came back');

// Answers that nobody waits for any more reach no other question.
for (let n = 0; n < 200; n++) {
  const answer = ask(n);
  try {
    check(answer.receive({ timeout: 0 }) === n * 3, `the answer in time to ${n}`);
  } catch (error) {
    check(error.code === 'ERR_TIMEOUT', `a timeout, not ${error.code}`);
    answer.close();
  }
}
try {
  ask('throw').receive(PATIENCE);
  check(false, 'it did not throw');
} catch (error) {
  check(error instanceof RangeError && error.message === 'asked to', 'the error came through');
}

questions.close();
await exited;
check(arena.freeSlots === 512, `${arena.freeSlots} of 512 slots are free`);

// A worker that stops without a word: whoever holds the other half closes its half.
const [lost, waiting] = arena.channel();
const sleeper = new Worker(new URL('workers/oneshot.mjs', import.meta.url), { workerData: waiting.handle });
await sleeper.terminate();
waiting.revoke({ exited: true });
check(lost.isClosed && !lost.trySend(1), 'the sender sees that the receiver has gone');
check(arena.freeSlots === 512 && Sender.name === 'Sender', 'its slot is free');

report();
