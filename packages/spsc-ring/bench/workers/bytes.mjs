// The other thread of bytes.bench.mjs: looks at every message, and answers with a checksum.
import { parentPort } from 'node:worker_threads';
import { ByteConsumer, OverwritingConsumer } from '@concurrency-lab/spsc-ring';

const target = new Uint8Array(64);
let posted;

function popAll(consumer) {
  let sum = 0;
  while (!consumer.isClosed) {
    while (consumer.popInto(target) !== undefined) sum += target[0] + target[63];
  }
  return sum;
}

const ANSWERS = {
  posted() {
    posted = 0;
    return undefined;
  },
  popped: (consumer) => popAll(consumer),
  overwriting: (consumer) => popAll(consumer),
  received(consumer) {
    let sum = 0;
    try {
      for (;;) {
        const bytes = consumer.receive();
        sum += bytes[0] + bytes[63];
      }
    } catch (error) {
      if (error.code !== 'ERR_CLOSED') throw error;
    }
    return sum;
  },
  read(consumer) {
    let sum = 0;
    while (!consumer.isClosed) {
      for (let bytes = consumer.read(); bytes !== undefined; bytes = consumer.read()) {
        sum += bytes[0] + bytes[63];
        consumer.release();
      }
    }
    return sum;
  },
};
function ping(words, rounds) {
  Atomics.store(words, 32, 1);
  for (let round = 1; round <= rounds; round++) {
    while (Atomics.load(words, 0) !== round);
    Atomics.store(words, 16, round);
  }
  return rounds;
}

parentPort.on('message', (data) => {
  if (posted !== undefined) {
    if (data !== 'end') posted += data[0] + data[63];
    else {
      parentPort.postMessage(posted);
      posted = undefined;
    }
    return;
  }
  const { kind, handle, words, rounds } = data;
  if (kind === 'ping') {
    parentPort.postMessage(ping(words, rounds));
    return;
  }
  const Consumer = kind === 'overwriting' ? OverwritingConsumer : ByteConsumer;
  const consumer = handle === undefined ? undefined : Consumer.from(handle);
  Atomics.store(words, 0, 1);
  const answer = ANSWERS[kind](consumer);
  if (answer !== undefined) parentPort.postMessage(answer);
});
