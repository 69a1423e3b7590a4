import { AudioRing, ByteRing, OverwritingRing } from '@concurrency-lab/spsc-ring';
import { afterEach, describe, expect, it } from 'vitest';
import type { Request } from './spsc-ring-worker.ts';
import type { Report } from './spsc-ring-worklet.ts';
// oxlint-disable-next-line import/default -- Vite makes the default export from the query
import workletUrl from './spsc-ring-worklet.ts?worker&url';

const workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

/** Starts a worker and asks it for one thing; the promise resolves with its answer. */
function ask(request: Request): Promise<unknown> {
  const worker = new Worker(new URL('spsc-ring-worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(request);
  });
}

describe('messages', () => {
  it('go to a worker and back while the page does not block', async () => {
    const [requests, requestConsumer] = ByteRing.create({ capacity: 1024, codec: 'text' });
    const [answerProducer, answers] = ByteRing.create({ capacity: 1024, codec: 'text' });
    const echoed = ask({ kind: 'echo', requests: requestConsumer.handle, answers: answerProducer.handle });
    expect(() => answers.receive()).toThrow('use ByteConsumer.receiveAsync() here');
    const texts = Array.from({ length: 500 }, (_, i) => `${i} äé€𝄞`.repeat(1 + (i % 30)));
    const sending = (async () => {
      for (const text of texts) await requests.sendAsync(text);
      requests.close();
    })();
    const received: string[] = [];
    for await (const text of answers) received.push(text);
    expect(received).toEqual(texts.map((text) => `${text}!`));
    expect(await echoed).toBe(texts.length);
    await sending;
  });

  it('are kept, the latest ones, on the page alone', () => {
    const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 400, codec: 'text' });
    for (const text of ['one', 'two', 'three'.repeat(60)]) producer.push(text);
    expect([consumer.pop(), consumer.pop(), consumer.missed]).toEqual(['two', 'three'.repeat(60), 1]);
  });
});

describe('an AudioWorklet', () => {
  it('plays what a worker feeds without a glitch, and never waits for or wakes anybody', async () => {
    const frames = 48_000;
    const prefill = 24_000; // half a second, so that a loaded machine may be late
    const context = new AudioContext();
    try {
      await context.audioWorklet.addModule(workletUrl);
      const [producer, consumer] = AudioRing.create({ channels: 2, frames: 32_768, prefill });
      const player = new AudioWorkletNode(context, 'player', {
        numberOfInputs: 0,
        outputChannelCount: [2],
        processorOptions: { handle: consumer.handle },
      });
      const mute = new GainNode(context, { gain: 0 });
      player.connect(mute).connect(context.destination);
      player.port.start();
      const report = new Promise<Report>((resolve, reject) => {
        player.port.addEventListener('message', ({ data }) => resolve(data as Report), { once: true });
        player.addEventListener('processorerror', () => reject(new Error('the processor has thrown')));
      });
      const fed = ask({ kind: 'feed', handle: producer.handle, frames });
      expect(await report).toEqual({
        frames,
        wrong: 0,
        underruns: 0,
        forbidden: 0,
        silentBefore: expect.any(Number) as number,
      });
      expect(await fed).toBe(frames);
    } finally {
      await context.close();
    }
  });
});
