// Calls again and again what must never allocate; run with --trace-gc, which prints a line for
// each collection, between the marks that this program prints.
import { writeSync } from 'node:fs';
import { AudioRing, ByteRing, OverwritingRing, SpscRing } from '@concurrency-lab/spsc-ring';

const [items, taker] = SpscRing.create({ kind: 'int32', capacity: 64, realtime: true });
const [audioProducer, audioConsumer] = AudioRing.create({ channels: 2, frames: 1000 });
const [producer, consumer] = ByteRing.create({ capacity: 1000 });
const [textProducer, textConsumer] = ByteRing.create({ capacity: 1000, codec: 'text' });
const [latestProducer, latest] = OverwritingRing.create({ capacity: 4, maxMessageBytes: 32 });
const block = [new Float32Array(128), new Float32Array(128)];
const eight = new Int32Array(8);
const message = new Uint8Array(32);
const target = new Uint8Array(64);

const CALLS = {
  items() {
    let taken = 0;
    for (let i = 0; i < 8; i++) items.push(i);
    for (let i = 0; i < 8; i++) taken += taker.pop();
    items.pushMany(eight);
    taken += taker.popMany(eight);
    items.commit(items.reserve(8).length);
    return taken + taker.release(taker.read(8).length) + taker.size + items.free;
  },
  audio() {
    audioProducer.record(block);
    audioConsumer.play(block);
    audioConsumer.play(block);
    return audioConsumer.framesAvailable + audioProducer.framesFree + audioConsumer.underruns;
  },
  bytes() {
    producer.push(message);
    producer.push(message);
    producer.flush();
    return consumer.popInto(target) + Number(consumer.skip()) + Number(consumer.isClosed);
  },
  text() {
    textProducer.push('twenty-four ümläuts €𝄞.');
    return textConsumer.popInto(target);
  },
  latest() {
    for (let i = 0; i < 6; i++) latestProducer.push(message);
    return latest.popInto(target) + latest.popInto(target) + Number(latest.skip()) + latest.missed;
  },
};

let sum = 0;
for (const [name, call] of Object.entries(CALLS)) {
  for (let i = 0; i < 50_000; i++) sum = (sum + call()) | 0;
  writeSync(1, `begin ${name}\n`);
  for (let i = 0; i < 200_000; i++) sum = (sum + call()) | 0;
  writeSync(1, `end ${name}\n`);
}
// What does allocate, to show that a collection would be seen.
writeSync(1, 'begin control\n');
for (let i = 0; i < 200_000; i++) {
  producer.push(message);
  sum += consumer.pop().length;
}
writeSync(1, `end control\n${sum}\n`);
