// Uses the rings of messages and audio as a program would, with a real thread, on whatever
// runtime runs this file. Prints what ran, as one line of JSON; exits with 1 at any surprise.

import { Worker } from 'node:worker_threads';
import { AudioRing, ByteRing, OverwritingRing } from '@concurrency-lab/spsc-ring';
import { check, report } from './support/report.mjs';

const COUNT = 20_000;
const [textProducer, texts] = ByteRing.create({ capacity: 2048, codec: 'text' });
const [messages, messageConsumer] = ByteRing.create({ capacity: 1024 });
const [latestProducer, latest] = OverwritingRing.create({ capacity: 4, maxMessageBytes: 32 });
const [audio, audioConsumer] = AudioRing.create({ channels: 2, frames: 512, prefill: 128 });

const worker = new Worker(new URL('workers/spsc-ring-bytes.mjs', import.meta.url), {
  workerData: {
    count: COUNT,
    texts: textProducer.handle,
    messages: messageConsumer.handle,
    latest: latestProducer.handle,
    audio: audioConsumer.handle,
  },
});
const answer = new Promise((resolve, reject) => {
  worker.on('message', resolve);
  worker.on('error', reject);
});
const PATIENCE = { timeout: 20_000 };

// Texts from the worker, of one to four bytes a character, short and long.
for (let number = 0; number < COUNT; number++) {
  const text = texts.receive(PATIENCE);
  check(text === `${number} äé€𝄞 `.repeat(1 + (number % 20)), `text ${number} is ${text}`);
}
try {
  texts.receive(PATIENCE);
  check(false, 'the texts end');
} catch (error) {
  check(error.code === 'ERR_CLOSED', `the texts end with ${error.code}`);
}

// Messages to the worker, which adds them up in a way that shows any loss, doubling or change.
let checksum = 0;
for (let number = 0; number < COUNT; number++) {
  const bytes = new Uint8Array(number % 100).fill(number);
  messages.send(bytes, PATIENCE);
  for (const byte of bytes) checksum = (Math.imul(checksum, 31) + byte) | 0;
}
messages.close();

// A flood of which only the latest are kept.
let [taken, next] = [0, 0];
while (!latest.isClosed) {
  const before = latest.missed;
  const bytes = latest.pop();
  if (bytes === undefined) continue;
  next += latest.missed - before;
  check(bytes.length === 32 && bytes.every((byte) => byte === (next & 255)), `message ${next} is whole`);
  next++;
  taken++;
}
check(taken + latest.missed === COUNT, `${taken} taken, ${latest.missed} missed`);

// A ramp of samples, played by the worker.
const block = [new Float32Array(100), new Float32Array(100)];
for (let first = 0; first < COUNT; first += 100) {
  for (let i = 0; i < 100; i++) {
    block[0][i] = first + i + 1;
    block[1][i] = -(first + i + 1);
  }
  for (let from = 0; from < 100; from += audio.write(block, from)) audio.waitForSpace(1, PATIENCE);
}
audio.close();

const found = await answer;
check(found.checksum === checksum, `the messages arrived: ${found.checksum}, ${checksum}`);
check(found.frames === COUNT && found.wrong === 0, `${found.frames} frames were played, ${found.wrong} of them wrong`);
report();
