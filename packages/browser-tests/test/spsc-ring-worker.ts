// The worker of the ring's tests: feeds audio, and echoes messages.

import {
  AudioProducer,
  type AudioHandle,
  ByteConsumer,
  ByteProducer,
  type ByteHandle,
} from '@concurrency-lab/spsc-ring';
import { sampleAt } from './spsc-ring-ramp.ts';

/** What the page may ask for. */
export type Request =
  | { readonly kind: 'feed'; readonly handle: AudioHandle<'producer'>; readonly frames: number }
  | { readonly kind: 'echo'; readonly requests: ByteHandle<'consumer'>; readonly answers: ByteHandle<'producer'> };

/** Writes a ramp of so many frames, in blocks as a decoder would give them. */
function feed(handle: AudioHandle<'producer'>, frames: number): number {
  const producer = AudioProducer.from(handle);
  const blockFrames = 480;
  const block = Array.from({ length: producer.channels }, () => new Float32Array(blockFrames));
  for (let first = 0; first < frames; first += blockFrames) {
    const count = Math.min(blockFrames, frames - first);
    block.forEach((samples, channel) => {
      for (let i = 0; i < count; i++) samples[i] = sampleAt(first + i, channel);
    });
    for (let from = 0; from < count;) {
      producer.waitForSpace(1, { timeout: 100_000 });
      from += producer.write(block, from, count);
    }
  }
  producer.close();
  return frames;
}

/** Answers each text, both threads parking, until the page closes. */
async function echo(requests: ByteHandle<'consumer'>, answers: ByteHandle<'producer'>): Promise<number> {
  const producer = ByteProducer.from(answers, { codec: 'text' });
  let count = 0;
  for await (const text of ByteConsumer.from(requests, { codec: 'text' })) {
    producer.send(`${text}!`);
    count++;
  }
  producer.close();
  return count;
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'feed') postMessage(feed(data.handle, data.frames));
  else void echo(data.requests, data.answers).then((count) => postMessage(count));
});
