import { parentPort, workerData } from 'node:worker_threads';
import { AudioConsumer, ByteConsumer, ByteProducer, OverwritingProducer } from '@concurrency-lab/spsc-ring';

const { count } = workerData;

const texts = ByteProducer.from(workerData.texts, { codec: 'text' });
for (let number = 0; number < count; number++) texts.send(`${number} äé€𝄞 `.repeat(1 + (number % 20)));
texts.close();

const messages = ByteConsumer.from(workerData.messages);
let checksum = 0;
for await (const bytes of messages) for (const byte of bytes) checksum = (Math.imul(checksum, 31) + byte) | 0;

const latest = OverwritingProducer.from(workerData.latest);
for (let number = 0; number < count; number++) latest.push(new Uint8Array(32).fill(number));
latest.close();

const audio = AudioConsumer.from(workerData.audio);
const output = [new Float32Array(128), new Float32Array(128)];
let [frames, wrong] = [0, 0];
while (!audio.isClosed) {
  const played = audio.play(output);
  for (let i = 0; i < played; i++) {
    if (output[0][i] !== frames + i + 1 || output[1][i] !== -(frames + i + 1)) wrong++;
  }
  frames += played;
}
parentPort.postMessage({ checksum, frames, wrong });
