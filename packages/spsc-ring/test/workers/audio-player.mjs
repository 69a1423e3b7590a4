// Plays blocks of 128 frames, as an AudioWorklet does but as fast as it can, and checks every sample.
import { parentPort, workerData } from 'node:worker_threads';
import { AudioConsumer } from '@concurrency-lab/spsc-ring';

const consumer = AudioConsumer.from(workerData);
const output = [new Float32Array(128), new Float32Array(128)];
let [frames, wrong] = [0, 0];
while (!consumer.isClosed) {
  const count = consumer.play(output);
  for (let i = 0; i < 128; i++) {
    const expected = i < count ? frames + i + 1 : 0;
    if (output[0][i] !== expected || output[1][i] !== -expected) wrong++;
  }
  frames += count;
}
parentPort.postMessage({ frames, wrong, underruns: consumer.underruns });
